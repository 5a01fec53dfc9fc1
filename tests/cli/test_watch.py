"""`workbook watch` in a terminal: it sees each save, however it is made, and each key.

Answers that cannot be imported get their verdict soonest, so most tests save such.
"""

import os
import shutil
import signal
import termios
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.cli.terminal import COMMAND, Terminal, in_a_terminal
from workbook.ladder import find
from workbook.learning.answers import SKELETON

pytestmark = in_a_terminal

STEP1, STEP2, STEP3 = find("1"), find("2"), find("3")
RIGHT = STEP2.main.read_text("utf-8")
# Ours of step 1, and not quite: a copy that is unchanged has words of its own.
WRONG = STEP1.main.read_text("utf-8") + "\n# changed\n"
# Two wrong answers, which are told in different words.
FIRST, SECOND = "import no_such_thing\n", "import nor_such_another\n"


@pytest.fixture
def watching(
    terminal: Callable[..., Terminal], write: Callable[..., Path]
) -> Callable[..., Terminal]:
    """`watching(source)`: a watch of step 2 that has given its first verdict, and has
    attacked an app that runs."""

    def watching(source: str = FIRST, **how: object) -> Terminal:
        write("2", source)
        watch = terminal("watch", "2", **how)
        watch.shows("Checking step 2", "Waiting for changes.", "quit")
        if source not in (FIRST, SKELETON.read_text("utf-8")):
            # A key for the others, once the attacks are done.
            watch.shows("slow attacks", "quit")
        return watch

    return watching


@pytest.fixture
def main(here: Path) -> Path:
    return here / "answers" / STEP2.name / "main.py"


@pytest.mark.long
def test_a_save_is_seen_however_it_is_made(
    watching: Callable[..., Terminal], main: Path
):
    watch = watching()

    main.write_text("import in_place\n", "utf-8")
    watch.shows("Checking", "No module named 'in_place'", "Waiting for changes.")

    # As vim and others do: the old file moves away, a new one takes its name.
    draft = main.with_name(".main.py.swp")
    draft.write_text("import renamed\n", "utf-8")
    main.rename(main.with_name("main.py~"))
    draft.rename(main)
    watch.shows("Checking", "No module named 'renamed'", "Waiting for changes.")

    # As `git checkout` does between branches.
    shutil.rmtree(main.parent)
    main.parent.mkdir()
    main.write_text("import made_anew\n", "utf-8")
    watch.shows("No module named 'made_anew'", "Waiting for changes.")

    # In a module of the learner's own.
    main.with_name("users.py").write_text("import beside\n", "utf-8")
    main.write_text("from . import users\n", "utf-8")
    watch.shows("No module named 'beside'", "Waiting for changes.")

    main.unlink()
    main.with_name("users.py").unlink()
    watch.shows(f"There is no answers/{STEP2.name}/main.py", "Waiting for changes.")
    main.write_text(FIRST, "utf-8")
    watch.shows("No module named 'no_such_thing'", "Waiting for changes.")


@pytest.mark.long
def test_a_syntax_error_is_told_and_its_repair_passes(
    here: Path, terminal: Callable[..., Terminal], write: Callable[..., Path]
):
    main = write("2", RIGHT.replace("app = FastAPI()", "app = FastAPI("))
    watch = terminal("watch", "2")
    watch.shows(f'File "answers/{STEP2.name}/main.py", line', "SyntaxError", "quit")
    main.write_text(RIGHT, "utf-8")
    watch.shows("Checking", "✓ Step 2", STEP2.takeaway[:40], "Next", "n next step")
    watch.press("q")
    watch.ends()
    assert watch.status == 0
    progress = (here / "answers" / "progress.jsonl").read_text("utf-8")
    assert '"problem": true' in progress.splitlines()[1]
    assert '"first": "", "problem": false' in progress.splitlines()[3]


@pytest.mark.long
def test_a_save_that_changes_nothing_is_not_checked_again(
    watching: Callable[..., Terminal], write: Callable[..., Path]
):
    """What follows is the answer to a later save: were the first one checked, its
    verdict would be between."""
    watch = watching()
    main = write("2", FIRST)
    main.touch()
    (main.parent.parent / "notes.txt").write_text("mine", "utf-8")
    write("2", SECOND)
    shown = watch.shows("nor_such_another", "Waiting for changes.")
    assert shown.count("Checking") == 1


@pytest.mark.long
def test_the_first_failure_is_on_the_screen_before_the_verdict(
    watching: Callable[..., Terminal], main: Path
):
    watch = watching(RIGHT)
    main.write_text(STEP1.main.read_text("utf-8"), "utf-8")
    shown = watch.shows("Checking", "hashed_password", "tests pass", "quit")
    assert shown.index("hashed_password") < shown.index("✗ Step 2")


