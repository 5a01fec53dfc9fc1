"""The verdict on a check: what failed, and the mistake that it looks like."""

from collections import Counter
from collections.abc import Collection

from rich.text import Text

from workbook.checking import Outcome, Result
from workbook.ladder import Step, after
from workbook.learning import Verdict
from workbook.terminal.commands import show_commands
from workbook.terminal.console import (
    Trimmed,
    console,
    print_indented,
    print_line,
    print_verbatim,
    without_escapes,
)
from workbook.terminal.failures import (
    FULL,
    Detail,
    Served,
    at,
    list_failures,
    show_failure,
    show_problem,
)
from workbook.terminal.progress import how_far

# How many of the lines that an app printed are shown, from the end.
PRINTED_LINES = 8


def show_checking(step: Step, what: str, done: int = 0, total: int = 0) -> None:
    """The first line of a check: the verdict takes a while. So many of its tests are
    `done`, once there are some."""
    line = f"Checking step {step.number}, {what} …"
    console.print(Text(f"{line} {how_far(done, total)}" if done else line))


def show_opening(step: Step) -> None:
    """What the step is about and what to write first, for whoever has just begun."""
    console.print(
        Trimmed(Text.assemble((f"\nStep {step.number}: ", "bold"), step.question))
    )
    print_indented("You haven't changed anything yet. Begin here:")
    print_indented(step.begin, "cyan")


def show_verdict(
    verdict: Verdict,
    what: str = "",
    *,
    served: Served | None = None,
    everything: bool = False,
    detail: Detail = FULL,
    shown: Collection[Result] = (),
) -> None:
    """The verdict on one check of `what`, which is `served` so.

    The first failure is shown in full, or `everything` is. `shown` are failures that
    are on the screen already.
    """
    outcome = verdict.outcome
    headline = _headline_of(verdict, what)
    if outcome.not_judged:
        _show_headline("?", "bold yellow", f"{headline}not judged.\n")
        print_indented(outcome.not_judged)
        return
    if outcome.all_passed:
        _show_headline(
            "✓", "bold green", f"{headline}all {outcome.total} tests pass.\n"
        )
        print_indented(f"What you've learnt: {verdict.step.takeaway}")
        if verdict.unwritten:
            names = ", ".join(verdict.unwritten)
            print_indented(
                f"No test asks for {names}, which you haven't written yet. A later "
                "step may.",
                "dim",
            )
    elif not outcome.results:
        _show_headline("✗", "bold red", f"{headline}nothing could be tested.\n")
        show_problem(outcome.problem, detail.traceback or 1)
    else:
        show_counts(verdict, what)
        _show_unrun(outcome)
        if everything:
            for result in verdict.failed:
                show_failure(result, served)
        else:
            if detail.compact:
                _show_diagnosis(verdict, detail, served)
            _show_failures(verdict, served, detail, shown)
        show_not_written(verdict)
        show_stored(verdict)
        if verdict.failed and not detail.compact:
            _show_diagnosis(verdict, detail, served)
            _show_explained(verdict, [] if everything else shown)
        if outcome.problem:
            console.print()
            show_problem(outcome.problem, detail.traceback or 1)
    _show_skipped(outcome.skipped)
    if not outcome.all_passed and detail.reasons:
        _show_printed(outcome.printed)


def show_next(step: Step, attack: str, start: str) -> None:
    """The two things to do after all tests of `step` passed."""
    upper = after(step)
    commands = [(attack, "attack your own version")]
    if upper is None:
        console.print("\nThat was the last step so far. You've climbed the ladder.")
    else:
        title = f"\n[bold]Next[/], step {upper.number}: {upper.question}"
        console.print(title)
        commands.append((start, f"begin step {upper.number}"))
    show_commands(*commands)


def _headline_of(verdict: Verdict, what: str) -> str:
    return f"Step {verdict.step.number}{f', {what}' if what else ''}: "


def show_counts(verdict: Verdict, what: str = "") -> None:
    """The headline of a check in which something failed."""
    headline = f"{_headline_of(verdict, what)}{_counts(verdict)}"
    _show_headline("✗", "bold red", headline)


def _show_headline(mark: str, style: str, text: str) -> None:
    console.print(Trimmed(Text.assemble((f"{mark} ", style), text)))


def _counts(verdict: Verdict) -> str:
    """How many tests pass, and what of the others. The numbers add up."""
    outcome = verdict.outcome
    if outcome.stored and not outcome.failed:
        return f"all {outcome.total} tests pass, but look at what you store."
    others = [
        f"{number} {what}"
        for number, what in (
            (len(verdict.failed), "fail"),
            (verdict.not_written.total(), "wait for your code"),
            (outcome.unrun, "weren't run"),
        )
        if number
    ]
    return f"{len(outcome.passed)} of {outcome.total} tests pass, {', '.join(others)}."


