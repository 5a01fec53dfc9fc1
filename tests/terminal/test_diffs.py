"""How a change is shown."""

import pytest

from workbook import terminal
from workbook.diffing import changes

TABLE = "DIGESTS = {\n" + "".join(f"    '{n:010}',\n" for n in range(200)) + "}\n"
CODE = "def f():\n" + "".join(f"    print({n})\n" for n in range(200))


def shown(was: str, now: str, capsys: pytest.CaptureFixture[str]) -> str:
    terminal.show_changes(changes({"it.py": was}, {"it.py": now}, "a", "b"))
    return capsys.readouterr().out


def test_a_long_table_of_data_is_one_line(capsys: pytest.CaptureFixture[str]):
    said = shown("", f"{TABLE}\n\ndef f():\n    return DIGESTS\n", capsys)
    assert "\nDIGESTS\n  … 202 lines of data\n" in said
    assert "0000000007" not in said
    assert "+    return DIGESTS" in said


def test_a_change_in_a_long_table_is_shown(capsys: pytest.CaptureFixture[str]):
    said = shown(TABLE, TABLE.replace("0000000007", "x"), capsys)
    assert "-    '0000000007'," in said
    assert "+    'x'," in said


@pytest.mark.parametrize(
    "code", [CODE, f"it = [\n{'    f(),' * 60}\n]".replace(",", ",\n")]
)
def test_code_is_shown_however_long_it_is(
    code: str, capsys: pytest.CaptureFixture[str]
):
    said = shown("", code, capsys)
    assert "lines of data" not in said
    assert said.count("\n  +") == len(code.splitlines())
