"""Failed tests: one in full, and many in a line each."""

import re
from dataclasses import dataclass
from typing import Literal

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from workbook.checking import LOCAL, START, Failure, Result, shorten_command
from workbook.terminal.commands import print_command
from workbook.terminal.console import (
    Trimmed,
    console,
    print_indented,
    print_verbatim,
    unwrapped,
    without_escapes,
)

# How many kinds of failures are listed after the first.
OTHERS = 12
# What the suite puts before the command of an app that has no key.
NO_KEY = "env -u SECRET_KEY "
# Where there's room, so many lines of a traceback are shown, and characters of an
# answer. They're shortened before.
WHOLE = 1_000_000


@dataclass(frozen=True)
class Served:
    """How the checked app is served, so that the requests on the screen reach it and no
    other: the `command`, and the `address` that it then has. `key` signs its tokens, if
    it reads one from its environment."""

    command: str
    address: str
    key: str = ""


@dataclass(frozen=True)
class Detail:
    """How much is shown: so many `others` after the first failure, and of that one its
    request and its reasons, and of its `answers` so many characters. A `traceback` has
    so many lines, from its end. Of the `attacks` there's all, a line, or nothing.
    `compact`, the diagnosis comes first, since the rest may be cut."""

    others: int = OTHERS
    reasons: bool = True
    request: bool = True
    answers: int = WHOLE
    traceback: int = WHOLE
    attacks: Literal["all", "line", "none"] = "all"
    compact: bool = False


FULL = Detail()


def show_failure(
    result: Result, served: Served | None = None, detail: Detail = FULL
) -> None:
    """One failed test: request, answer, expected answer, and why it matters."""
    if not detail.compact:
        console.print()
    console.print(Text(f"✗ {result.sentence}", "bold"))
    if result.failure is None:
        _print_traceback(last_lines(result.reason, detail.traceback or 1))
    else:
        _show_exchange(result.failure, served, detail)


def list_failures(failed: list[Result], at_most: int = OTHERS) -> None:
    """A line for each test function that failed, with the case or their number, and
    one for how many tests are left out."""
    table = Table.grid(padding=(0, 1, 0, 0))
    cases = by_behaviour(failed)
    for behaviour, results in list(cases.items())[:at_most]:
        sentence = results[0].sentence
        if len(results) > 1:
            sentence = f"{Result(behaviour, 'failed').sentence} ({len(results)} cases)"
        table.add_row(" ", Text("✗", "red"), Text(sentence))
    left = sum(len(results) for results in list(cases.values())[at_most:])
    if left:
        tests = "tests fail" if left > 1 else "test fails"
        table.add_row(" ", "…", f"{left} more {tests}")
    console.print(Trimmed(table))


def list_differences(failed: list[Result], at_most: int = OTHERS) -> None:
    """A line for each thing that differs, with the first test that shows it, and how
    many others do. Another line says how many things are left out."""
    same: dict[str, list[Result]] = {}
    for results in by_behaviour(failed).values():
        same.setdefault(_way_to_differ(results[0]), []).append(results[0])
    for first, *others in list(same.values())[:at_most]:
        sentence = Result(first.behaviour, "failed").sentence
        line = Text.assemble(("✗ ", "red"), sentence)
        if differs := _difference(first):
            line.append(f": {without_escapes(differs)}")
        console.print(Trimmed(Padding(line, (0, 0, 0, 2))))
        if others:
            tests = f"{len(others)} more tests fail" if others[1:] else "1 more fails"
            print_indented(f"  {tests} for the same reason.", "dim")
    if len(same) > at_most:
        print_indented(f"… and {len(same) - at_most} more.")


def _difference(result: Result) -> str:
    """What differs, without the number of cases in which it does."""
    if result.failure is None:
        return ""
    first = re.split(r"[;\n] ?\d+ of \d+ cases fail", result.failure.difference)[0]
    return first.strip().replace("\n", "; ")


def _way_to_differ(result: Result) -> str:
    """The same for tests that fail for one reason: without the case that shows it
    first, if the end of the text is a sentence of its own."""
    differs = _difference(result)
    end = differs.rpartition(": ")[2]
    return end if re.match(r"(the|it|there|detail|WWW-Authenticate) ", end) else differs


def by_behaviour(results: list[Result]) -> dict[str, list[Result]]:
    """The cases of each test function, in order."""
    cases: dict[str, list[Result]] = {}
    for result in results:
        cases.setdefault(result.behaviour, []).append(result)
    return cases


def _show_exchange(failure: Failure, served: Served | None, detail: Detail) -> None:
    if not detail.compact:
        console.print()
    if detail.request:
        _show_request(failure, served)
        console.print()
    answers = [
        _shortened(answer, detail.answers)
        for answer in (at(failure.actual, served), failure.expected)
    ]
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    rows: list[tuple[str, RenderableType]] = [
        ("token", Text(without_escapes(failure.token)) if not detail.compact else ""),
        ("got", Text(without_escapes(answers[0]), "red")),
        ("expected", Text(answers[1], "green")),
        ("difference", Text(failure.difference)),
    ]
    if detail.compact:
        # What is last may be cut, and the difference nearly says what was expected.
        rows[2:] = reversed(rows[2:])
    if detail.reasons:
        rows += [
            ("why", Text(unwrapped(failure.why))),
            ("standard", Group(*failure.standards) if failure.standards else ""),
        ]
    for label, value in rows:
        if value:
            table.add_row(label, value)
    console.print(Trimmed(Padding(table, (0, 0, 0, 2))))
    if failure.raised and detail.traceback:
        console.print("  [dim]raised[/]" if detail.compact else "\n  [dim]raised[/]")
        _print_traceback(last_lines(failure.raised, detail.traceback), indent=4)


