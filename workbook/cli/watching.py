"""What a watch knows, and what it does with each event.

One thread watches the folder, one reads keys, one runs the check, and each puts what it
has to say into one queue. The loop at its end decides, and is the only one that prints.
"""

import contextlib
import queue
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from workbook import learning, terminal
from workbook.checking import CheckWorker, Outcome, Result, likely_main
from workbook.cli.attacking import FAST, SLOW, Attacks
from workbook.cli.events import Events
from workbook.cli.options import from_here, our_command
from workbook.cli.served import served_at
from workbook.ladder import Step, after
from workbook.learning import Verdict
from workbook.terminal import Detail, Served

# In seconds: how often a check that is under way says how many tests are done.
COUNTS = 0.5


@dataclass
class Watch:
    """The state of a watch, which is drawn again whenever it changes.

    `spare` is a worker that has been started for the next check. `hashes` are those
    that the last check needed, `failed` the tests that failed in it. Of the check that
    is under way so many tests are `done`, of the `total` of the last one.
    `first_failure` is known before the verdict is. `hint` is the behaviour, the level
    and the words of the last hint, and whether it was asked for once more. `attacks`
    are those on the app, and `untouched` it is as long as nothing was changed. Of all
    failures a `page` may be shown: 0 is their list, and each other one in full.
    """

    step: Step
    answers: Path
    spare: CheckWorker | None = None
    events: Events = field(default_factory=queue.SimpleQueue)
    worker: CheckWorker | None = None
    checked: str = ""
    first_failure: Result | None = None
    verdict: Verdict | None = None
    hashes: list[list[str]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    done: int = 0
    total: int = 0
    hint: tuple[str, int, str, bool] | None = None
    note: str = ""
    page: int | None = None
    untouched: bool = False
    wants_hint: bool = False
    served: Served = field(init=False)
    attacks: Attacks = field(init=False)

    def __post_init__(self) -> None:
        self.attacks = Attacks(self.events)
        self._begin()

    def check(self, *, even_if_same: bool = False) -> None:
        """Begins a check; one that is under way is overtaken and ended."""
        now = learning.digest(self.step, self.answers)
        if now == self.checked and not even_if_same:
            return
        self.checked = now
        self.verdict, self.first_failure, self.hint = None, None, None
        self.note, self.page, self.done = "", None, 0
        self.wants_hint = False
        self.untouched = learning.is_untouched(self.step, self.answers)
        self.stop()
        self.attacks.version_changed(self.step)
        self.worker, self.spare = self.spare or CheckWorker(self.step), None
        # What is known now: it may be another step when the thread gets to run.
        job = self.worker, self.step, self.failed, self.hashes
        threading.Thread(target=self._run, args=job, daemon=True).start()
        self.show()

    def _run(
        self,
        worker: CheckWorker,
        step: Step,
        failed: list[str],
        hashes: list[list[str]],
    ) -> None:
        is_first = True
        done, counted_at = 0, time.monotonic()

        def on_result(result: Result) -> None:
            nonlocal is_first, done, counted_at
            done += 1
            if time.monotonic() > counted_at + COUNTS:
                counted_at = time.monotonic()
                self.events.put(("counted", (worker, done)))
            waits = learning.waits_for(result)
            if result.verdict == "failed" and is_first and not waits:
                is_first = False
                self.events.put(("failed", (worker, result)))

        try:
            outcome = worker.check(
                step,
                answers=self.answers,
                secret_key=self.served.key or None,
                first=failed,
                hashes=hashes,
                on_result=on_result,
            )
        except ValueError:
            # It was closed while we wrote to it, or killed while it wrote to us.
            reason = "The check was stopped: press r to check again."
            outcome = Outcome(not_judged=reason)
        self.events.put(("outcome", (worker, outcome)))

    def stop(self) -> None:
        """Ends the check that is under way, if there is one, and the attacks."""
        self.attacks.stop()
        if self.worker is not None:
            self.worker.close()
            self.worker = None

    def close(self) -> None:
        """Leaves no process behind."""
        self.stop()
        if self.spare is not None:
            self.spare.close()

    def has_failed(self, worker: CheckWorker, result: Result) -> None:
        """Shows the first failure, unless a newer save has overtaken it."""
        if worker is self.worker:
            self.first_failure = result
            self.show()

    def has_counted(self, worker: CheckWorker, done: int) -> None:
        """Shows how many tests are done. What is piped would get a screen for each."""
        if worker is self.worker and terminal.console.is_terminal:
            self.done = done
            self.show()

    def has_ended(self, worker: CheckWorker, outcome: Outcome) -> None:
        """Takes an outcome, unless a newer save has overtaken it."""
        if worker is not self.worker:
            return
        verdict = learning.verdict_on(self.step, outcome, self.answers)
        self.verdict = verdict.undiagnosed if self.untouched else verdict
        if outcome.results and not outcome.not_judged:
            self.hashes = worker.hashes
            self.failed = [result.name for result in outcome.failed]
            self.total = outcome.total
        main = learning.main_of(self.step, self.answers)
        if not main.exists() and not likely_main(main.parent):
            start = our_command("start", self.step, self.answers)
            self.note = f"To start with a copy: {start}"
        try:
            learning.remember_check(
                self.answers,
                self.step,
                self.checked,
                outcome,
                self.verdict.behaviours,
                self.verdict.what_happened,
            )
        except learning.CannotRemember as problem:
            self.note = str(problem)
        self.worker = None
        if outcome.not_judged or not outcome.results or self.verdict.not_written:
            self.attacks.clear()
        else:
            self.attacks.attack(self.step, self.answers, FAST)
        if self.wants_hint:
            self.note = ""
            self.give_hint()
        self.show()
        # Its processes take a moment to end, and nobody has to wait for that.
        worker.close()
        # It gets ready while the learner reads, not while a check needs the machine.
        self.spare = CheckWorker(self.step)

    def attack_slowly(self) -> None:
        """Runs the attacks that measure or guess, when the others are done."""
        if self.verdict is not None and self.attacks.slow_are_left:
            self.attacks.attack(self.step, self.answers, SLOW)
            self.show()

    def show_all_failures(self) -> None:
        """Shows the list of all failures, where there's more than one, then each way to
        fail in full, and then the first one as before."""
        if self.verdict is None or not self.verdict.failed:
            return
        begins = 0 if self.verdict.failed[1:] else 1
        page = begins if self.page is None else self.page + 1
        pages = len(terminal.ways_to_fail(self.verdict))
        self.page = page if page <= pages else None
        self.show()

    def show_first_failure(self) -> None:
        """Goes back from all failures to the first one."""
        self.page = None
        self.show()

    def give_hint(self) -> None:
        """Shows the next hint for the failure that the diagnosis explains, or else for
        the first one. While a check is under way, it comes at its end."""
        if self.verdict is None and self.first_failure is not None:
            self.wants_hint = True
            self.note = "You'll get the hint when the check is done."
            self.show()
        if self.verdict is None or not self.verdict.outcome.failed:
            return
        failed = self.verdict.behaviours
        yours = learning.main_of(self.step, self.answers).parent
        try:
            behaviour, hints = learning.first_with_hints(self.step, failed, yours)
        except learning.NoHint as problem:
            self.note = str(problem)
            self.show()
            return
        records = learning.read_progress(self.answers)
        record = records.get(self.step.name, learning.Record())
        given = record.hints.get(behaviour, 0)
        if self.hint is not None and self.hint[0] == behaviour:
            # What was just shown counts, also where it could not be written.
            given = max(given, self.hint[1])
        level = min(given + 1, learning.LEVELS)
        self.hint = (behaviour, level, hints[level - 1], given >= learning.LEVELS)
        self.page = None
        with contextlib.suppress(learning.CannotRemember):
            learning.remember_hint(self.answers, self.step, behaviour, level)
        self.show()

    def go_on(self) -> None:
        """Begins the next step, once this one passes."""
        upper = after(self.step)
        if upper is None or not self.all_passed:
            return
        if not learning.is_begun(upper, self.answers):
            try:
                begins = learning.beginning(upper, self.answers)
                learning.start(upper, self.answers, files=begins.files)
            except learning.CannotStart as problem:
                self.note = str(problem)
                self.show()
                return
        self.step, self.checked = upper, ""
        if self.spare is not None:
            # It has collected the suite of the step before.
            self.spare.close()
            self.spare = None
        self.attacks.clear()
        self._begin()
        self.check(even_if_same=True)

    @property
    def all_passed(self) -> bool:
        """Whether the last check has ended, and all its tests passed."""
        return self.verdict is not None and self.verdict.outcome.all_passed

    def show(self) -> None:
        """Draws the whole screen: the verdict, a hint, the attacks, the keys."""
        if self.page is not None and self.verdict is not None:
            self._show_page(self.page, self.verdict)
        else:
            terminal.show_what_fits(self._draw, self._draw_foot, again=True)

    def _show_page(self, page: int, verdict: Verdict) -> None:
        ways = terminal.ways_to_fail(verdict)

        def draw_keys() -> None:
            terminal.show_keys_of_all(page, len(ways))

        if page == 0:
            terminal.show_list_that_fits(
                lambda detail: terminal.show_failing(verdict, detail), draw_keys
            )
            return
        # It's all there: what is too long for the screen can be scrolled back to.
        terminal.clear()
        terminal.show_way(ways[page - 1], self.served)
        draw_keys()

    def _draw(self, detail: Detail) -> None:
        what = from_here(learning.main_of(self.step, self.answers))
        if self.verdict is None:
            terminal.show_checking(self.step, what, self.done, self.total)
        if self.untouched and not self.hint:
            terminal.show_opening(self.step)
        if self.verdict is not None:
            if self.untouched and not self.hint:
                terminal.console.print()
            terminal.show_verdict(self.verdict, what, served=self.served, detail=detail)
        elif self.first_failure is not None:
            terminal.show_failure(self.first_failure, self.served, detail)
        if not self.hint and detail.attacks != "none":
            self.attacks.show(self.step, brief=detail.attacks == "line")

    def _draw_foot(self) -> None:
        if self.hint:
            behaviour, level, text, is_over = self.hint
            terminal.console.print()
            happened = self.verdict.what_happened if self.verdict else ""
            terminal.show_hint(
                behaviour,
                level,
                text,
                happened=happened and '"What happened" above says why it fails.',
                is_over=is_over,
            )
        if self.note:
            terminal.print_line(self.note)
        self._draw_keys()

    def _draw_keys(self) -> None:
        terminal.show_keys(
            waiting=self.verdict is not None,
            hint=self.first_failure is not None
            or bool(self.verdict and self.verdict.outcome.failed),
            more=bool(self.verdict and self.verdict.failed),
            slow=self.verdict is not None and self.attacks.slow_are_left,
            following=after(self.step) if self.all_passed else None,
        )

    def _begin(self) -> None:
        """What is known of the step before its first check."""
        self.served = served_at(self.step, self.answers, None)
        records = learning.read_progress(self.answers)
        record = records.get(self.step.name, learning.Record())
        self.failed, self.total = record.failed, record.total
