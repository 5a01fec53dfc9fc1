"""The fence `matrix`: which attack gets through at which step, as coloured tiles.

It's a table in HTML, because its cells have roles: on a phone each attack takes a line
of its own above its tiles, and a screen reader still reads a table.
"""

from workbook.attacks import ATTACKS, LadderAttack
from workbook.ladder import Step, steps
from workbook.site.page import Fence, Page
from workbook.site.tables import place

# By what an attack does at a step: the sign on its tile, and what is read aloud.
TILES = {
    "early": ("·", "isn't possible yet"),
    "open": ("✗", "gets through"),
    "stopped": ("✓", "is stopped"),
}


def matrix(page: Page, fence: Fence) -> str:
    """```matrix: which attack gets through at which step, as the attacks declare it.

    `tests/attacks` runs all of them and compares every cell with this declaration.
    """
    heads = [_cell("th", "columnheader", "Attack", "attack", 'scope="col"')]
    heads += [
        _cell("th", "columnheader", _number(step), "", 'scope="col"')
        for step in steps()
    ]
    heads.append(_cell("th", "columnheader", "Stopped at", "ends", 'scope="col"'))
    rows = [_row(heads), *(_row(_cells(attack)) for attack in ATTACKS)]
    legend = [
        f'<span class="key"><span class="tile {kind}" aria-hidden="true">{sign}</span> '
        f"{told}</span>"
        for kind, (sign, told) in TILES.items()
    ]
    return "\n".join(
        [
            f'<p class="legend">{" ".join(legend)}</p>',
            "",
            f'<table class="matrix" role="table" style="--steps: {len(steps())}" '
            'markdown="block">',
            '<tbody role="rowgroup" markdown="block">',
            *rows,
            "</tbody>",
            "</table>",
        ]
    )


def state(attack: LadderAttack, step: Step) -> str:
    """What the attack does at the step, as one of `TILES`."""
    if attack.is_open_at(step):
        return "open"
    return "early" if step.name < attack.opens else "stopped"


def _cells(attack: LadderAttack) -> list[str]:
    name = f"[{attack.title}](attacks.md#{attack.name})"
    cells = [_cell("th", "rowheader", name, "attack", 'scope="row"')]
    for step in steps():
        kind = state(attack, step)
        sign, told = TILES[kind]
        shown = (
            f'<span aria-hidden="true">{sign}</span><span class="spoken">{told}</span>'
        )
        cells.append(_cell("td", "cell", shown, f"tile {kind}"))
    return [*cells, _cell("td", "cell", place(attack.closes), "ends")]


def _number(step: Step) -> str:
    return (
        f'[<span class="spoken">Step </span>{step.number}](steps/{step.name}.md '
        f'"{step.title}")'
    )


def _row(cells: list[str]) -> str:
    return "\n".join(['<tr role="row" markdown="block">', *cells, "</tr>"])


def _cell(tag: str, role: str, text: str, kind: str, scope: str = "") -> str:
    attributes = " ".join(
        part for part in (scope, f'role="{role}"', kind and f'class="{kind}"') if part
    )
    return f'<{tag} {attributes} markdown="span">{text}</{tag}>'
