"""What the terminal shows: outcomes, the ladder, hints and diffs."""

import os
from collections import Counter
from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from workbook.checking.outcome import Outcome, Result, Story
from workbook.diffing import Change
from workbook.ladder import Step, after, steps
from workbook.learning.progress import LEVELS, Record
from workbook.learning.trying import highest
from workbook.mistakes.diagnosis import Suspect, diagnose

if TYPE_CHECKING:
    from workbook.attacks import Attempt

# Of what an app printed, so many lines are shown.
PRINTED_LINES = 8
# Of the failures after the first, so many are listed.
OTHERS = 12

# NO_COLOR is taken at its word by rich; whoever sets it wants no bold either.
console = Console(
    highlight=False, color_system=None if os.environ.get("NO_COLOR") else "auto"
)


class Trimmed:
    """What is shown without the blanks that fill its lines: they are copied with it,
    and wrap when a terminal gets narrower."""

    def __init__(self, shown: RenderableType) -> None:
        self.shown = shown

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        for line in console.render_lines(self.shown, options, pad=False):
            while line and not line[-1].text.strip():
                line.pop()
            yield from line[:-1]
            for last in line[-1:]:
                yield Segment(last.text.rstrip(), last.style, last.control)
            yield Segment.line()


def show_ladder(records: dict[str, Record], current: Step | None) -> None:
    """The steps, what has been passed, and where to go on."""
    table = Table.grid(padding=(0, 1, 0, 0))
    for step in steps():
        record = records.get(step.name, Record())
        mark = Text("▸", "bold cyan") if step == current else Text(" ")
        state = Text("")
        if record.holds:
            mark = Text("✓", "green")
        elif record.total:
            state = Text(f"{record.passed}/{record.total}", "dim")
        title = Text(f"{step.title} ")
        table.add_row(mark, str(step.number), title, Text(step.question), state)
    passed = sum(records.get(step.name, Record()).holds for step in steps())
    console.print(f"[bold]The ladder[/]: {passed} of {len(steps())} steps passed\n")
    console.print(Trimmed(table))


def show_outcome(
    step: Step, what: str, outcome: Outcome, *, everything: bool, others: int = OTHERS
) -> None:
    """The verdict on one check, as a story; of the failures after the first, `others`
    are listed."""
    tried = len(outcome.passed) + len(outcome.failed)
    if outcome.problem and not outcome.results:
        _show_verdict(False, f"Step {step.number}, {what}\n")
        print_verbatim(outcome.problem)
    elif outcome.holds:
        _show_verdict(True, f"Step {step.number}, {what}: all {tried} tests hold.\n")
        print_indented(step.learnt)
    else:
        hold = f"{len(outcome.passed)} of {tried} tests hold."
        _show_verdict(False, f"Step {step.number}, {what}: {hold}")
        _show_failures(outcome.failed, everything=everything, others=others)
        # A run that was cut short may have seen nothing wrong.
        if outcome.failed:
            _show_suspects(diagnose(step, outcome))
        if outcome.problem:
            print_verbatim(outcome.problem)
    _show_skipped(outcome.skipped)
    if not outcome.holds:
        _show_printed(outcome.printed)


def show_next(step: Step, answers_flag: str = "") -> None:
    """What comes after a pass."""
    upper = after(step)
    if upper is None:
        console.print("\nThat was the last step so far: the ladder is climbed.")
        return
    console.print(f"\n[bold]Next[/], step {upper.number}: {upper.question}")
    print_verbatim(f"  workbook start {upper.number}{answers_flag}", "cyan")


def show_commands(*pairs: tuple[str, str]) -> None:
    """What to type next, each with what it does."""
    table = Table.grid(padding=(0, 3, 0, 0))
    for typed, does in pairs:
        table.add_row(Text(typed, "cyan"), Text(does, "dim"))
    console.print(Trimmed(Padding(table, (1, 0, 0, 2))))


def show_attempt(attempt: "Attempt") -> None:
    """One attack as a small story: who, with what, and the evidence."""
    attack = attempt.attack
    mark, style, says = {
        True: ("✗", "red", "got through"),
        False: ("✓", "green", "held off"),
        None: ("?", "yellow", "not tried"),
    }[attempt.got_through]
    console.print()
    console.print(
        Text.assemble((f"{mark} {attack.title}", f"bold {style}"), f": {says}")
    )
    print_indented(
        f"{attack.attacker[:1].upper()}{attack.attacker[1:]}, with {attack.holds}."
    )
    print_indented(attempt.evidence)
    if attempt.got_through:
        print_indented(f"It ends at {_step_called(attack.closes)}.")