def _show_request(failure: Failure, served: Served | None) -> None:
    """The request as it is typed: to the app that was checked, once it is served."""
    *start, request = failure.commands
    if START in request and not start:
        _show_start(request, served)
        return
    if start and (served is None or not _is_served_by(start[0], served)):
        print_indented(
            "The test starts the app like this, in an empty folder, and sends:", "dim"
        )
        _print_shortened(start[0])
    elif served is not None and LOCAL in request:
        request = at(request, served)
        # A token of a check is worth something only to an app with the same key.
        key = f"SECRET_KEY={served.key} " if served.key else ""
        line = _as_served(start[0], served) if start else f"{key}{served.command}"
        print_indented(
            "Serve your version in another terminal, then send the request:", "dim"
        )
        _print_shortened(line)
    _print_shortened(request)


def _show_start(start: str, served: Served | None) -> None:
    """How the app is started, where that alone shows the failure."""
    if served is not None and _is_served_by(start, served):
        print_indented("Start your version in another terminal:", "dim")
        start = _as_served(start, served)
    elif served is not None:
        print_indented("The test starts the app like this, in an empty folder:", "dim")
    _print_shortened(start)


def _as_served(start: str, served: Served) -> str:
    """Our command with the variables of the suite's. An app without a key of its own
    doesn't mind one in the environment, and most people have none there."""
    variables = start.removesuffix(START)
    return f"{'' if variables == NO_KEY else variables}{served.command}"


def at(text: str, served: Served | None) -> str:
    """The text with the address of the app as the learner serves it."""
    return text if served is None else text.replace(LOCAL, served.address)


def _is_served_by(start: str, served: Served) -> bool:
    """Whether our command can start the app as the suite has: not with files that must
    be beside it, and not without a key, since it gives one to an app that needs one."""
    has_key = re.search(r"(^|\s)SECRET_KEY=", start)
    is_plain = start.endswith(START) and not start.startswith("printf ")
    return is_plain and bool(has_key or not served.key)


def _print_shortened(line: str) -> None:
    """A command, or what is left of one that is too long to be pasted."""
    shown = shorten_command(line)
    if shown == line:
        print_command(line)
    else:
        print_verbatim(f"  {shown}", "cyan")


def show_problem(text: str, traceback: int = WHOLE) -> None:
    """Why an app can't be tested: what that means, and so many lines of its traceback,
    from its end."""
    meaning, begins, lines = text.partition("Traceback (most recent call last):")
    for line in meaning.rstrip().splitlines():
        if line.startswith(" ") or not console.is_terminal:
            print_verbatim(line)
        else:
            console.print(Trimmed(Text(without_escapes(line))))
    if begins:
        if meaning.strip():
            console.print()
        _print_traceback(last_lines(f"{begins}{lines}", traceback))


def _print_traceback(text: str, indent: int = 0) -> None:
    """The lines of a traceback. One that is too wide ends in …, and if it only marks a
    place in the line above it, it's left out. But what was raised is in lines of its
    own, which aren't indented: they are wrapped, since the cause is at their end."""
    margin = " " * indent
    for line in text.splitlines():
        is_wide = console.is_terminal and len(line) > console.width - indent
        if not is_wide:
            print_verbatim(f"{margin}{line}")
        elif not line.startswith(" "):
            wrapped = Text(without_escapes(line), overflow="fold")
            console.print(Trimmed(Padding(wrapped, (0, 0, 0, indent))))
        elif line.strip(" ^~"):
            print_verbatim(f"{margin}{line[: console.width - indent - 2]} …")


def last_lines(text: str, at_most: int) -> str:
    """The end of a traceback: its last lines say what happened, and where. A message of
    many lines is cut at its end, since what was raised is in its first one."""
    lines = text.rstrip().splitlines()
    if len(lines) <= at_most:
        return text
    raised = _raised(lines)
    if raised >= len(lines) - at_most:
        return "\n".join(["…", *lines[-at_most:]])
    shown = "\n".join(lines[raised : raised + at_most]).rstrip()
    return f"…\n{shown}\n…" if raised else f"{shown}\n…"


def _raised(lines: list[str]) -> int:
    """Where the last exception of a traceback begins: its first line that isn't
    indented. Without a traceback, an exception is all that there is."""
    begins = [n for n, line in enumerate(lines) if line.startswith("Traceback ")]
    after = begins[-1] + 1 if begins else 0
    whole = (n for n in range(after, len(lines)) if lines[n][:1].strip())
    return next(whole, len(lines))


def _shortened(text: str, at_most: int) -> str:
    """An answer without its middle: what differs is often at its end. It's cut between
    the members of a JSON object, if there are some."""
    if len(text) <= at_most:
        return text
    head = text[: at_most * 3 // 7]
    tail = text[len(text) - (at_most - len(head) - 3) :]
    if ", " in head and ", " in tail:
        head, tail = head[: head.rindex(", ") + 1], tail[tail.index(", ") + 2 :]
    return f"{head} … {tail}"
