"""What the terminal shows: outcomes, the ladder, hints and diffs."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from workbook.checking.outcome import Outcome, Result, Story
from workbook.diffing import Part
from workbook.ladder import Step, after, steps
from workbook.learning.progress import Record
from workbook.learning.trying import highest

# Of what an app printed, so many lines are shown.
PRINTED_LINES = 8
# Of the failures after the first, so many are listed.
OTHERS = 12

console = Console(highlight=False)


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
    console.print(table)


def show_outcome(step: Step, what: str, outcome: Outcome, *, everything: bool) -> None:
    """The verdict on one check, as a story."""
    tried = len(outcome.passed) + len(outcome.failed)
    if outcome.problem and not outcome.results:
        console.print(Text.assemble(("✗ ", "bold red"), f"Step {step.number}, {what}"))
        console.print()
        print_verbatim(outcome.problem)
    elif outcome.holds:
        console.print(
            Text.assemble(
                ("✓ ", "bold green"),
                f"Step {step.number}, {what}: all {tried} tests hold.",
            )
        )
        console.print(Padding(Text(step.learnt), (1, 0, 0, 2)))
    else:
        console.print(
            Text.assemble(
                ("✗ ", "bold red"),
                f"Step {step.number}, {what}: ",
                f"{len(outcome.passed)} of {tried} tests hold.",
            )
        )
        _show_failures(outcome.failed, everything=everything)
        if outcome.problem:
            print_verbatim(outcome.problem)
    _show_skipped(outcome.skipped)
    if not outcome.holds:
        _show_printed(outcome.printed)


def show_next(step: Step, answers_flag: str = "") -> None:
    """What comes after a pass."""
    upper = after(step)
    if upper is None:
        console.print("\nThat was the last step: the ladder is climbed.")
        return
    console.print(f"\n[bold]Next[/], step {upper.number}: {upper.question}")
    console.print(f"  workbook start {upper.number}{answers_flag}")


def show_commands(*pairs: tuple[str, str]) -> None:
    """What to type next, each with what it does."""
    table = Table.grid(padding=(0, 3, 0, 0))
    for typed, does in pairs:
        table.add_row(Text(typed, "cyan"), Text(does, "dim"))
    console.print(Padding(table, (1, 0, 0, 2)))


def show_plain(command: str) -> None:
    """The plain tool behind what is done."""
    print_verbatim(f"$ {command}", style="dim")


def show_hint(behaviour: str, level: int, text: str) -> None:
    """One hint, and how many there are."""
    console.print(
        Text.assemble(("Hint ", "bold"), (f"{level} of 3", "bold"), ", for: ")
    )
    console.print(f"  {Result(behaviour, 'failed').sentence}\n")
    if level == 3:
        print_verbatim("\n".join(f"  {line}" for line in text.rstrip().splitlines()))
    else:
        console.print(Padding(Text(text.strip()), (0, 2)))


def show_parts(old: str, new: str, found: Iterable[Part]) -> None:
    """A change by function; what did not change is folded into one line."""
    console.print(Text.assemble((f"- {old}\n", "red"), (f"+ {new}", "green")))
    folded: list[str] = []
    for part in found:
        if not part.lines:
            folded.append(part.name)
            continue
        _show_folded(folded)
        console.print(f"\n[bold]{part.name}[/]")
        for line in part.lines:
            style = {"+": "green", "-": "red"}.get(line[:1], "")
            print_verbatim(f"  {line}", style=style)
    _show_folded(folded)


def show_which(what: str, outcomes: dict[Step, Outcome]) -> None:
    """How far an app has come, and what is missing to the next step."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for step, outcome in outcomes.items():
        tried = len(outcome.passed) + len(outcome.failed)
        mark = Text("✓", "green") if outcome.holds else Text("✗", "red")
        state = f"{len(outcome.passed)} of {tried} hold"
        table.add_row(mark, str(step.number), step.title, Text(state, "dim"))
    console.print(f"[bold]{what}[/]\n")
    console.print(table)
    best = highest(outcomes)
    missing = after(best) if best else steps()[0]
    if best:
        console.print(f"\nIt satisfies step {best.number}: {best.title}.")
    else:
        console.print("\nIt satisfies no step yet.")
    if missing:
        console.print(f"Missing for step {missing.number}, {missing.title}:")
        _list_behaviours(outcomes[missing].failed)


def clear() -> None:
    """An empty screen; where output is no terminal, an empty line."""
    if console.is_terminal:
        console.clear()
    else:
        console.print()


def show_keys(*, hint: bool, following: bool) -> None:
    """The keys that do something now."""
    known = {"h": "hint" if hint else "", "n": "next step" if following else ""}
    known |= {"a": "all failures" if hint else "", "r": "check again", "q": "quit"}
    words = [f"[bold]{key}[/] {does}" for key, does in known.items() if does]
    console.print(f"\n[dim]Waiting for a save.[/]  {'   '.join(words)}")


def print_verbatim(text: str, style: str = "") -> None:
    """Text whose lines are not to be broken: code, a command, a traceback."""
    console.print(Text(text, style), soft_wrap=True)


def _show_failures(failed: list[Result], *, everything: bool) -> None:
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
        _list_behaviours(failed[len(shown) :])


def _list_behaviours(failed: list[Result]) -> None:
    others = Counter(result.behaviour for result in failed)
    for behaviour, times in list(others.items())[:OTHERS]:
        cases = f" ({times} cases)" if times > 1 else ""
        sentence = Result(behaviour, "failed").sentence
        console.print(Text.assemble(("  ✗ ", "red"), f"{sentence}{cases}"))
    if len(others) > OTHERS:
        console.print(f"  … and {len(others) - OTHERS} more kinds")


def _show_story(story: Story) -> None:
    # On a line of its own and unbroken, so that it can be copied and pasted.
    print_verbatim(f"\n  {story.asked}\n", style="cyan")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    rows: list[tuple[str, RenderableType]] = [
        ("came", Text(story.came, "red")),
        ("expected", Text(story.expected, "green")),
        ("so", Text(story.wrong)),
        ("why", Text(_flowing(story.why))),
        ("standard", Group(*story.standards) if story.standards else ""),
    ]
    for label, value in rows:
        if value:
            table.add_row(label, value)
    console.print(Padding(table, (0, 0, 0, 2)))
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
        console.print(Text(f"\n… unchanged: {', '.join(folded)}", "dim"))
        folded.clear()


def _flowing(text: str) -> str:
    """Without the line breaks of the source, so that it fills the terminal."""
    return " ".join(text.split())
