"""Command lines that fit a terminal, and still do the same when they are pasted."""

import shlex

import pytest

from workbook.terminal.commands import broken

LINE = (
    "curl -i http://127.0.0.1:8001/token -X POST -H 'X-Two: a b' "
    """-d 'username=it'"'"'s me' --port 8001"""
)
TOKEN = "x" * 200


def pasted(lines: list[str]) -> list[str]:
    """The words that a shell makes of the lines."""
    return shlex.split("\n".join(lines).replace("\\\n", ""))


def test_a_line_that_fits_stays_one_line():
    assert broken(LINE, len(LINE)) == [LINE]


@pytest.mark.parametrize("width", [80, 60, 40])
def test_a_line_is_broken_between_words_and_pastes_as_one_command(width: int):
    lines = broken(LINE, width)
    assert pasted(lines) == shlex.split(LINE)
    assert max(map(len, lines)) <= width
    assert all(line.endswith(" \\") for line in lines[:-1])


def test_an_option_stays_with_its_value_where_there_is_room():
    lines = broken(LINE, 40)
    assert any("-H 'X-Two: a b'" in line for line in lines)
    assert any("--port 8001" in line for line in lines)


@pytest.mark.parametrize("width", [80, 40])
@pytest.mark.parametrize("end", ["", " -d a=b", "\"'\"'x'"])
def test_a_word_that_is_wider_than_a_line_pastes_as_one_word(width: int, end: str):
    line = f"curl -i http://127.0.0.1/{TOKEN} -H 'Authorization: Bearer {TOKEN}'{end}"
    lines = broken(line, width, indent=2)
    assert pasted(lines) == shlex.split(line)
    assert max(map(len, lines)) <= width
