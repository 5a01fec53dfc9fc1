"""A missing browser is told to a person, and stops a machine."""

import pytest

from tests.end_to_end.chromium import VARIABLES, find_chromium

NOWHERE = "no/such/file"


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (*VARIABLES, "CI"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", NOWHERE)


def test_a_person_without_a_browser_is_told_how_to_get_one() -> None:
    with pytest.raises(pytest.skip.Exception, match="apt install chromium"):
        find_chromium(NOWHERE)


def test_ci_without_a_browser_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="apt install chromium"):
        find_chromium(NOWHERE)
