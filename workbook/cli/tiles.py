"""Which attacks get through a learner's app, for the row of tiles in a watch."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from workbook import terminal
from workbook.attacks import ATTACKS, AttackWorker
from workbook.cli.events import Events
from workbook.ladder import Step

FAST = [attack.name for attack in ATTACKS if not attack.is_slow]
SLOW = [attack.name for attack in ATTACKS if attack.is_slow]


@dataclass
class Tiles:
    """What came of each attack, by its name, and the worker that is under way.

    An event comes when a worker is done. The results of the version before stay until
    then and say that they `are_old`, so that a learner sees what a save has changed.
    """

    events: Events
    results: dict[str, bool | None] = field(default_factory=dict)
    are_old: bool = False
    worker: AttackWorker | None = None

    def attack(self, step: Step, answers: Path, names: list[str]) -> None:
        """Begins these attacks; others that are under way are ended."""
        self.stop()
        self.worker = worker = AttackWorker(step, answers, names)

        def run() -> None:
            self.events.put(("attacked", (worker, worker.results())))

        threading.Thread(target=run, daemon=True).start()

    def take(self, worker: AttackWorker, results: dict[str, bool | None]) -> None:
        """Takes what came of the attacks, unless a newer save has overtaken them."""
        if worker is self.worker:
            self.results |= results
            self.are_old = False
            self.stop()

    def version_changed(self) -> None:
        """Another version may do otherwise, and the slow attacks aren't run anew."""
        self.are_old = bool(self.results)
        self.results = {
            name: result for name, result in self.results.items() if name in FAST
        }

    def clear(self) -> None:
        """Nothing is known of this version, and nothing is tried."""
        self.stop()
        self.results, self.are_old = {}, False

    def stop(self) -> None:
        """Ends the attacks that are under way, if there are some."""
        if self.worker is not None:
            self.worker.close()
            self.worker = None

    @property
    def slow_are_left(self) -> bool:
        """Whether there are tiles, and the slow attacks would add to them."""
        return (
            bool(self.results)
            and not self.are_old
            and self.worker is None
            and SLOW[0] not in self.results
        )

    def show(self, step: Step) -> None:
        """Draws the row for a version of `step`, once there is something to show."""
        if self.results or self.worker is not None:
            busy = self.worker is not None
            terminal.show_tiles(
                ATTACKS, self.results, step, busy=busy, old=self.are_old
            )
