"""A line that says how far something is, while it takes a while, and then vanishes."""

import contextlib
from collections.abc import Callable, Iterator

from rich.text import Text

from workbook.terminal.console import console


@contextlib.contextmanager
def passing_line() -> Iterator[Callable[[str], None]]:
    """`say(text)` shows the text in the place of the one before. Only a terminal has
    such a line: what is piped stays as it is."""
    status = console.status("")

    def say(text: str) -> None:
        # FORCE_COLOR makes a terminal of a pipe for rich, and a log has no such line.
        if console.is_terminal and console.file.isatty():
            status.update(Text(text, "dim"))
            status.start()

    try:
        yield say
    finally:
        status.stop()


@contextlib.contextmanager
def counting_tests(total: int) -> Iterator[Callable[[], None]]:
    """`count()` for each test that is done. There were so many in all the last time."""
    done = 0
    with passing_line() as say:

        def count() -> None:
            nonlocal done
            done += 1
            say(how_far(done, total))

        yield count


def how_far(done: int, total: int) -> str:
    """So many tests are done, of so many if that is known."""
    return f"{done} of {total}" if done <= total else f"{done} tests so far"