def _step_called(name: str) -> str:
    for step in steps():
        if step.name == name:
            return f"step {step.number}, {step.title}"
    return f"{name}, which is still to come"


def show_plain(command: str) -> None:
    """The plain tool behind what is done."""
    print_verbatim(f"$ {command}", style="dim")


def show_hint(behaviour: str, level: int, text: str) -> None:
    """One hint, and how many there are."""
    console.print(Text.assemble((f"Hint {level} of {LEVELS}", "bold"), ", for:"))
    print_indented(Result(behaviour, "failed").sentence)
    console.print()
    if level == LEVELS:
        print_verbatim("\n".join(f"  {line}" for line in text.rstrip().splitlines()))
    else:
        print_indented(_flowing(text))


def show_changes(changes: list[Change]) -> None:
    """A change by file and by function; what did not change is folded into one line."""
    shown = [one for one in changes if not one.is_none or len(changes) == 1]
    for change in shown:
        if change is not shown[0]:
            console.print()
        _show_change(change)
    _show_folded([change.name for change in changes if change not in shown])


def show_which(what: str, outcomes: dict[Step, Outcome]) -> None:
    """How far an app has come, and what is missing to the next step."""
    problem = next(iter(outcomes.values())).problem
    if len(outcomes) < len(steps()):
        _show_verdict(False, f"{what}\n")
        print_verbatim(problem)
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    for step, outcome in outcomes.items():
        tried = len(outcome.passed) + len(outcome.failed)
        mark = Text("✓", "green") if outcome.holds else Text("✗", "red")
        state = f"{len(outcome.passed)} of {tried} hold"
        table.add_row(mark, str(step.number), step.title, Text(state, "dim"))
    console.print(Text(f"{what}\n", "bold"))
    console.print(Trimmed(table))
    best = highest(outcomes)
    missing = after(best) if best else steps()[0]
    if best:
        console.print(f"\nIt satisfies step {best.number}: {best.title}.")
    else:
        console.print("\nIt satisfies no step yet.")
    if missing:
        console.print(f"Missing for step {missing.number}, {missing.title}:")
        _list_behaviours(outcomes[missing].failed)


