"""What a watch does with each event, with check workers that are only played.

That it works in a terminal, with real ones, is shown in test_watch.py.
"""

import queue
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from workbook import learning, terminal, timeouts
from workbook.checking import Failure, Outcome, Result
from workbook.cli import attacking, events, keys, watching
from workbook.cli.watch import handle
from workbook.cli.watching import Watch
from workbook.ladder import find, steps

STEP2, STEP3 = find("2"), find("3")
LAST = steps()[-1]

PASSES = Outcome([Result("test_it", "passed")])
FAILED = Result("test_the_record_holds_nothing_else", "failed")
FAILS = Outcome([Result("test_it", "passed"), FAILED])
NOT_JUDGED = Outcome([FAILED], not_judged="The machine is too busy.")
BREAKS = Outcome(problem="main.py cannot be imported")


class PlayedWorker:
    """Answers what it is told to, once it is told."""

    made: list["PlayedWorker"]

    def __init__(self, step: object) -> None:
        self.step = step
        self.says: queue.SimpleQueue[Outcome | Result | Exception] = queue.SimpleQueue()
        self.is_closed = False
        self.hashes: list[list[str]] = []
        self.first: Collection[str] = ()
        self.given_hashes: list[list[str]] = []
        self.made.append(self)

    def check(
        self,
        step: object,
        *,
        answers: Path,
        secret_key: str | None,
        first: Collection[str],
        hashes: list[list[str]],
        on_result: Callable[[Result], None],
    ) -> Outcome:
        self.first, self.given_hashes = first, hashes
        while True:
            said = self.says.get(timeout=timeouts.COMMAND)
            if isinstance(said, Exception):
                raise said
            if isinstance(said, Outcome):
                return said
            on_result(said)

    def close(self) -> None:
        self.is_closed = True
        # As a real one does, it ends a check that is under way.
        self.says.put(Outcome(not_judged="The check was stopped."))


class PlayedAttacks:
    """Attacks that have the results which they are told to have, once they are told."""

    made: list["PlayedAttacks"]

    def __init__(self, step: object, answers: Path, attacks: Collection[str]) -> None:
        self.says: queue.SimpleQueue[dict[str, bool | None]] = queue.SimpleQueue()
        self.names = list(attacks)
        self.is_closed = False
        self.made.append(self)

    def results(self) -> dict[str, bool | None]:
        return self.says.get(timeout=timeouts.COMMAND)

    def close(self) -> None:
        self.is_closed = True
        self.says.put({})


@pytest.fixture
def attacks(monkeypatch: pytest.MonkeyPatch) -> list[PlayedAttacks]:
    """The attacks that were started, in order."""
    monkeypatch.setattr(PlayedAttacks, "made", [], raising=False)
    monkeypatch.setattr(attacking, "AttackWorker", PlayedAttacks)
    return PlayedAttacks.made


@pytest.fixture
def workers(
    monkeypatch: pytest.MonkeyPatch, attacks: list[PlayedAttacks]
) -> list[PlayedWorker]:
    """The workers that were started, in order."""
    monkeypatch.setattr(PlayedWorker, "made", [], raising=False)
    monkeypatch.setattr(watching, "CheckWorker", PlayedWorker)
    return PlayedWorker.made


@pytest.fixture
def main(tmp_path: Path) -> Path:
    main = learning.main_of(STEP2, tmp_path)
    main.parent.mkdir()
    main.write_text("first", "utf-8")
    return main


@pytest.fixture
def watch(workers: list[PlayedWorker], main: Path) -> Iterator[Watch]:
    """A watch whose first check is under way."""
    watch = Watch(STEP2, main.parent.parent)
    watch.check(even_if_same=True)
    yield watch
    watch.close()
    assert [worker for worker in workers if not worker.is_closed] == []
    assert [one for one in PlayedAttacks.made if not one.is_closed] == []


def take_event(watch: Watch) -> None:
    """Waits for the next event and handles it, as the loop of a watch does."""
    handle(watch, *watch.events.get(timeout=timeouts.COMMAND))


def outcome_of(watch: Watch) -> Outcome | None:
    return watch.verdict.outcome if watch.verdict else None


