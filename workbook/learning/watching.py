"""Checking again at each save.

One thread watches the folder, one reads keys, one runs the check, and each puts what it
has to say into one queue. The loop at its end decides, and is the only one that prints.
"""

import contextlib
import queue
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import watchfiles

from workbook import printing
from workbook.checking import Judge, Outcome
from workbook.ladder import Step, after
from workbook.learning import keys, progress
from workbook.learning.answers import CannotStart, digest, main_of, start
from workbook.learning.hints import hints_for


@dataclass
class Watch:
    """What is watched, and what is known of it."""

    step: Step
    answers: Path
    # A simple one may be put into by a signal that comes while it is read.
    news: "queue.SimpleQueue[tuple[str, Any]]" = field(
        default_factory=queue.SimpleQueue
    )
    outcome: Outcome | None = None
    checked: str = ""
    judge: Judge | None = None
    spare: Judge | None = None
    hint: tuple[str, int, str] | None = None
    note: str = ""
    everything: bool = False

    def check(self, *, even_if_same: bool = False, note: str = "") -> None:
        """Begins a check; one that is under way is overtaken and ended."""
        now = digest(self.step, self.answers)
        if now == self.checked and not even_if_same:
            return
        self.checked = now
        self.outcome, self.hint, self.note = None, None, note
        self.show()
        self.stop()
        self.judge, self.spare = self.spare or Judge(), None
        threading.Thread(target=self._run, args=[self.judge], daemon=True).start()

    def _run(self, judge: Judge) -> None:
        try:
            outcome = judge.check(self.step, answers=self.answers)
        except ValueError:
            # It was closed while we wrote to it, or killed while it wrote to us.
            outcome = Outcome(problem="The check was stopped: press r to check again.")
        self.news.put(("outcome", (judge, outcome)))

    def stop(self) -> None:
        """Ends the check that is under way, if there is one."""
        if self.judge is not None:
            self.judge.close()
            self.judge = None

    def close(self) -> None:
        """Leaves no process behind."""
        self.stop()
        if self.spare is not None:
            self.spare.close()

    def judged(self, judge: Judge, outcome: Outcome) -> None:
        """Takes a verdict, unless a newer save has overtaken it."""
        if judge is not self.judge:
            return
        self.outcome = outcome
        try:
            progress.remember_check(self.answers, self.step, self.checked, outcome)
        except progress.CannotRemember as problem:
            self.note = str(problem)
        self.show()
        self.stop()
        # It gets warm while the learner reads, and not while a check needs the machine.
        self.spare = Judge()

    def give_hint(self) -> None:
        """Shows the next hint for the first failure."""
        if self.outcome is None or not self.outcome.failed:
            return
        behaviour = self.outcome.failed[0].behaviour
        records = progress.read(self.answers)
        given = records.get(self.step.name, progress.Record()).hints.get(behaviour, 0)
        if self.hint is not None:
            # What was just shown counts, also where it could not be written.
            given = max(given, self.hint[1])
        level = min(given + 1, progress.LEVELS)
        self.hint = (behaviour, level, hints_for(self.step, behaviour)[level - 1])
        with contextlib.suppress(progress.CannotRemember):
            progress.remember_hint(self.answers, self.step, behaviour, level)
        self.show()

    def go_on(self) -> None:
        """Begins the next step, once this one holds."""
        upper = after(self.step)
        if upper is None or self.outcome is None or not self.outcome.holds:
            return
        if not main_of(upper, self.answers).exists():
            try:
                start(upper, self.answers)
            except CannotStart as problem:
                self.note = str(problem)
                self.show()
                return
        self.step, self.checked, self.everything = upper, "", False
        self.check(even_if_same=True, note=f"{upper.question}\nTo add: {upper.idea}.")

    def show(self) -> None:
        """The whole screen anew: the verdict, a hint, the keys."""
        printing.clear()
        printing.show_what_fits(self._draw)

    def _draw(self, others: int) -> None:
        what = str(main_of(self.step, self.answers))
        if self.outcome is None:
            printing.show_checking(self.step, what)
        else:
            printing.show_outcome(
                self.step,
                what,
                self.outcome,
                everything=self.everything,
                others=others,
            )
        if self.hint:
            printing.console.print()
            printing.show_hint(*self.hint)
        if self.note:
            printing.show_note(self.note)
        holds = bool(self.outcome and self.outcome.holds)
        printing.show_keys(
            waiting=self.outcome is not None,
            hint=bool(self.outcome and self.outcome.failed),
            following=after(self.step) if holds else None,
        )


def watch(step: Step, answers: Path) -> bool:
    """Checks at each save until the learner quits; whether the last check held."""
    state = Watch(step, answers)
    try:
        with (
            _signals(state.news),
            keys.pressed(lambda key: state.news.put(("key", key))),
            _saves(answers, state.news),
        ):
            state.check(even_if_same=True)
            while _handle(state, *state.news.get()):
                pass
    finally:
        state.close()
    return state.outcome is not None and state.outcome.holds


def _handle(state: Watch, what: str, news: Any) -> bool:
    """Acts on one piece of news; whether to go on."""
    match what, news:
        case "saved", _:
            state.check()
        case ("resized", _) | ("key", keys.REDRAW):
            state.show()
        case "outcome", (judge, outcome):
            state.judged(judge, outcome)
        case "key", "h":
            state.give_hint()
        case "key", "a":
            state.everything = not state.everything
            state.show()
        case "key", "r":
            state.check(even_if_same=True)
        case "key", "n":
            state.go_on()
        case "key", "q" | "\x03" | "\x04":
            return False
    return True


@contextlib.contextmanager
def _saves(answers: Path, news: "queue.SimpleQueue[tuple[str, Any]]") -> Iterator[None]:
    """Tells of each change below the answers, which may go and come back."""
    over = threading.Event()

    def listen() -> None:
        while not over.is_set():
            with contextlib.suppress(FileNotFoundError):
                for _ in watchfiles.watch(
                    answers,
                    stop_event=over,
                    step=20,
                    debounce=400,
                    rust_timeout=500,
                    yield_on_timeout=True,
                ):
                    news.put(("saved", None))
            over.wait(0.2)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield
    finally:
        over.set()
        listener.join()


@contextlib.contextmanager
def _signals(news: "queue.SimpleQueue[tuple[str, Any]]") -> Iterator[None]:
    """Tells when the terminal has another size, or we are to end. Windows has neither,
    or says it in another way."""
    told = {"SIGWINCH": ("resized", None), "SIGTERM": ("key", "q")}
    before = {
        number: signal.signal(number, lambda *_, what=what: news.put(what))
        for name, what in told.items()
        if (number := getattr(signal, name, None)) is not None
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
