"""Fences made from data: `ladder`, `matrix`, `attacks`, `standards`, `mistakes`."""

import html
import importlib
from collections import defaultdict

from workbook.attacks import ATTACKS
from workbook.checking.outcome import Result
from workbook.ladder import steps
from workbook.mistakes import mistakes as bank
from workbook.site.page import Fence, Page, step_of


def ladder(page: Page, fence: Fence) -> str:
    """```ladder: every step with its question, what it adds and its minutes."""
    rows = ["| Step | The question it answers | What it adds | Minutes |", "|-|-|-|-|"]
    for step in steps():
        link = f"[{step.number}. {step.title}](steps/{step.name}.md)"
        rows.append(f"| {link} | {step.question} | {step.idea} | {step.minutes} |")
    return "\n".join(rows)


def matrix(page: Page, fence: Fence) -> str:
    """```matrix: which attack gets through at which step, as the attacks declare it.

    `tests/attacks` runs all of them and holds every cell to this declaration.
    """
    numbers = " | ".join(f"[{step.number}](steps/{step.name}.md)" for step in steps())
    rows = [f"| Attack | {numbers} | Ends at |", f"|-|{':-:|' * len(steps())}-|"]
    for attack in ATTACKS:
        cells = ["**open**" if attack.is_open_at(step) else "·" for step in steps()]
        name = f"[{attack.title}](attacks.md#{attack.name})"
        rows.append(f"| {name} | {' | '.join(cells)} | {_place(attack.closes)} |")
    return "\n".join(['<div class="matrix" markdown="block">', "", *rows, "", "</div>"])


def attacks(page: Page, fence: Fence) -> str:
    """```attacks: each attack as a story: who the attacker is, what they hold."""
    lines = []
    for attack in ATTACKS:
        lines += [
            f"### {attack.title} {{#{attack.name}}}",
            "",
            attack.story,
            "",
            f"The attacker is {attack.attacker}, and holds {attack.holds}. It is open "
            f"from {_place(attack.opens)} on, and ends at {_place(attack.closes)}.",
            "",
        ]
    return "\n".join(lines)


def mistakes(page: Page, fence: Fence) -> str:
    """```mistakes [STEP]: the bank of the step's mistakes, with why each is one."""
    step = step_of(page, fence.words)
    entries = [f'??? bug "{len(bank(step))} mistakes that the suite knows by name"', ""]
    for mistake in bank(step):
        caught = Result(mistake.caught_by, "failed").sentence
        entries += [
            f"    **{_sentence(mistake.name)}.** {mistake.diagnosis}",
            f"    {mistake.why} *Caught by:* {caught}.",
            "",
        ]
    return "\n".join(entries)


def standards(page: Page, fence: Fence) -> str:
    """```standards: each clause that the suites show, with the tests and the steps."""
    shown: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(dict)
    for step in steps():
        suite = importlib.import_module(f"tests.steps.test_{step.name}")
        for name, test in vars(suite).items():
            if not name.startswith("test_"):
                continue
            for mark in getattr(test, "pytestmark", []):
                if mark.name == "standard":
                    clause = (mark.args[0], mark.args[1])
                    shown[clause].setdefault(name, []).append(step.number)
    rows = ["| Clause | What the suites show, and at which steps |", "|-|-|"]
    for (document, section), tests in sorted(shown.items(), key=lambda i: _order(i[0])):
        told = [
            f"{html.escape(Result(name, 'passed').sentence)} ({_range(numbers)})"
            for name, numbers in tests.items()
        ]
        place = f", {section}" if " " in section else f" §{section}"
        rows.append(f"| {document}{place} | {'<br>'.join(told)} |")
    return "\n".join(rows)


def _range(numbers: list[int]) -> str:
    """The steps at which a behaviour is shown; once it is, it stays."""
    first, last = numbers[0], numbers[-1]
    return f"{first}" if first == last else f"{first} to {last}"


def _order(clause: tuple[str, str]) -> tuple[str, list[tuple[int, str]]]:
    document, section = clause
    parts = section.split(".")
    return document, [(int(p), "") if p.isdecimal() else (0, p) for p in parts]


def _place(name: str) -> str:
    """A link to a step by its name, or its number where it is still to be written."""
    number = int(name.removeprefix("step").partition("_")[0])
    if name in {step.name for step in steps()}:
        return f"[step {number}](steps/{name}.md)"
    return f"step {number}, which is still to come"


def _sentence(name: str) -> str:
    return html.escape(name[:1].upper() + name[1:])
