"""Fences made from data: `ladder`, `planned`, `attacks`, `standards`, `mistakes`."""

import html
import importlib
import tomllib
from collections import defaultdict

from workbook.attacks import ATTACKS, CLASSICS, Attack, ClassicAttack
from workbook.checking import Result
from workbook.ladder import ROOT, Step, find, steps
from workbook.mistakes import mistakes as bank
from workbook.site import minutes
from workbook.site.page import Fence, Page, step_of
from workbook.site.problems import Wrong

ROADMAP = ROOT / "steps" / "roadmap.toml"


def ladder(page: Page, fence: Fence) -> str:
    """```ladder: every step with its question, what it adds and about how many minutes
    it takes.

    `ladder teaches` has what each step assumes, and what it teaches; `ladder notebooks`
    what you do in its notebook.
    """
    if fence.words == ["teaches"]:
        heads = ["Step", "What it assumes", "What it teaches"]
        cells = [[step.assumes, step.teaches] for step in steps()]
    elif fence.words == ["notebooks"]:
        heads = ["Step", "What you do in its notebook"]
        cells = [[step.experiments] for step in steps()]
    elif not fence.words:
        heads = ["Step", "The question it answers", "What it adds", "Minutes, about"]
        cells = [
            [step.question, step.idea, str(minutes.length(step).minutes)]
            for step in steps()
        ]
    else:
        raise Wrong("say `ladder`, `ladder teaches`, or `ladder notebooks`")
    rows = [f"| {' | '.join(heads)} |", f"|{'-|' * len(heads)}"]
    for step, of_step in zip(steps(), cells, strict=True):
        link = f"[{step.number}. {step.title}](steps/{step.name}.md)"
        rows.append(f"| {' | '.join([link, *of_step])} |")
    return "\n".join(rows)


def planned(page: Page, fence: Fence) -> str:
    """```planned: the steps that aren't written yet, from `steps/roadmap.toml`.

    `planned asides` are the lessons beside the ladder.
    """
    told = tomllib.loads(ROADMAP.read_text("utf-8"))
    if fence.words == ["asides"]:
        heads = ["Aside", "The question it will answer"]
        cells = [[one["title"], one["question"]] for one in told["aside"]]
    elif not fence.words:
        heads = ["Step", "The question it will answer", "What it will end"]
        cells = [
            [f"{one['number']}. {one['title']}", one["question"], one["ends"]]
            for one in told["planned"]
            if one["number"] > len(steps())
        ]
    else:
        raise Wrong("say `planned`, or `planned asides`")
    rows = [heads, ["-"] * len(heads), *cells]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def attacks(page: Page, fence: Fence) -> str:
    """```attacks: each attack of the ladder, who the attacker is and what they have.

    `attacks classics` are those that no step lets through, each with the mistake that
    opens it. `attacks open` is for a step's page: those that get through at the step,
    and that the page itself does not explain. So it is complete whatever is added.
    """
    if fence.words == ["open"]:
        return _open_at(step_of(page, []), page)
    if fence.words == ["classics"]:
        return "\n".join(line for attack in CLASSICS for line in _classic(attack))
    if fence.words:
        raise Wrong("say `attacks`, `attacks classics`, or `attacks open`")
    lines = []
    for attack in ATTACKS:
        lines += [
            *_head(attack),
            f"The attacker is {attack.attacker}, and has {attack.has}. It gets through "
            f"from {place(attack.opens)} on, and {place(attack.closes)} stops it.",
            "",
        ]
    return "\n".join(lines)


def _head(attack: Attack) -> list[str]:
    return [
        f"### {attack.title} {{#{attack.name}}}",
        "",
        html.escape(attack.description, quote=False),
        "",
    ]


def _classic(attack: ClassicAttack) -> list[str]:
    step = find(attack.step)
    (mistake,) = [entry for entry in bank(step) if entry.name == attack.mistake]
    return [
        *_head(attack),
        f"The attacker is {attack.attacker}, and has {attack.has}.",
        "",
        f"**The mistake that opens it**, at {place(step.name)}: {mistake.diagnosis} "
        "Then the attack reports:",
        "",
        f"> {html.escape(attack.shows, quote=False)}",
        "",
        f"Sources: {attack.sources}",
        "",
    ]


def _open_at(step: Step, page: Page) -> str:
    through = [attack for attack in ATTACKS if attack.is_open_at(step)]
    if not through:
        return "No attack in [the table](../attacks.md) gets through at this step."
    unexplained = [a for a in through if f"attacks.md#{a.name})" not in page.text]
    if not unexplained:
        return ""
    first = unexplained == through
    lines = [f"These {'attacks get through' if first else 'get through as well'}:"]
    for attack in unexplained:
        lines += [
            "",
            f"- **[{attack.title}](../attacks.md#{attack.name}).** The attacker is "
            f"{attack.attacker}, and has {attack.has}. Stopped at "
            f"{place(attack.closes, '')}.",
        ]
    return "\n".join(lines)


def mistakes(page: Page, fence: Fence) -> str:
    """```mistakes [STEP]: the bank of the step's mistakes, with why each is one."""
    step = step_of(page, fence.words)
    entries = [f'??? bug "{len(bank(step))} mistakes that the check can name"', ""]
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
            f"{html.escape(Result(name, 'passed').sentence)} ({ranges(numbers)})"
            for name, numbers in tests.items()
        ]
        place = f", {section}" if " " in section else f" §{section}"
        rows.append(f"| {document}{place} | {'<br>'.join(told)} |")
    return "\n".join(rows)


def ranges(numbers: list[int]) -> str:
    """The steps at which a behaviour is shown: `3 to 8`, or `3 to 8, 10`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        f"{run[0]} to {run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs
    )


def _order(clause: tuple[str, str]) -> tuple[str, list[tuple[int, str]]]:
    document, section = clause
    parts = section.split(".")
    return document, [(int(p), "") if p.isdecimal() else (0, p) for p in parts]


def place(name: str, folder: str = "steps/") -> str:
    """A link to a step by its name, or its number where it is still to be written.
    `folder` is where the pages of the steps are, from the page with the link."""
    number = int(name.removeprefix("step").partition("_")[0])
    if name in {step.name for step in steps()}:
        return f"[step {number}]({folder}{name}.md)"
    return f"step {number}, which is planned"


def _sentence(name: str) -> str:
    return html.escape(name[:1].upper() + name[1:])
