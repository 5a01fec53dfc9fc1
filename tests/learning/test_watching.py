"""What a watch does with what it is told, with judges that are only played.

That it works in a terminal, with real ones, is shown in tests/cli/test_watch.py.
"""

import queue
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbook.checking import Outcome, Result
from workbook.ladder import find, steps
from workbook.learning import keys, progress, watching
from workbook.learning.answers import main_of
from workbook.learning.watching import Watch

STEP2, STEP3 = find("2"), find("3")
LAST = steps()[-1]

HOLDS = Outcome([Result("test_it", "passed")])
FAILS = Outcome([Result("test_the_record_holds_nothing_else", "failed")])


class PlayedJudge:
    """Says what it is told to say, once it is let."""

    made: list["PlayedJudge"]

    def __init__(self) -> None:
        self.says: queue.SimpleQueue[Outcome | Exception] = queue.SimpleQueue()
        self.is_closed = False
        self.made.append(self)

    def check(self, step: object, *, answers: Path) -> Outcome:
        said = self.says.get(timeout=20)
        if isinstance(said, Exception):
            raise said
        return said

    def close(self) -> None:
        self.is_closed = True
        # As a real one does, it ends a check that is under way.
        self.says.put(Outcome(problem="stopped"))


@pytest.fixture
def judges(monkeypatch: pytest.MonkeyPatch) -> list[PlayedJudge]:
    """The judges that were made, in order."""
    monkeypatch.setattr(PlayedJudge, "made", [], raising=False)
    monkeypatch.setattr(watching, "Judge", PlayedJudge)
    return PlayedJudge.made


@pytest.fixture
def main(tmp_path: Path) -> Path:
    main = main_of(STEP2, tmp_path)
    main.parent.mkdir()
    main.write_text("first", "utf-8")
    return main


@pytest.fixture
def watch(judges: list[PlayedJudge], main: Path) -> Iterator[Watch]:
    """A watch whose first check is under way."""
    watch = Watch(STEP2, main.parent.parent)
    watch.check(even_if_same=True)
    yield watch
    watch.close()
    assert [judge for judge in judges if not judge.is_closed] == []


def hear(watch: Watch) -> None:
    """Takes the next news, as the loop of a watch does."""
    watching._handle(watch, *watch.news.get(timeout=20))


def test_a_verdict_is_remembered_for_the_version_that_was_checked(
    watch: Watch, judges: list[PlayedJudge]
):
    judges[0].says.put(FAILS)
    hear(watch)
    record = progress.read(watch.answers)[STEP2.name]
    assert record.first == "test_the_record_holds_nothing_else"
    assert record.digest == watch.checked


def test_a_verdict_that_a_save_has_overtaken_is_not_taken(
    watch: Watch, judges: list[PlayedJudge], main: Path
):
    main.write_text("second", "utf-8")
    watch.check()
    assert judges[0].is_closed
    judges[0].says.put(FAILS)
    hear(watch)
    assert watch.outcome is None
    assert progress.read(watch.answers) == {}
    judges[1].says.put(HOLDS)
    hear(watch)
    assert watch.outcome == HOLDS


def test_a_judge_that_is_closed_while_it_is_written_to_does_no_harm(
    watch: Watch, judges: list[PlayedJudge], main: Path
):
    main.write_text("second", "utf-8")
    watch.check()
    judges[0].says.put(ValueError("I/O operation on closed file."))
    hear(watch)
    judges[1].says.put(HOLDS)
    hear(watch)
    assert watch.outcome == HOLDS


def test_a_judge_that_is_killed_is_told_of_and_not_waited_for(
    watch: Watch, judges: list[PlayedJudge]
):
    judges[0].says.put(ValueError("half a line"))
    hear(watch)
    assert watch.outcome is not None
    assert "press r to check again" in watch.outcome.problem


def test_the_next_judge_gets_warm_after_a_verdict_and_not_beside_a_check(
    watch: Watch, judges: list[PlayedJudge], main: Path
):
    """A check that shares the machine with the start of another takes twice as long."""
    assert len(judges) == 1
    judges[0].says.put(FAILS)
    hear(watch)
    assert judges[0].is_closed
    assert watch.spare is judges[1]
    main.write_text("second", "utf-8")
    watch.check()
    assert watch.judge is judges[1]
    assert len(judges) == 2


def test_a_step_that_holds_is_not_checked_again_unless_it_changes(
    watch: Watch, judges: list[PlayedJudge]
):
    judges[0].says.put(HOLDS)
    hear(watch)
    for _ in range(3):
        watching._handle(watch, "saved", None)
    assert watch.outcome == HOLDS
    assert watch.judge is None


def test_no_step_follows_the_last(judges: list[PlayedJudge], tmp_path: Path):
    watch = Watch(LAST, tmp_path)
    watch.outcome = HOLDS
    watch.go_on()
    assert watch.step == LAST
    assert judges == []


def test_no_step_follows_one_that_does_not_hold(
    watch: Watch, judges: list[PlayedJudge]
):
    judges[0].says.put(FAILS)
    hear(watch)
    watching._handle(watch, "key", "n")
    assert watch.step == STEP2
    assert not main_of(STEP3, watch.answers).exists()


def test_a_next_step_that_was_begun_before_is_gone_on_with(
    watch: Watch, judges: list[PlayedJudge]
):
    mine = main_of(STEP3, watch.answers)
    mine.parent.mkdir()
    mine.write_text("mine", "utf-8")
    judges[0].says.put(HOLDS)
    hear(watch)
    watching._handle(watch, "key", "n")
    assert watch.step == STEP3
    assert mine.read_text("utf-8") == "mine"


def test_a_hint_that_was_given_elsewhere_is_not_given_again(
    watch: Watch, judges: list[PlayedJudge]
):
    """`workbook hint` in another terminal writes to the same progress."""
    judges[0].says.put(FAILS)
    hear(watch)
    progress.remember_hint(watch.answers, STEP2, FAILS.failed[0].behaviour, 1)
    watching._handle(watch, "key", "h")
    assert watch.hint is not None
    assert watch.hint[1] == 2


@pytest.mark.parametrize("key", ["h", "n", "a", "x", "\x1b", ""])
def test_a_key_that_does_nothing_now_does_no_harm(watch: Watch, key: str):
    assert watching._handle(watch, "key", key)
    assert watch.outcome is None


@pytest.mark.parametrize("key", ["q", "\x03", "\x04"])
def test_keys_that_end_a_watch(watch: Watch, key: str):
    assert not watching._handle(watch, "key", key)


def test_without_a_terminal_there_are_no_keys_and_no_thread(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    before = threading.active_count()
    (tmp_path / "input").write_text("q", "utf-8")
    with (tmp_path / "input").open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with keys.pressed(lambda key: pytest.fail(f"{key} was pressed")):
            assert threading.active_count() == before


def test_signals_are_heeded_while_a_watch_lasts_and_no_longer():
    before = signal.getsignal(signal.SIGTERM)
    news: queue.SimpleQueue[tuple[str, object]] = queue.SimpleQueue()
    with watching._signals(news):
        signal.raise_signal(signal.SIGTERM)
        assert news.get(timeout=20) == ("key", "q")
    assert signal.getsignal(signal.SIGTERM) == before
