"""The fence `mutants`: what `make mutants` found, and why survivors are no faults."""

import html

from workbook.ladder import find
from workbook.mistakes import Measured, measured_mutants, survivor_kinds
from workbook.site.page import Fence, Page
from workbook.site.problems import Wrong
from workbook.site.tables import ranges


def mutants(page: Page, fence: Fence) -> str:
    """```mutants PART: how many each suite catches, or the survivors by kind."""
    parts = {"table": _table, "kinds": _kinds}
    name = " ".join(fence.words)
    if name not in parts:
        raise Wrong(f"say which part: there are {', '.join(parts)}")
    measured = measured_mutants()
    if not measured:
        raise Wrong("docs/assets/mutants.json has no mutants: make mutants")
    return parts[name](page, measured)


def _table(page: Page, measured: dict[str, Measured]) -> str:
    rows = [
        "| Step | Files | Mutants | Don't start | Caught | Survived | Measured |",
        "|-|-|-:|-:|-:|-:|-|",
    ]
    for name, of in measured.items():
        step = find(name)
        survived = len(of.survivors)
        cells = [
            f"[{step.number}. {step.title}](steps/{name}.md)",
            ", ".join(f"`{file}`" for file in of.mutants),
            of.total,
            of.never_start,
            of.total - of.never_start - survived,
            survived,
            of.month,
        ]
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows)


def _kinds(page: Page, measured: dict[str, Measured]) -> str:
    """Each kind with its reason, and its survivors with the steps that have them."""
    lines = []
    for kind in survivor_kinds():
        at: dict[str, list[int]] = {}
        for name, of in measured.items():
            for mutant in filter(kind.explains, of.survivors):
                at.setdefault(str(mutant), []).append(find(name).number)
        count = sum(map(len, at.values()))
        lines += [
            f"- **{kind.name}.** {kind.why}",
            "",
            f'    ??? note "{count} survivor{"" if count == 1 else "s"}"',
            "",
            *(
                f"        - {_code(page, text)}, at {_places(numbers)}"
                for text, numbers in at.items()
            ),
            "",
        ]
    return "\n".join(lines)


def _code(page: Page, text: str) -> str:
    """As it is: Markdown would find marks of its own in it."""
    return page.html(f"<code>{html.escape(text)}</code>")


def _places(numbers: list[int]) -> str:
    """`steps 1 to 3, 5`"""
    found = sorted(set(numbers))
    return f"step{'' if len(found) == 1 else 's'} {ranges(found)}"
