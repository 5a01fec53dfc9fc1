"""Attacks: whether each got through, with its evidence, or as a row of tiles."""

from collections.abc import Mapping, Sequence
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


# What an attempt came to: the mark on a tile, its style, and what that means.
EXPECTED = ("○", "white on bright_black", "gets through, as expected at this step")
THROUGH = ("✗", "bold white on red", "gets through")
STOPPED = ("✓", "bold white on green", "is stopped")
FAILED = ("?", "white on bright_black", "couldn't be tried")
UNTRIED = ("·", "white on bright_black", "not tried yet")
TILES = (EXPECTED, THROUGH, STOPPED, FAILED, UNTRIED)


def show_attempt(attempt: "Attempt") -> None:
    """One attack: whether it got through, who attacks with what, and the evidence."""
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
    print_indented(f"Attacker: {attack.attacker}. They have {attack.has}.")
    print_indented(without_escapes(attempt.evidence))
    if attempt.got_through:
        print_indented(_why(attack))


def show_summary(
    of_ladder: "Sequence[Attempt]", classics: "Sequence[Attempt]", *, show_all: bool
) -> None:
    """How many attacks there were and how many got through. Unless all were shown, it
    is one line for the rest, and says how to see them."""
    line = (
        f"{_through(of_ladder)} of the {len(of_ladder)} attacks of the ladder got "
        f"through, and {_through(classics)} of the {len(classics)} classics."
    )
    untried = sum(one.got_through is None for one in (*of_ladder, *classics))
    if untried:
        line += f" {untried} couldn't be tried."
    if not show_all:
        line += " --all shows the others and says why." if untried else ""
        line += "" if untried else " --all shows the others, too."
    print_line(line)


def show_tiles(
    attacks: "Sequence[LadderAttack]",
    got_through: Mapping[str, bool | None],
    step: Step,
    *,
    busy: bool,
    old: bool,
) -> None:
    """A row with a tile for each attack on a version of `step`: green where it was
    stopped, red where it got through, and grey where that's expected at this step or
    where it wasn't tried; below it, what the tiles mean, and those that got through.
    They may be of the `old` version, the one before the last save."""
    which = "before your last save" if old else "on your app"
    row = Text(f"Attacks {which} ", "bold")
    tiles = {attack: _tile(attack, got_through, step) for attack in attacks}
    for mark, style, _ in tiles.values():
        row.append(f" {mark} ", style)
        row.append(" ")
    if busy:
        row.append("…", "dim")
    console.print()
    console.print(Trimmed(row))
    used = [tile for tile in TILES if tile in tiles.values()]
    print_indented("   ".join(f"{mark} {means}" for mark, _, means in used), "dim")
    through = [one.title for one, tile in tiles.items() if tile == THROUGH]
    expected = [one for one, tile in tiles.items() if tile == EXPECTED]
    if through:
        print_indented(
            f"Get through, and shouldn't at step {step.number}: {', '.join(through)}",
            "red",
        )
    if expected:
        titles = ", ".join(
            f"{one.title} (until {_step_named(one.closes)})" for one in expected
        )
        print_indented(f"Expected at step {step.number}: {titles}", "dim")
    if STOPPED in used and not through and not expected and not busy:
        print_indented("Nothing that was tried gets through.", "green")


def _tile(
    attack: "LadderAttack", got_through: Mapping[str, bool | None], step: Step
) -> tuple[str, str, str]:
    if attack.name not in got_through:
        return UNTRIED
    match got_through[attack.name]:
        case True:
            return EXPECTED if attack.is_open_at(step) else THROUGH
        case False:
            return STOPPED
    return FAILED


def _step_named(name: str) -> str:
    number = next((one.number for one in steps() if one.name == name), None)
    return f"step {number}" if number else "a step that isn't written yet"


def _through(attempts: "Sequence[Attempt]") -> int:
    return sum(attempt.got_through is True for attempt in attempts)


def _why(attack: "Attack") -> str:
    """Which step stops an attack that got through, or what lets it in."""
    from workbook.attacks import ClassicAttack, LadderAttack

    match attack:
        case LadderAttack():
            return f"It's stopped at {_title_of(attack.closes)}."
        case ClassicAttack():
            return (
                f"A mistake that lets it in, at step {find(attack.step).number}: "
                f"{attack.mistake}."
            )
    return ""


def _title_of(name: str) -> str:
    for step in steps():
        if step.name == name:
            return f"step {step.number}, {step.title}"
    return f"{name}, which isn't written yet"