@pytest.mark.long
def test_the_keys_hint_show_all_and_check_again(watching: Callable[..., Terminal]):
    watch = watching(STEP1.main.read_text("utf-8"))
    watch.press("h")
    watch.shows("Hint 1 of 3, for:", "quit")
    watch.press("h")
    watch.shows("Hint 2 of 3", "quit")
    watch.press("a")
    watch.shows("each one in full", "back to the first one", "quit")
    watch.press("a")
    watch.shows("Failure 1 of ", "back to the first one", "quit")
    watch.press("a")
    shown = watch.shows("Failure 2 of ", "back to the first one", "quit")
    assert shown.count("curl -i ") == 1
    watch.press("f")
    shown = watch.shows("Waiting for changes.")
    assert shown.count("curl -i ") == 1
    watch.press("h")
    watch.shows("Hint 3 of 3", "quit")
    watch.press("h")
    watch.shows("Hint 3 of 3", "That was the last hint", "quit")
    watch.press("r")
    shown = watch.shows("Checking", "Waiting for changes.")
    assert "Hint" not in shown
    watch.press("q")
    watch.ends()
    assert watch.status == 1


@pytest.mark.long
def test_hints_go_on_where_progress_cannot_be_written(
    here: Path, watching: Callable[..., Terminal]
):
    (here / "answers" / "progress.jsonl").mkdir(parents=True)
    watch = watching(STEP1.main.read_text("utf-8"))
    watch.press("h")
    watch.shows("Hint 1 of 3", "Progress cannot be written to", "quit")
    watch.press("h")
    watch.shows("Hint 2 of 3", "quit")


@pytest.mark.long
def test_n_begins_the_next_step_once_this_one_passes(
    here: Path, watching: Callable[..., Terminal], main: Path
):
    watch = watching()
    watch.press("n")
    # Keys are handled one after the other: what is drawn anew has seen both.
    watch.press("\f")
    watch.shows("Waiting for changes.", "quit")
    main.write_text(RIGHT, "utf-8")
    watch.shows("✓ Step 2", f"Next, step 3: {STEP3.question}", "quit")
    assert not (here / "answers" / STEP3.name).exists()
    watch.press("n")
    watch.shows("Checking step 3", STEP3.question, "Begin here", "✗ Step 3", "quit")
    copy = here / "answers" / STEP3.name / "main.py"
    # The learner's own, with a docstring of the new step.
    begun = copy.read_text("utf-8")
    assert begun.startswith('"""Step 3, for you to write: ')
    code = begun.index("from typing")
    assert begun[code:] == RIGHT[RIGHT.index("from typing") :]


@pytest.mark.long
def test_a_next_step_that_cannot_be_begun_is_told_and_the_watch_goes_on(
    here: Path, watching: Callable[..., Terminal]
):
    watch = watching(RIGHT)
    (here / "answers" / STEP3.name).write_text("in the way", "utf-8")
    watch.press("n")
    watch.shows(f"answers/{STEP3.name} is in the way", "Waiting for changes.")


@pytest.mark.long
def test_the_screen_is_drawn_anew_when_the_terminal_is_resized(
    watching: Callable[..., Terminal],
):
    watch = watching(WRONG)
    watch.child.setwinsize(60, 50)
    shown = watch.shows("Step 2", "Waiting for changes.", "quit")
    prose = shown[shown.index("why  ") : shown.index("Also failing")]
    assert all(len(line) <= 50 for line in prose.splitlines())


@pytest.mark.long
def test_a_small_terminal_still_shows_the_verdict_on_top(
    watching: Callable[..., Terminal],
):
    """What scrolls off is gone: a shorter list of the lesser failures is no loss."""
    watch = watching(STEP1.main.read_text("utf-8"), rows=24)
    for key in ("\f", "h", "h", "h"):
        watch.press(key)
        shown = watch.shows("Waiting for changes.", "quit")
        assert "✗ Step 2" in shown
        assert len(shown.strip().splitlines()) < 24


@pytest.mark.long
def test_keys_work_again_after_a_pause(watching: Callable[..., Terminal]):
    """Ctrl-Z gives the terminal to the shell, which sets it as it likes it: it wants a
    whole line before it hands on a key."""
    watch = watching()
    settings = termios.tcgetattr(watch.child.child_fd)
    settings[3] |= termios.ICANON | termios.ECHO
    termios.tcsetattr(watch.child.child_fd, termios.TCSANOW, settings)
    os.kill(watch.child.pid, signal.SIGCONT)
    watch.shows("Waiting for changes.", "quit")
    watch.press("q")
    watch.ends()


@pytest.mark.long
@pytest.mark.parametrize("end", ["q", "\x03", "SIGTERM"], ids=["q", "Ctrl-C", "kill"])
def test_the_terminal_is_as_it_was_afterwards(
    here: Path, terminal: Callable[..., Terminal], write: Callable[..., Path], end: str
):
    write("2", FIRST)
    # The shell must outlive a Ctrl-C, to tell what it finds.
    script = f"trap : INT; stty -a >before; {COMMAND} watch 2; stty -a >after"
    shell = terminal("-c", script, program="/bin/sh")
    shell.shows("Checking", "quit")
    if end == "SIGTERM":
        [watch] = psutil.Process(shell.child.pid).children()
        watch.terminate()
    else:
        shell.press(end)
    shell.ends()
    before, after = (here / name for name in ("before", "after"))
    assert "icanon" in before.read_text("utf-8")
    assert before.read_text("utf-8") == after.read_text("utf-8")
