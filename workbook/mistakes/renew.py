"""Makes fingerprints anew: `make fingerprints` does so where they are out of date, and
`make fingerprints STEPS="7 8"` for all mistakes of these steps, `STEPS=all` of all.

Each mistake is written as an answer, checked by the whole suite of its step, on all
cores, and what it leaves is stored. The fingerprints are those of one Python, the
oldest that we support.
"""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbook.checking import Outcome, check_all
from workbook.ladder import Step, UnknownStep, find, steps
from workbook.mistakes.bank import BadBank, BadEdit, Mistake, mistakes, write_answer
from workbook.mistakes.digests import digests, edits_digest, out_of_date
from workbook.mistakes.fingerprints import fingerprint
from workbook.mistakes.store import Store, Stored, read, write

MADE_ON = (3, 11)

Wanted = Mapping[Step, Sequence[Mistake]]


class NotMade(Exception):
    """A mistake has no fingerprint; the message says why."""


def wanted(chosen: Sequence[Step]) -> Wanted:
    """All mistakes of the chosen steps, or of every step those that are out of date. A
    step with nothing to do is left out."""
    if chosen:
        return {step: mistakes(step) for step in chosen}
    found = {}
    for step in steps():
        parts, names = out_of_date(step)
        if parts or names:
            found[step] = [m for m in mistakes(step) if parts or m.name in names]
    return found


def renew(bank: Wanted) -> None:
    """Stores the fingerprints of these mistakes. The others of their steps are kept,
    except those of mistakes that are gone. Raises `NotMade`, and stores none then."""
    outcomes = _check(
        [(step, mistake) for step, some in bank.items() for mistake in some]
    )
    for step in bank:
        had = read(step).mistakes
        now = {
            mistake.name: Stored(
                edits_digest(mistake), fingerprint(outcomes[step, mistake])
            )
            if (step, mistake) in outcomes
            else had[mistake.name]
            for mistake in mistakes(step)
        }
        write(step, Store(digests(step), now))


def _check(
    cases: Sequence[tuple[Step, Mistake]],
) -> dict[tuple[Step, Mistake], Outcome]:
    with tempfile.TemporaryDirectory() as folder:
        outcomes = check_all(
            (step.name, write_answer(step, mistake, Path(folder) / str(number)))
            for number, (step, mistake) in enumerate(cases)
        )
    found = dict(zip(cases, outcomes, strict=True))
    for (step, mistake), outcome in found.items():
        if outcome.problem or outcome.not_judged:
            raise NotMade(
                f"{step.name}, {mistake.name}: {outcome.problem or outcome.not_judged}"
            )
    return found


def main(words: Sequence[str]) -> int:
    if sys.version_info[:2] != MADE_ON:
        version = ".".join(map(str, MADE_ON))
        print(f"Run this with Python {version}, which all fingerprints are made on.")
        return 2
    try:
        chosen = steps() if list(words) == ["all"] else [find(word) for word in words]
        bank = wanted(chosen)
        for step, some in bank.items():
            count = f"{len(some)} of {len(mistakes(step))} mistakes"
            print(f"{step.name}: {count} to check", flush=True)
        renew(bank)
    except (BadBank, BadEdit, UnknownStep) as problem:
        print(problem)
        return 2
    except NotMade as problem:
        print(f"Nothing is stored. {problem}")
        return 1
    except KeyboardInterrupt:
        print("Stopped. Nothing is stored.")
        return 130
    print("Renewed." if bank else "All fingerprints are up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
