"""Which attacks get through a learner's app, for a watch."""

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
class Attacks:
    """What came of each attack, by its name, and the worker that is under way.

    An event comes when a worker is done. `told` are the attacks that were seen to get
    through before the last save: those that the step lets through aren't named again.
    """

    events: Events
    results: dict[str, bool | None] = field(default_factory=dict)
    told: set[tuple[Step, str]] = field(default_factory=set)
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
            self.stop()

    def version_changed(self, step: Step) -> None:
        """Another version of `step` may do otherwise: what was found is gone."""
        self.told |= {(step, name) for name, through in self.results.items() if through}
        self.results = {}

    def clear(self) -> None:
        """Nothing is known of this version, and nothing is tried."""
        self.stop()
        self.results = {}

    def stop(self) -> None:
        """Ends the attacks that are under way, if there are some."""
        if self.worker is not None:
            self.worker.close()
            self.worker = None

    @property
    def slow_are_left(self) -> bool:
        """Whether there are results, and the slow attacks would add to them."""
        return (
            bool(self.results) and self.worker is None and SLOW[0] not in self.results
        )

    def show(self, step: Step, *, brief: bool) -> None:
        """Draws what is known of a version of `step`, once there is something."""
        if self.results or self.worker is not None:
            terminal.show_results(
                ATTACKS,
                self.results,
                step,
                busy=self.worker is not None,
                told={name for where, name in self.told if where == step},
                brief=brief,
            )
