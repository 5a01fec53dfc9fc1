"""Fences that show tables: `ladder`, `matrix`, `standards`, `mistakes`."""

import html
import importlib
from collections import defaultdict
from typing import TYPE_CHECKING

from workbook.checking.outcome import Result
from workbook.ladder import Step, UnknownStep, find, steps
from workbook.mistakes import mistakes as bank
from workbook.site.problems import Wrong

if TYPE_CHECKING:
    from workbook.site.fences import Fence, Page


def ladder(page: "Page", fence: "Fence") -> str:
    """```ladder: every step with its question, what it adds and its minutes."""
    rows = ["| Step | The question it answers | What it adds | Minutes |", "|-|-|-|-|"]
    for step in steps():
        link = f"[{step.number}. {step.title}](steps/{step.name}.md)"
        rows.append(f"| {link} | {step.question} | {step.idea} | {step.minutes} |")
    return "\n".join(rows)


def matrix(page: "Page", fence: "Fence") -> str:
    """```matrix: which attack gets through at which step, as the attacks declare it.

    `tests/attacks` runs all of them and holds every cell to this declaration.
    """
    from workbook.attacks import ATTACKS

    rows = [
        "| Attack | "
        + " | ".join(f"[{s.number}](steps/{s.name}.md)" for s in steps())
        + " | Ends at |",
        "|-|" + ":-:|" * len(steps()) + "-|",
    ]
    for attack in ATTACKS:
        cells = [_cell(step, attack.opens, attack.closes) for step in steps()]
        name = f"[{attack.title}](attacks.md#{attack.name})"
        rows.append(f"| {name} | {' | '.join(cells)} | {_ends(attack.closes)} |")
    return "\n".join(rows)


def mistakes(page: "Page", fence: "Fence") -> str:
    """```mistakes [STEP]: the bank of the step's mistakes, with why each is one."""
    step = _step(page, fence)
    entries = [f'??? bug "{len(bank(step))} mistakes that the suite knows by name"', ""]
    for mistake in bank(step):
        caught = Result(mistake.caught_by, "failed").sentence
        entries += [
            f"    **{_sentence(mistake.name)}.** {mistake.diagnosis}",
            f"    {mistake.why} *Caught by:* {caught}.",
            "",
        ]
    return "\n".join(entries)


def standards(page: "Page", fence: "Fence") -> str:
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
    rows = ["| Clause | What the suites show | Steps |", "|-|-|-|"]
    for (document, section), tests in sorted(shown.items(), key=lambda i: _order(i[0])):
        for name, numbers in tests.items():
            sentence = html.escape(Result(name, "passed").sentence)
            where = ", ".join(map(str, numbers))
            rows.append(f"| {document} §{section} | {sentence} | {where} |")
    return "\n".join(rows)


def _order(clause: tuple[str, str]) -> tuple[str, list[tuple[int, str]]]:
    document, section = clause
    parts = section.split(".")
    return document, [(int(p), "") if p.isdecimal() else (0, p) for p in parts]


def _cell(step: Step, opens: str, closes: str) -> str:
    if step.number < _number(opens):
        return "·"
    return "·" if step.number >= _number(closes) else "**open**"


def _number(name: str) -> int:
    """The step's number, which a step that is still to be written has in its name."""
    return int(name.removeprefix("step").partition("_")[0])


def _ends(name: str) -> str:
    number = _number(name)
    if name in {step.name for step in steps()}:
        return f"[step {number}](steps/{name}.md)"
    return f"step {number}, to come"


def _step(page: "Page", fence: "Fence") -> Step:
    try:
        return find(fence.words[0] if fence.words else page.step)
    except UnknownStep as problem:
        raise Wrong(str(problem)) from None


def _sentence(name: str) -> str:
    return html.escape(name[:1].upper() + name[1:])
