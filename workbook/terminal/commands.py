"""Command lines on the terminal: never broken inside a word, and ready to be pasted."""

import re

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from workbook.terminal.console import (
    Trimmed,
    console,
    print_indented,
    print_verbatim,
)

# A word of a command, quotes included.
WORD = re.compile(r"""(?:[^\s'"]|'[^']*'|"[^"]*")+""")
# What stays with the word after it, if a line has room for both.
OPTIONS = {"-H", "-X", "-d", "--data-binary", "--port", "--app-dir", "-x"}


def print_command(line: str, style: str = "cyan", indent: int = 2) -> None:
    """A command that the terminal doesn't have to wrap. It's pasted as it stands."""
    lines = [f"{' ' * indent}{line}"]
    if console.is_terminal and "\n" not in line:
        lines = broken(line, console.width, indent)
    for one in lines:
        print_verbatim(one, style)


def show_commands(*pairs: tuple[str, str]) -> None:
    """Commands to type next, each with what it does."""
    widths = [max(map(len, column)) for column in zip(*pairs, strict=True)]
    if console.is_terminal and sum(widths) + 5 > console.width:
        for command, does in pairs:
            console.print()
            print_indented(f"{does}:", "dim")
            print_command(command)
        return
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_column(no_wrap=True)
    for command, does in pairs:
        table.add_row(Text(command, "cyan"), Text(does, "dim"))
    console.print(Trimmed(Padding(table, (1, 0, 0, 2))))


def show_plain(tool: str, command: str) -> None:
    """The plain tool that does the same as a command of ours."""
    console.print(Text(f"The same with plain {tool}:", "dim"))
    print_command(command, style="dim")


def broken(line: str, width: int, indent: int = 0) -> list[str]:
    """The lines of a command, none of them wider; a backslash ends each but the last.

    A line ends between two words. Only a word that is wider than a line itself, such as
    a token, is continued on the next one, which then begins without a blank.
    """
    margin = " " * indent
    if len(line) + indent <= width:
        return [f"{margin}{line}"]
    lines = [margin]
    for unit in _units(WORD.findall(line), width - indent - 4):
        # Two columns for a blank and the backslash.
        if not lines[-1].strip():
            lines[-1] += unit
        elif len(lines[-1]) + 1 + len(unit) <= width - 2:
            lines[-1] += f" {unit}"
        else:
            lines[-1] += " \\"
            lines.append(f"{margin}  {unit}")
        *whole, lines[-1] = _continued(lines[-1], width)
        lines[-1:-1] = whole
    return lines


def _continued(line: str, width: int) -> list[str]:
    """A line cut where it is too wide. A shell joins the pieces to the same word: what
    is in quotes is closed before a cut and opened again behind it."""
    pieces = [""]
    quoted = doubly = False
    for character in line:
        room = width - (2 if quoted else 1)
        if len(pieces[-1]) >= room - 1 and character not in "'\"" and not doubly:
            pieces[-1] += "'\\" if quoted else "\\"
            pieces.append("'" if quoted else "")
        if character == "'" and not doubly:
            quoted = not quoted
        if character == '"' and not quoted:
            doubly = not doubly
        pieces[-1] += character
    # What just fits needs no cut.
    return [line] if len(line) <= width - 2 else pieces


def _units(words: list[str], width: int) -> list[str]:
    """The words, an option together with its value where both fit on one line."""
    units: list[str] = []
    for number, word in enumerate(words):
        after_option = number > 0 and words[number - 1] in OPTIONS
        is_wide = len(word) > width
        if after_option and (is_wide or len(units[-1]) + 1 + len(word) <= width):
            units[-1] += f" {word}"
        else:
            units.append(word)
    return units
