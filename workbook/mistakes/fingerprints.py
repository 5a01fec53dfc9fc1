"""The marks that each mistake leaves in an outcome: `make fingerprints` renews them,
all, or those of some steps: `make fingerprints STEPS="7 8"`.

Which tests fail tells much, and what they say came tells the rest: a 403 and a 400 fail
the same tests. `fingerprints.json` is made from the bank and the suites, and a test
holds it to them; it is stored because making it runs every suite dozens of times.
"""

import json
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection
from functools import cache
from pathlib import Path

from workbook.checking.outcome import Outcome
from workbook.ladder import Step, find, sources, steps
from workbook.mistakes import Mistake, mistakes

FILE = Path(__file__).with_name("fingerprints.json")


def marks(outcome: Outcome) -> frozenset[str]:
    """What an outcome shows: the behaviours that failed, in which cases, and how.

    A behaviour whose every case failed is one mark, whatever the number of its cases.
    What differs from run to run, as tokens and times do, is left out.
    """
    tried = Counter(result.behaviour for result in outcome.results)
    failed: dict[str, dict[str, str]] = defaultdict(dict)
    for result in outcome.failed:
        wrong = _lasting(result.story.wrong) if result.story else "broke off"
        failed[result.behaviour][result.name] = wrong
    found: set[str] = set()
    for behaviour, cases in failed.items():
        found |= {behaviour} if len(cases) == tried[behaviour] else set(cases)
        if len(set(cases.values())) == 1:
            found.add(f"{behaviour}: {min(cases.values())}")
        else:
            found |= {f"{case}: {wrong}" for case, wrong in cases.items()}
    return frozenset(found)


@cache
def known(step: Step) -> dict[str, frozenset[str]]:
    """The marks of each mistake of a step, by its name."""
    stored = json.loads(FILE.read_text("utf-8"))
    names = stored["marks"]
    return {
        mistake: frozenset(names[index] for index in indexes)
        for mistake, indexes in stored["mistakes"].get(step.name, {}).items()
    }


def write_answer(step: Step, mistake: Mistake, answers: Path) -> Path:
    """Our step with the mistake in it, as an answers folder."""
    folder = answers / step.name
    folder.mkdir(parents=True)
    for name, source in mistake.applied_to(sources(step.modules)).items():
        (folder / name).write_text(source, "utf-8")
    return answers


def renew(chosen: Collection[Step]) -> None:
    """Makes every mistake of these steps, judges it, and stores the marks that it
    leaves. What is known of the other steps stays."""
    from workbook.checking.jury import judge_all

    bank = [(step, mistake) for step in chosen for mistake in mistakes(step)]
    with tempfile.TemporaryDirectory() as folder:
        cases = [
            (step.name, write_answer(step, mistake, Path(folder) / str(number)))
            for number, (step, mistake) in enumerate(bank)
        ]
        outcomes = judge_all(cases)
    found = {step: {} if step in chosen else known(step) for step in steps()}
    for (step, mistake), outcome in zip(bank, outcomes, strict=True):
        found[step][mistake.name] = marks(outcome)
    names = sorted(
        {mark for left in found.values() for one in left.values() for mark in one}
    )
    index = {name: number for number, name in enumerate(names)}
    stored = {
        step.name: {
            name: sorted(index[mark] for mark in one) for name, one in left.items()
        }
        for step, left in found.items()
    }
    FILE.write_text(_dump(names, stored), "utf-8")


def _dump(names: list[str], stored: dict[str, dict[str, list[int]]]) -> str:
    """One mark and one mistake a line: a change is a line in a diff."""
    lines = [f"  {json.dumps(name)}" for name in names]
    rows = [
        f" {json.dumps(step)}: {{\n"
        + ",\n".join(f"  {json.dumps(n)}: {json.dumps(i)}" for n, i in entry.items())
        + "\n }"
        for step, entry in stored.items()
    ]
    marks_text, rows_text = ",\n".join(lines), ",\n".join(rows)
    return f'{{"marks": [\n{marks_text}\n],\n"mistakes": {{\n{rows_text}\n}}}}\n'


def _lasting(text: str) -> str:
    """Without moments, numbers of five digits and more, and tokens."""
    moment = r"\d{4}-\d\d-\d\dT[\d:.#+]+"
    # A second passes between the making of a token and the look at it, or none.
    text = re.sub(r"(-?\d+) seconds from now", _about, text)
    # The long ones first: a UUID may begin with five digits.
    return re.sub(rf"{moment}|[\w-]{{20,}}(\.[\w-]+)*|\d{{5,}}(\.\d+)?", "#", text)


def _about(seconds: re.Match[str]) -> str:
    return f"{round(int(seconds[1]), -2)} seconds from now"


if __name__ == "__main__":
    renew([find(word) for word in sys.argv[1:]] or steps())
