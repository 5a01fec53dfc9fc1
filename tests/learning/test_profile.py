"""The step that an app looks most like is known from a few requests."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from workbook.ladder import find, steps
from workbook.learning.profile import (
    SIGNS_WITH_KEY,
    Profile,
    most_like,
    profiles_of_steps,
    resemblance_of_folder,
)

STEP5, STEP6, STEP8 = find("5"), find("6"), find("8")


@pytest.fixture(scope="module")
def profiles() -> dict[object, Profile]:
    return dict(profiles_of_steps())


def test_each_step_looks_most_like_itself(profiles: dict[object, Profile]):
    first = steps()[0]
    assert [most_like(profiles[step], profiles, first) for step in steps()] == [  # type: ignore[arg-type]
        *steps()
    ]


def test_steps_that_read_the_key_from_the_environment_are_known_by_it(
    profiles: dict[object, Profile],
):
    signing = [step for step in steps() if SIGNS_WITH_KEY in profiles[step]]
    assert signing == [step for step in steps() if step.needs_key]


def test_a_variable_that_stops_a_step_of_ours_stops_no_other(
    monkeypatch: pytest.MonkeyPatch,
):
    """Settings are read when a step is imported, and it was imported before."""
    for name in [name for name in sys.modules if name.startswith("steps.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setenv("ACCESS_TOKEN_EXPIRE_MINUTES", "soon")
    profiles = profiles_of_steps()
    assert profiles[STEP5] != frozenset()
    assert profiles[STEP6] == frozenset()


def test_where_several_steps_are_equally_like_it_the_own_one_wins():
    same = frozenset({"path /token"})
    profiles = dict.fromkeys((STEP5, STEP6, STEP8), same)
    assert most_like(same, profiles, tie=STEP6) == STEP6
    assert most_like(same, profiles, tie=steps()[0]) == STEP5
    nothing: Profile = frozenset()
    assert most_like(nothing, profiles, tie=STEP6) == STEP6


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """`folder(app, name)`: our step with an edit, in a folder with the name of a
    step."""

    def folder(app: str, name: str, old: str = "", new: str = "") -> Path:
        made = tmp_path / "answers" / find(name).name
        shutil.copytree(find(app).folder, made)
        source = (made / "main.py").read_text("utf-8")
        assert old in source
        (made / "main.py").write_text(source.replace(old, new), "utf-8")
        return made

    return folder


def test_a_mistake_does_not_make_an_app_look_like_another_step(
    folder: Callable[..., Path],
):
    wrong = folder("5", "5", "HTTP_401_UNAUTHORIZED", "HTTP_400_BAD_REQUEST")
    assert resemblance_of_folder(wrong).step == STEP5


def test_an_app_is_known_whatever_its_folder_is_called(folder: Callable[..., Path]):
    """And although the step of its folder needs no key."""
    found = resemblance_of_folder(folder("8", "2"))
    assert found.step == STEP8
    assert found.signs_with_key