def _show_failures(
    verdict: Verdict, served: Served | None, detail: Detail, shown: Collection[Result]
) -> None:
    """One failure in full, unless one is on the screen; the others in a line each."""
    first = [one for one in verdict.failed if one in shown] or verdict.failed[:1]
    if not shown:
        for result in first:
            show_failure(result, served, detail)
    listed = [one for one in verdict.failed if one not in first]
    # The headline has their number, too.
    if not listed or detail.compact:
        return
    tests = "1 test" if len(listed) == 1 else f"{len(listed)} tests"
    if detail.others:
        console.print(f"\n[bold]Also failing[/], {tests}:")
        list_failures(listed, detail.others)
    else:
        more = (
            "1 more test fails"
            if len(listed) == 1
            else f"{len(listed)} more tests fail"
        )
        print_line(f"✗ {more}.")


def show_not_written(verdict: Verdict) -> None:
    """One line for all tests that wait for code to be written."""
    if waiting := verdict.not_written:
        tests = waiting.total()
        them = "them" if len(waiting) > 1 else "it"
        wait = f"1 test waits for {them}"
        if tests > 1:
            wait = f"{tests} tests wait for {them}"
        behind = [name for name in verdict.unwritten if name not in waiting]
        if behind:
            wait += f"; behind {them}: {', '.join(behind)}"
        console.print()
        console.print(
            Trimmed(
                Text.assemble(
                    ("Not written yet: ", "bold"), ", ".join(waiting), f" ({wait})."
                )
            )
        )


def show_stored(verdict: Verdict) -> None:
    """What the tests can't see: a table that doesn't protect the passwords in it."""
    if stored := verdict.outcome.stored:
        console.print("\n[bold]✗ what you store gives a password away[/]")
        for one in stored[:4]:
            print_verbatim(f"  {one}", "red")
        print_indented(
            "The tests only see what your app answers, so we looked at its data, too. "
            "Anyone who steals it can read this password, or guess it faster than they "
            "should. Store one bcrypt hash per user, each with its own salt, and "
            "delete all other values. The page of step 3 begins with how to make "
            "one in Python."
        )


def _show_explained(verdict: Verdict, shown: Collection[Result]) -> None:
    """Which failure the diagnosis is about, where another one is on the screen."""
    names = [one.name for one in shown]
    if names and not set(names) & set(verdict.explained):
        about = [one for one in verdict.failed if one.name in verdict.explained[:1]]
        for one in about:
            print_indented(f"That explains a different failure: {one.sentence}.", "dim")


def _show_unrun(outcome: Outcome) -> None:
    if outcome.unrun:
        print_indented(
            "They weren't run because johndoe can't log in: most would fail in the "
            "same way, and every login computes another slow hash."
        )


def _show_diagnosis(verdict: Verdict, detail: Detail, served: Served | None) -> None:
    if not detail.compact and (verdict.cause or verdict.suspects):
        console.print()
    if verdict.cause is not None:
        name = without_escapes(verdict.cause.name)
        console.print(Text.assemble(("What happened: ", "bold"), name))
        print_indented(without_escapes(at(verdict.cause.diagnosis, served)))
        return
    if not verdict.suspects:
        return
    first, *others = verdict.suspects
    if not first.is_likely:
        names = "; ".join(suspect.mistake.name for suspect in verdict.suspects)
        which = "one of these" if others else "this"
        console.print(
            Trimmed(Text.assemble((f"Perhaps {which}: ", "bold"), f"{names}."))
        )
        if others or not detail.reasons:
            print_indented("That's a guess: other mistakes look similar.", "dim")
            return
        print_indented(
            "That's a guess: other mistakes look similar. If it's right: "
            f"{first.mistake.diagnosis}",
            "dim",
        )
        return
    console.print(
        Trimmed(Text.assemble(("This looks like: ", "bold"), first.mistake.name))
    )
    print_indented(first.mistake.diagnosis)
    if detail.reasons:
        print_indented(first.mistake.why, "dim")
        if others:
            names = "; ".join(suspect.mistake.name for suspect in others)
            print_indented(f"Or: {names}.", "dim")


def _show_skipped(skipped: list[Result]) -> None:
    for reason, times in Counter(result.reason for result in skipped).items():
        tests = "1 test was" if times == 1 else f"{times} tests were"
        console.print(Text(f"\n{tests} skipped: {reason}", "dim"))


def _show_printed(printed: str) -> None:
    lines = printed.rstrip().splitlines()[-PRINTED_LINES:]
    if lines:
        console.print("\n[bold]Your app printed[/], at the end:")
        print_verbatim("\n".join(f"  {line}" for line in lines), style="dim")
