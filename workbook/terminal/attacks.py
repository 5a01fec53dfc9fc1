"""Attacks: whether each got through, with its evidence, or as a row of counts."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from workbook.ladder import Step, find, steps
from workbook.terminal.console import (
    Trimmed,
    console,
    print_indented,
    print_line,
    without_escapes,
)

if TYPE_CHECKING:
    from workbook.attacks import Attack, Attempt, LadderAttack


# What an attempt came to: the sign, its style, and what that says of one attack and of
# several. The signs mean the same in the site's table.
THROUGH = ("✗", "red", "gets through", "get through")
EXPECTED = ("○", "default", "gets through, as expected", "get through, as expected")
STOPPED = ("✓", "green", "stopped", "stopped")
EARLY = ("·", "dim", "not possible yet", "not possible yet")
FAILED = ("?", "yellow", "couldn't be tried", "couldn't be tried")
UNTRIED = ("-", "dim", "slow, untried", "slow, untried")
SIGNS = (THROUGH, EXPECTED, STOPPED, EARLY, FAILED, UNTRIED)


def show_attempt(attempt: "Attempt", *, attacker: bool) -> None:
    """One attack: whether it got through, and the evidence. If that's wanted, it says
    before who the attacker is, and what they have."""
    attack = attempt.attack
    mark, style, says = {
        True: ("✗", "red", "got through"),
        False: ("✓", "green", "stopped"),
        None: ("?", "yellow", "not tried"),
    }[attempt.got_through]
    console.print()
    console.print(
        Text.assemble((f"{mark} {attack.title}", f"bold {style}"), f": {says}")
    )
    if attacker:
        print_indented(f"Attacker: {attack.attacker}. They have {attack.has}.")
    print_indented(without_escapes(attempt.evidence))
    if attempt.got_through:
        print_indented(_why(attack))


def show_summary(
    of_ladder: "Sequence[Attempt]",
    classics: "Sequence[Attempt]",
    *,
    step: Step | None,
    show_all: bool,
) -> None:
    """Which attacks `step` has stopped, how many there were and how many got through.
    Unless all were shown, it is one line for the rest, and says how to see them."""
    stopped = [
        attempt.attack.title
        for attempt in of_ladder
        if step is not None
        and attempt.got_through is False
        and getattr(attempt.attack, "closes", None) == step.name
    ]
    if stopped and not show_all:
        says = f"✓ stopped at this step: {', '.join(stopped)}"
        console.print()
        console.print(Trimmed(Text(says, "bold green")))
    line = (
        f"{_through(of_ladder)} of this workbook's {len(of_ladder)} attacks got "
        f"through, and {_through(classics)} of {len(classics)} well-known ones."
    )
    untried = sum(one.got_through is None for one in (*of_ladder, *classics))
    if untried:
        line += f" {untried} couldn't be tried."
    if not show_all:
        line += " --all shows the others and says why." if untried else ""
        line += "" if untried else " --all shows the others, too."
    print_line(line)


def show_results(
    attacks: "Sequence[LadderAttack]",
    got_through: Mapping[str, bool | None],
    step: Step,
    *,
    busy: bool,
    told: Collection[str] = (),
    brief: bool = False,
) -> None:
    """How many of the attacks get through a version of `step`, and which ones. Of those
    that are expected to, the ones that were `told` before are only named. `brief`, it's
    one line, also while they run: nothing moves on a small screen when they're done."""
    console.print()
    if busy and (brief or not got_through):
        console.print(Text("Attacking your app …", "dim"))
        return
    found: dict[tuple[str, ...], list[LadderAttack]] = {sign: [] for sign in SIGNS}
    for attack in attacks:
        found[_sign(attack, got_through, step)].append(attack)
    if brief:
        _show_in_a_line(found)
        return
    _show_counts(found, busy=busy)
    if found[THROUGH]:
        these = "These get" if len(found[THROUGH]) > 1 else "This gets"
        print_indented(
            f"{these} through, but shouldn't at step {step.number}: "
            f"{_titles(found[THROUGH])}",
            "red",
        )
    new = [one for one in found[EXPECTED] if one.name not in told]
    titles = [f"{one.title} (until {_step_named(one.closes)})" for one in new]
    if old := [one for one in found[EXPECTED] if one.name in told]:
        titles.append(f"and as before {_titles(old)}" if new else _titles(old))
    if titles:
        print_indented(f"Expected at step {step.number}: {', '.join(titles)}", "dim")


def _show_counts(
    found: "dict[tuple[str, ...], list[LadderAttack]]", *, busy: bool
) -> None:
    """How many attacks came to what. A line ends only between two of the counts."""
    rows = [Text.assemble(("Attacks on your app", "bold"))]
    for (mark, style, one, several), attacks in found.items():
        if not attacks:
            continue
        means = several if len(attacks) > 1 else one
        says = Text(f"{mark} {len(attacks)} {means}", style)
        if rows[-1].cell_len + 3 + says.cell_len > console.width:
            rows.append(Text("  ").append_text(says))
        else:
            rows[-1].append("   ").append_text(says)
    if busy:
        rows[-1].append(" …", "dim")
    for row in rows:
        console.print(row)


def _show_in_a_line(found: "dict[tuple[str, ...], list[LadderAttack]]") -> None:
    """What matters most, as far as a line goes."""
    row = Text("Attacks", "bold")
    if found[THROUGH]:
        row.append(f"  ✗ {_titles(found[THROUGH])}", "not bold red")
    for sign in (EXPECTED, STOPPED):
        if number := len(found[sign]):
            says = sign[3 if number > 1 else 2]
            row.append(f"  {sign[0]} {number} {says}", f"not bold {sign[1]}")
    if found[FAILED] and len(row) < len("Attacks "):
        row.append(f"  ? {len(found[FAILED])} couldn't be tried", "not bold yellow")
    row.truncate(console.width, overflow="ellipsis")
    console.print(row)


def _titles(attacks: "Sequence[LadderAttack]") -> str:
    return ", ".join(attack.title for attack in attacks)


def _sign(
    attack: "LadderAttack", got_through: Mapping[str, bool | None], step: Step
) -> tuple[str, ...]:
    if attack.name not in got_through:
        return UNTRIED
    match got_through[attack.name]:
        case True:
            return EXPECTED if attack.is_open_at(step) else THROUGH
        case False:
            return EARLY if step.name < attack.opens else STOPPED
    return FAILED


def _step_named(name: str) -> str:
    number = next((one.number for one in steps() if one.name == name), None)
    return f"step {number}" if number else "a step that isn't written yet"


def _through(attempts: "Sequence[Attempt]") -> int:
    return sum(attempt.got_through is True for attempt in attempts)


def _why(attack: "Attack") -> str:
    """Which step stops an attack that got through, or what lets it through."""
    from workbook.attacks import ClassicAttack, LadderAttack

    match attack:
        case LadderAttack():
            return f"It's stopped at {_title_of(attack.closes)}."
        case ClassicAttack():
            return (
                f"This mistake at step {find(attack.step).number} lets it through: "
                f"{attack.mistake}."
            )
    return ""


def _title_of(name: str) -> str:
    for step in steps():
        if step.name == name:
            return f"step {step.number}, {step.title}"
    return f"{name}, which isn't written yet"
