"""What a check tries because the app's own code has it: words and variables."""

from pathlib import Path

import pytest

from workbook.checking.words import variables_in, words_in


@pytest.mark.parametrize(
    ("code", "variables"),
    [
        ('os.getenv("TESTING") == "true"', {"TESTING": "true"}),
        ('"local" == os.environ["APP_ENV"]', {"APP_ENV": "local"}),
        ('mode = os.getenv("MODE", "")\nif mode != "strict": ...', {"MODE": "strict"}),
        ('os.getenv("DEBUG")', {}),
        (
            "class S(BaseSettings):\n    debug: bool = False\n    hosts: list[str]",
            {"DEBUG": "1"},
        ),
        (
            "class S(BaseSettings):\n"
            '    model_config = SettingsConfigDict(env_prefix="app_")\n'
            "    docs: bool | None = None",
            {"APP_DOCS": "1"},
        ),
        ("this is no Python", {}),
    ],
)
def test_variables_are_tried_with_what_the_code_compares_them_with(
    code: str, variables: dict[str, str], tmp_path: Path
):
    (tmp_path / "main.py").write_text(code, "utf-8")
    assert variables_in(tmp_path) == variables


def test_words_that_something_is_compared_with_come_first(tmp_path: Path):
    code = 'KINDS = ["a", "b"]\n\nif kind == "c":\n    pass\n'
    (tmp_path / "main.py").write_text(code, "utf-8")
    assert words_in(tmp_path)[:1] == ["c"]
    assert {"a", "b", "c"} <= {*words_in(tmp_path)}