def test_a_verdict_is_remembered_for_the_version_that_was_checked(
    watch: Watch, workers: list[PlayedWorker]
):
    workers[0].says.put(FAILS)
    take_event(watch)
    record = learning.read_progress(watch.answers)[STEP2.name]
    assert record.first == FAILED.behaviour
    assert record.digest == watch.checked


def test_the_first_failure_is_shown_before_the_verdict(
    watch: Watch, workers: list[PlayedWorker], capsys: pytest.CaptureFixture[str]
):
    workers[0].says.put(Result("test_it", "passed"))
    workers[0].says.put(FAILED)
    workers[0].says.put(Result("test_another", "failed"))
    take_event(watch)
    shown = capsys.readouterr().out
    assert "Checking step 2" in shown
    assert "✗ the record holds nothing else" in shown
    assert watch.verdict is None
    workers[0].says.put(FAILS)
    take_event(watch)
    assert outcome_of(watch) == FAILS


def test_a_check_says_how_many_of_its_tests_are_done(
    watch: Watch,
    workers: list[PlayedWorker],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(watching, "COUNTS", -1)
    watch.total = 40
    workers[0].says.put(Result("test_it", "passed"))
    event = watch.events.get(timeout=timeouts.COMMAND)
    assert event == ("counted", (workers[0], 1))
    capsys.readouterr()
    handle(watch, *event)
    # Piped, there would be a screen for each.
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(terminal.console, "_force_terminal", True)
    handle(watch, *event)
    assert "main.py … 1 of 40" in " ".join(capsys.readouterr().out.split())


def test_a_failure_that_a_save_has_overtaken_is_not_shown(
    watch: Watch, workers: list[PlayedWorker], main: Path
):
    workers[0].says.put(FAILED)
    event = watch.events.get(timeout=timeouts.COMMAND)
    main.write_text("second", "utf-8")
    watch.check()
    handle(watch, *event)
    assert watch.first_failure is None


def test_a_verdict_that_a_save_has_overtaken_is_not_shown(
    watch: Watch, workers: list[PlayedWorker], main: Path
):
    main.write_text("second", "utf-8")
    watch.check()
    assert workers[0].is_closed
    workers[0].says.put(FAILS)
    take_event(watch)
    assert watch.verdict is None
    assert learning.read_progress(watch.answers) == {}
    workers[1].says.put(PASSES)
    take_event(watch)
    assert outcome_of(watch) == PASSES


def test_what_failed_last_time_runs_first_with_the_hashes_of_last_time(
    watch: Watch, workers: list[PlayedWorker], main: Path
):
    workers[0].hashes = [["password", "salt", "hash"]]
    workers[0].says.put(FAILS)
    take_event(watch)
    main.write_text("second", "utf-8")
    watch.check()
    workers[1].says.put(PASSES)
    take_event(watch)
    assert workers[1].first == [FAILED.name]
    assert workers[1].given_hashes == [["password", "salt", "hash"]]


def test_what_failed_before_a_version_that_does_not_start_still_runs_first(
    watch: Watch, workers: list[PlayedWorker], main: Path
):
    for outcome in (FAILS, BREAKS):
        workers[-1].says.put(outcome)
        take_event(watch)
        main.write_text(f"after {outcome}", "utf-8")
        watch.check()
    workers[-1].says.put(PASSES)
    take_event(watch)
    assert workers[2].first == [FAILED.name]


def test_what_failed_when_the_last_watch_ended_runs_first(
    workers: list[PlayedWorker], main: Path
):
    answers = main.parent.parent
    learning.remember_check(answers, STEP2, "digest", FAILS)
    assert Watch(STEP2, answers).failed == [FAILED.name]


def test_a_check_that_judged_nothing_is_not_remembered_and_not_a_failure(
    watch: Watch, workers: list[PlayedWorker], capsys: pytest.CaptureFixture[str]
):
    workers[0].says.put(NOT_JUDGED)
    take_event(watch)
    assert learning.read_progress(watch.answers) == {}
    shown = capsys.readouterr().out
    assert "not judged" in shown
    assert "The machine is too busy." in shown
    assert "✗" not in shown
    assert "known mistake" not in shown


def test_a_worker_that_is_closed_while_it_is_written_to_does_no_harm(
    watch: Watch, workers: list[PlayedWorker], main: Path
):
    main.write_text("second", "utf-8")
    watch.check()
    workers[0].says.put(ValueError("I/O operation on closed file."))
    take_event(watch)
    workers[1].says.put(PASSES)
    take_event(watch)
    assert outcome_of(watch) == PASSES


def test_a_worker_that_is_killed_has_judged_nothing(
    watch: Watch, workers: list[PlayedWorker]
):
    workers[0].says.put(ValueError("half a line"))
    take_event(watch)
    assert watch.verdict is not None
    assert "press r to check again" in watch.verdict.outcome.not_judged


def test_the_next_worker_gets_ready_after_a_verdict_and_not_beside_a_check(
    watch: Watch, workers: list[PlayedWorker], main: Path
):
    """A check that shares the machine with the start of another takes twice as long."""
    assert len(workers) == 1
    workers[0].says.put(FAILS)
    take_event(watch)
    assert workers[0].is_closed
    assert watch.spare is workers[1]
    main.write_text("second", "utf-8")
    watch.check()
    assert watch.worker is workers[1]
    assert len(workers) == 2


def test_a_step_that_passes_is_not_checked_again_unless_it_changes(
    watch: Watch, workers: list[PlayedWorker]
):
    workers[0].says.put(PASSES)
    take_event(watch)
    for _ in range(3):
        handle(watch, "saved", None)
    assert outcome_of(watch) == PASSES
    assert watch.worker is None


def test_no_step_follows_the_last(workers: list[PlayedWorker], tmp_path: Path):
    watch = Watch(LAST, tmp_path)
    watch.verdict = learning.verdict_on(LAST, PASSES)
    watch.go_on()
    assert watch.step == LAST
    assert workers == []


def test_no_step_follows_one_that_does_not_pass(
    watch: Watch, workers: list[PlayedWorker]
):
    workers[0].says.put(FAILS)
    take_event(watch)
    handle(watch, "key", "n")
    assert watch.step == STEP2
    assert not learning.is_begun(STEP3, watch.answers)


def test_a_next_step_that_was_begun_before_is_continued(
    watch: Watch, workers: list[PlayedWorker]
):
    mine = learning.main_of(STEP3, watch.answers)
    mine.parent.mkdir()
    mine.write_text("mine", "utf-8")
    workers[0].says.put(PASSES)
    take_event(watch)
    handle(watch, "key", "n")
    assert watch.step == STEP3
    assert mine.read_text("utf-8") == "mine"


def test_a_worker_that_was_started_for_one_step_checks_no_other(
    watch: Watch, workers: list[PlayedWorker]
):
    workers[0].says.put(PASSES)
    take_event(watch)
    handle(watch, "key", "n")
    assert watch.worker is not None
    assert [worker.step for worker in workers] == [STEP2, STEP2, STEP3]
    assert workers[1].is_closed
    assert watch.worker is workers[2]


def test_a_hint_that_was_given_elsewhere_is_not_given_again(
    watch: Watch, workers: list[PlayedWorker]
):
    """`workbook hint` in another terminal writes to the same progress."""
    workers[0].says.put(FAILS)
    take_event(watch)
    learning.remember_hint(watch.answers, STEP2, FAILED.behaviour, 1)
    handle(watch, "key", "h")
    assert watch.hint is not None
    assert watch.hint[1] == 2


def test_a_hint_that_is_asked_for_during_a_check_comes_at_its_end(
    watch: Watch, workers: list[PlayedWorker], capsys: pytest.CaptureFixture[str]
):
    assert watch.worker is not None
    handle(watch, "failed", (watch.worker, FAILED))
    handle(watch, "key", "h")
    assert "You'll get the hint when the check is done." in capsys.readouterr().out
    workers[0].says.put(FAILS)
    take_event(watch)
    assert watch.hint is not None
    assert "Hint 1 of 3" in capsys.readouterr().out


def test_a_hint_is_for_the_failure_that_the_diagnosis_explains(
    watch: Watch, workers: list[PlayedWorker]
):
    first = Result("test_johndoe_logs_in", "failed")
    workers[0].says.put(Outcome([first, FAILED]))
    take_event(watch)
    assert watch.verdict is not None
    watch.verdict = replace(watch.verdict, explained=[FAILED.name])
    handle(watch, "key", "h")
    assert watch.hint is not None
    assert watch.hint[0] == FAILED.behaviour


def test_a_fourth_hint_says_that_the_third_was_the_last(
    watch: Watch, workers: list[PlayedWorker], capsys: pytest.CaptureFixture[str]
):
    workers[0].says.put(FAILS)
    take_event(watch)
    for _ in range(3):
        handle(watch, "key", "h")
    assert "That was the last hint" not in capsys.readouterr().out
    handle(watch, "key", "h")
    shown = capsys.readouterr().out
    assert "Hint 3 of 3" in shown
    assert "That was the last hint for this test." in shown


def test_a_test_without_a_hint_gives_way_to_the_next_that_fails(
    watch: Watch, workers: list[PlayedWorker]
):
    unknown = Result("test_that_is_new", "failed")
    workers[0].says.put(Outcome([unknown, FAILED]))
    take_event(watch)
    handle(watch, "key", "h")
    assert watch.hint is not None
    assert watch.hint[0] == FAILED.behaviour


def test_no_hint_at_all_is_said_and_ends_nothing(
    watch: Watch, workers: list[PlayedWorker], capsys: pytest.CaptureFixture[str]
):
    workers[0].says.put(Outcome([Result("test_that_is_new", "failed")]))
    take_event(watch)
    handle(watch, "key", "h")
    assert "No test of step 2 that fails has a hint." in capsys.readouterr().out


def test_all_failures_are_a_list_and_then_each_in_full(
    watch: Watch, workers: list[PlayedWorker], capsys: pytest.CaptureFixture[str]
):
    failed = [Result(f"test_it[{n}]", "failed", reason=f"no {n}") for n in range(40)]
    workers[0].says.put(Outcome([FAILED, *failed]))
    take_event(watch)
    screens = []
    for key in "aaaaaf":
        capsys.readouterr()
        handle(watch, "key", key)
        screens.append(capsys.readouterr().out)
    listed, first, second, back, again, left = screens
    assert "  ✗ it (40 cases)\n" in listed
    assert "a each one in full  f back to the first one" in listed
    assert "Failure 1 of 2.  a the next one  f back to the first one" in first
    assert "The same test also fails for: 1, 2, 3," in second
    assert second.count("no 0") == 1
    assert "Failure 2 of 2.  a back to the first one  q quit" in second
    assert "a all failures" in back
    assert again == listed
    assert left == back


def test_a_single_failure_is_no_list(
    watch: Watch, workers: list[PlayedWorker], capsys: pytest.CaptureFixture[str]
):
    workers[0].says.put(FAILS)
    take_event(watch)
    capsys.readouterr()
    handle(watch, "key", "a")
    assert capsys.readouterr().out.endswith("\na back to the first one  q quit\n")


def test_a_version_that_is_gone_can_be_begun_again_with_a_command(
    watch: Watch,
    workers: list[PlayedWorker],
    main: Path,
    capsys: pytest.CaptureFixture[str],
):
    main.unlink()
    take_verdict(watch, workers[0], Outcome(problem="There is no main.py."))
    assert "To start with a copy: " in capsys.readouterr().out
    main.write_text("second", "utf-8")
    watch.check()
    take_verdict(watch, workers[1])
    assert "To start with a copy: " not in capsys.readouterr().out


def test_a_save_leaves_the_view_of_all_failures(
    watch: Watch, workers: list[PlayedWorker], main: Path
):
    workers[0].says.put(FAILS)
    take_event(watch)
    handle(watch, "key", "a")
    assert watch.page is not None
    main.write_text("second", "utf-8")
    watch.check()
    assert watch.page is None


# Which attacks get through.


def take_verdict(watch: Watch, worker: PlayedWorker, outcome: Outcome = FAILS) -> None:
    worker.says.put(outcome)
    take_event(watch)


def test_after_each_verdict_the_app_is_attacked_and_what_is_old_is_only_named(
    watch: Watch,
    workers: list[PlayedWorker],
    attacks: list[PlayedAttacks],
    main: Path,
    capsys: pytest.CaptureFixture[str],
):
    take_verdict(watch, workers[0])
    assert attacks[0].names == attacking.FAST
    attacks[0].says.put({"type_a_token": True, "read_password_hash": True})
    capsys.readouterr()
    take_event(watch)
    shown = capsys.readouterr().out
    assert "✗ 1 gets through   ○ 1 gets through, as expected" in shown
    assert "This gets through, but shouldn't at step 2: Read the password" in shown
    assert "Expected at step 2: Type a token (until step 4)" in shown

    main.write_text("second", "utf-8")
    watch.check()
    assert "gets through" not in capsys.readouterr().out
    take_verdict(watch, workers[1])
    attacks[1].says.put({"type_a_token": True, "read_password_hash": False})
    take_event(watch)
    shown = capsys.readouterr().out
    assert "○ 1 gets through, as expected   ✓ 1 stopped" in shown
    assert "Expected at step 2: Type a token\n" in shown


def test_attacks_that_a_save_has_overtaken_are_ended_and_count_for_nothing(
    watch: Watch, workers: list[PlayedWorker], attacks: list[PlayedAttacks], main: Path
):
    take_verdict(watch, workers[0])
    main.write_text("second", "utf-8")
    watch.check()
    assert attacks[0].is_closed
    handle(watch, "attacked", (attacks[0], {"type_a_token": True}))
    assert watch.attacks.results == {}


def test_slow_attacks_wait_for_a_key_and_for_the_others(
    watch: Watch, workers: list[PlayedWorker], attacks: list[PlayedAttacks], main: Path
):
    take_verdict(watch, workers[0])
    handle(watch, "key", "s")
    assert len(attacks) == 1
    attacks[0].says.put(dict.fromkeys(attacking.FAST, False))
    take_event(watch)
    handle(watch, "key", "s")
    assert attacks[1].names == attacking.SLOW
    attacks[1].says.put(dict.fromkeys(attacking.SLOW, True))
    take_event(watch)
    assert watch.attacks.results["stall_with_logins"] is True
    handle(watch, "key", "s")
    assert len(attacks) == 2
    # They say nothing of another version.
    main.write_text("second", "utf-8")
    watch.check()
    assert watch.attacks.results == {}


def test_an_app_that_does_not_run_or_is_not_written_yet_is_not_attacked(
    watch: Watch, workers: list[PlayedWorker], attacks: list[PlayedAttacks], main: Path
):
    take_verdict(watch, workers[0], BREAKS)
    main.write_text("second", "utf-8")
    watch.check()
    waits = Failure("curl", '501 {"detail": "Not written yet: login"}', "", "", "", [])
    take_verdict(watch, workers[1], Outcome([Result("test_it", "failed", waits)]))
    assert attacks == []
    assert watch.attacks.results == {}


def test_a_next_step_begins_with_the_version_that_has_just_passed(
    watch: Watch, workers: list[PlayedWorker], main: Path
):
    take_verdict(watch, workers[0], PASSES)
    handle(watch, "key", "n")
    mine = learning.main_of(STEP3, watch.answers)
    assert mine.read_text("utf-8") == main.read_text("utf-8")


@pytest.mark.parametrize("key", ["h", "n", "a", "s", "x", "\x1b", ""])
def test_a_key_that_does_nothing_now_does_no_harm(watch: Watch, key: str):
    assert handle(watch, "key", key)
    assert watch.verdict is None


@pytest.mark.parametrize("key", ["q", "\x03", "\x04"])
def test_keys_that_end_a_watch(watch: Watch, key: str):
    assert not handle(watch, "key", key)


def test_without_a_terminal_there_are_no_keys_and_no_thread(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    # Others may end meanwhile.
    before = set(threading.enumerate())
    (tmp_path / "input").write_text("q", "utf-8")
    with (tmp_path / "input").open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with keys.pressed(lambda key: pytest.fail(f"{key} was pressed")):
            assert set(threading.enumerate()) <= before


def test_signals_are_handled_while_a_watch_lasts_and_no_longer():
    before = signal.getsignal(signal.SIGTERM)
    received: events.Events = queue.SimpleQueue()
    with events.signals(received):
        signal.raise_signal(signal.SIGTERM)
        assert received.get(timeout=timeouts.COMMAND) == ("key", "q")
    assert signal.getsignal(signal.SIGTERM) == before
