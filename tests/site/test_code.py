"""What is marked in the code of a page."""

import pytest

from workbook.site.code import MarkedCode

BLANK = '<span class="w"> </span>'


@pytest.mark.parametrize("option", ["-H", "-d", "-i"])
def test_an_option_of_a_command_stays_in_one_piece(option: str):
    marked = MarkedCode().run(f"<code>curl{BLANK}{option}{BLANK}x</code>")
    assert f'{BLANK}<span class="option">{option}</span>{BLANK}' in marked


@pytest.mark.parametrize("text", ["<code>a-H</code>", f"curl{BLANK}-H{BLANK}x"])
def test_other_hyphens_and_what_is_no_code_are_left_alone(text: str):
    assert MarkedCode().run(text) == text
