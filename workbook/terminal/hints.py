"""One hint at a time."""

from rich.text import Text

from workbook.checking import Result
from workbook.learning import LEVELS
from workbook.terminal.console import (
    console,
    print_indented,
    print_verbatim,
    unwrapped,
    without_escapes,
)


def show_hint(
    behaviour: str,
    level: int,
    text: str,
    *,
    happened: str = "",
    is_over: bool = False,
) -> None:
    """One hint, with its level and the test that it is for. The last one is code; it's
    shown once more where the hints are over. What is known to have `happened` comes
    before the first one, which is about the test and fits any cause."""
    console.print(Text.assemble((f"Hint {level} of {LEVELS}", "bold"), ", for:"))
    print_indented(Result(behaviour, "failed").sentence)
    console.print()
    if happened and level == 1:
        print_indented(without_escapes(happened))
        console.print()
        print_indented("If that doesn't help, this is what the test is about:")
    if level == LEVELS:
        print_verbatim("\n".join(f"  {line}" for line in text.rstrip().splitlines()))
    else:
        print_indented(unwrapped(text))
    if is_over:
        console.print()
        print_indented("That was the last hint for this test.", "bold")
