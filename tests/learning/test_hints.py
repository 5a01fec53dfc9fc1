"""The hints are complete, none is stale, and what they say of a step is true of it."""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator

import pytest

from workbook.ladder import Step, before, find, sources, steps
from workbook.learning.hints import FILE, NoHint, hints_for

EACH_STEP = pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)

LEVELS = ("concept", "place", "code")
TABLES = tomllib.loads(FILE.read_text("utf-8"))
SHARED = {name: table for name, table in TABLES.items() if name.startswith("test_")}
OVERRIDES = {name: table for name, table in TABLES.items() if name not in SHARED}


def behaviours(step: Step) -> list[str]:
    """The test functions of the step's suite."""
    suite = importlib.import_module(f"tests.steps.test_{step.name}")
    return [name for name in vars(suite) if name.startswith("test_")]


def hints(step: Step) -> Iterator[tuple[str, str, str, str]]:
    """Each behaviour of the step that has hints, with its three levels."""
    for behaviour in behaviours(step):
        if behaviour in SHARED:
            yield behaviour, *hints_for(step, behaviour)


def overrides() -> Iterator[tuple[Step, str, dict[str, str]]]:
    for name, tables in OVERRIDES.items():
        for behaviour, levels in tables.items():
            yield find(name), behaviour, levels


def printed(source: str) -> list[str]:
    """The source as Python prints it: no comments, a statement a line, no indent."""
    return [line.strip() for line in ast.unparse(ast.parse(source)).splitlines()]


def below_docstring(source: str) -> str:
    """The source without the docstring of its module."""
    return source.split('"""', 2)[2] if source.startswith('"""') else source


def stands_in(hint: str, source: str) -> bool:
    """Whether the lines of the hint are lines of the source, in the same order; a
    `...` in the hint is whatever the source has there."""
    there = iter(printed(source))
    return all(
        any(re.fullmatch(re.escape(line).replace(r"\.\.\.", ".*"), it) for it in there)
        for line in printed(hint)
        if line != "..."
    )


@EACH_STEP
def test_every_behaviour_of_a_suite_has_its_hints(step: Step):
    assert len(behaviours(step)) > 30
    assert [name for name in behaviours(step) if name not in SHARED] == []


def test_every_behaviour_has_all_three_levels_and_no_other():
    assert [name for name, levels in SHARED.items() if tuple(levels) != LEVELS] == []


def test_no_hint_is_for_a_behaviour_that_no_suite_has():
    known = {name for step in steps() for name in behaviours(step)}
    assert sorted(SHARED.keys() - known) == []


def test_every_override_names_a_step_and_changes_known_levels():
    assert sorted(OVERRIDES.keys() - {step.name for step in steps()}) == []
    assert [
        (step.name, behaviour)
        for step, behaviour, levels in overrides()
        if not levels or not levels.keys() <= set(LEVELS)
    ] == []


def test_an_override_changes_what_the_step_before_says():
    """A step that lacks the behaviour has nothing to override, nor has the first step
    with it: its words are the shared ones."""
    stale = []
    for step, behaviour, levels in overrides():
        below = before(step)
        if (
            below is None
            or behaviour not in behaviours(step)
            or behaviour not in behaviours(below)
        ):
            stale.append((step.name, behaviour))
            continue
        said = dict(zip(LEVELS, hints_for(below, behaviour), strict=True))
        stale += [
            (step.name, behaviour, level)
            for level, text in levels.items()
            if text.strip() == said[level]
        ]
    assert stale == []


@EACH_STEP
def test_a_hint_is_short_and_fits_a_terminal(step: Step):
    assert [
        (behaviour, level, len(text))
        for behaviour, *texts in hints(step)
        for level, text in zip(LEVELS, texts, strict=True)
        if not 20 <= len(text) <= 400
    ] == []
    assert [
        (behaviour, line)
        for behaviour, *_, code in hints(step)
        for line in code.splitlines()
        if len(line) > 78
    ] == []


@EACH_STEP
def test_a_concept_asks_a_question(step: Step):
    """It makes you think before it tells."""
    assert [
        behaviour for behaviour, concept, *_ in hints(step) if "?" not in concept
    ] == []


@EACH_STEP
def test_a_place_is_really_in_the_step(step: Step):
    """What stands in backticks stands in a module of the step, as a whole word, and
    below its docstring: that speaks of a login where the function has another name."""
    source = "\n".join(below_docstring(text) for text in sources(step.modules).values())
    wrong = []
    for behaviour, _, place, _ in hints(step):
        names = re.findall("`([^`]+)`", place)
        assert names, f"{behaviour} at {step.name} names no place"
        wrong += [
            (behaviour, name)
            for name in names
            if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", source)
        ]
    assert wrong == []


@EACH_STEP
def test_the_code_is_our_steps_own_with_something_left_to_think_about(step: Step):
    texts = sources(step.modules).values()
    assert [
        behaviour
        for behaviour, *_, code in hints(step)
        if not any(stands_in(code, text) for text in texts)
        or "..." not in " ".join(printed(code))
    ] == []


def test_an_override_holds_from_its_step_on():
    login = "test_a_password_must_match_to_the_letter"
    first, second, third, fourth, *_ = steps()
    assert hints_for(first, login) == hints_for(second, login)
    assert "400" in hints_for(second, login)[2]
    assert "401" in hints_for(third, login)[2]
    assert hints_for(third, login)[2] == hints_for(fourth, login)[2]


@pytest.mark.parametrize("name", ["test_that_nobody_wrote", "", "step03_bcrypt"])
def test_a_behaviour_without_hints_is_named(name: str):
    with pytest.raises(NoHint, match=f"no hint for '{name}': add a table"):
        hints_for(steps()[0], name)


@pytest.mark.parametrize(
    ("hint", "holds"),
    [
        ("answer = look(...)", True),
        ("answer = look(\n    'here'\n)  # as the step has it", True),
        ("def ask(where: str):\n    ...", True),
        ("def ask(where: str):\n    ...\n    return ...", True),
        ("return answer\nanswer = look(...)", False),
        ("answer = look(...) or None", False),
        ("answer = look('there')", False),
        ("answer", False),
    ],
)
def test_a_line_of_code_is_known_by_its_text_and_its_order(hint: str, holds: bool):
    source = 'def ask(where: str):\n    answer = look("here")\n    return answer\n'
    assert stands_in(hint, source) == holds