def show_what_fits(draw: Callable[[int], None]) -> None:
    """What `draw` draws, with as many of the lesser failures as leave its first line on
    the screen."""
    for others in (OTHERS, OTHERS // 3, 0):
        with console.capture() as drawn:
            draw(others)
        lines = (Text.from_ansi(line) for line in drawn.get().splitlines())
        rows = sum(max(1, ceil(line.cell_len / console.width)) for line in lines)
        if rows < console.height:
            break
    draw(others)


def show_checking(step: Step, what: str) -> None:
    """Said at once, because the verdict takes a while."""
    console.print(Text(f"Checking step {step.number}, {what} …"))


def show_note(text: str) -> None:
    """What else is to be said."""
    console.print()
    console.print(Text(text))


def clear() -> None:
    """An empty screen; where output is no terminal, an empty line."""
    if console.is_terminal:
        console.clear()
    else:
        console.print()


def show_keys(*, waiting: bool, hint: bool, following: Step | None) -> None:
    """The keys that do something now, and the step that `n` goes on to."""
    if following:
        console.print(f"\n[bold]Next[/], step {following.number}: {following.question}")
    known = {"h": "hint" if hint else "", "n": "next step" if following else ""}
    known |= {"a": "all failures" if hint else "", "r": "check again", "q": "quit"}
    words = [f"[bold]{key}[/] {does}" for key, does in known.items() if does]
    if waiting:
        words.insert(0, "[dim]Waiting for a save.[/]")
    console.print(f"\n{'   '.join(words)}")


def print_verbatim(text: str, style: str = "") -> None:
    """Text whose lines are not to be broken: code, a command, a traceback."""
    console.print(Text(_harmless(text), style), soft_wrap=True)


def print_indented(text: str, style: str = "") -> None:
    """Prose that fills the terminal."""
    console.print(Trimmed(Padding(Text(text, style), (0, 0, 0, 2))))


def _show_change(change: Change) -> None:
    for path, mark, style in ((change.was, "-", "red"), (change.now, "+", "green")):
        if path:
            console.print(Text(f"{mark} {path}", style))
    folded: list[str] = []
    for part in change.parts:
        if not part.lines:
            folded.append(part.name)
            continue
        _show_folded(folded)
        console.print(f"\n[bold]{part.name}[/]")
        for line in part.lines:
            style = {"+": "green", "-": "red"}.get(line[:1], "")
            print_verbatim(f"  {line}".rstrip(), style=style)
    _show_folded(folded)


def _show_verdict(holds: bool, text: str) -> None:
    mark = ("✓ ", "bold green") if holds else ("✗ ", "bold red")
    console.print(Trimmed(Text.assemble(mark, text)))


def _show_failures(failed: list[Result], *, everything: bool, others: int) -> None:
    shown = failed if everything else failed[:1]
    for result in shown:
        console.print()
        console.print(Text(f"✗ {result.sentence}", "bold"))
        if result.story is None:
            print_verbatim(result.reason)
        else:
            _show_story(result.story)
    if failed[len(shown) :]:
        console.print("\n[bold]Also[/]")
        _list_behaviours(failed[len(shown) :], others)


def _list_behaviours(failed: list[Result], at_most: int = OTHERS) -> None:
    table = Table.grid(padding=(0, 1, 0, 0))
    found = Counter(result.behaviour for result in failed)
    for behaviour, times in list(found.items())[:at_most]:
        cases = f" ({times} cases)" if times > 1 else ""
        sentence = Result(behaviour, "failed").sentence
        table.add_row(" ", Text("✗", "red"), f"{sentence}{cases}")
    if len(found) > at_most:
        kinds = "kind" if len(found) == at_most + 1 else "kinds"
        table.add_row(" ", "…", f"and {len(found) - at_most} more {kinds}")
    console.print(Trimmed(table))


def _show_suspects(suspects: list[Suspect]) -> None:
    if not suspects:
        console.print("\n[dim]It looks like no mistake that is known by name.[/]")
        return
    first, *others = suspects
    if not first.is_likely:
        names = "; ".join(suspect.mistake.name for suspect in suspects)
        console.print(
            f"\n[bold]It may be one of these, but this is a guess[/]: {names}."
        )
        return
    console.print(Text.assemble(("\nThis looks like: ", "bold"), first.mistake.name))
    print_indented(first.mistake.diagnosis)
    print_indented(first.mistake.why, "dim")
    if others:
        names = "; ".join(suspect.mistake.name for suspect in others)
        print_indented(f"Or: {names}.", "dim")


def _show_story(story: Story) -> None:
    # On a line of its own and unbroken, so that it can be copied and pasted.
    print_verbatim(f"\n  {story.asked}\n", style="cyan")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    rows: list[tuple[str, RenderableType]] = [
        ("token", Text(_harmless(story.token))),
        ("came", Text(_harmless(story.came), "red")),
        ("expected", Text(story.expected, "green")),
        ("so", Text(story.wrong)),
        ("why", Text(_flowing(story.why))),
        ("standard", Group(*story.standards) if story.standards else ""),
    ]
    for label, value in rows:
        if value:
            table.add_row(label, value)
    console.print(Trimmed(Padding(table, (0, 0, 0, 2))))
    if story.raised:
        console.print("\n  [dim]raised[/]")
        print_verbatim("\n".join(f"    {line}" for line in story.raised.splitlines()))


def _show_skipped(skipped: list[Result]) -> None:
    for reason, times in Counter(result.reason for result in skipped).items():
        console.print(Text(f"\n{times} skipped: {reason}", "dim"))


def _show_printed(printed: str) -> None:
    lines = printed.rstrip().splitlines()[-PRINTED_LINES:]
    if lines:
        console.print("\n[bold]Your app printed[/], at the end:")
        print_verbatim("\n".join(f"  {line}" for line in lines), style="dim")


def _show_folded(folded: list[str]) -> None:
    if folded:
        names = Text(f"… unchanged: {', '.join(folded)}", "dim")
        console.print()
        console.print(Trimmed(Padding(names, (0, 0, 0, 2))))
        folded.clear()


def _harmless(text: str) -> str:
    """With an app's escape codes spelt out: they could rewrite the terminal."""
    return text.replace("\x1b", "␛")


def _flowing(text: str) -> str:
    """Without the line breaks of the source, so that it fills the terminal."""
    return " ".join(text.split())
