"""The hints are complete, none is stale, and what they say of a step is true of it."""

import ast
import functools
import importlib
import re
from pathlib import Path

import pytest

from workbook.ladder import Step, before, find, sources, steps
from workbook.learning.hints import (
    FOLDER,
    LEVELS,
    NAMES,
    NoHint,
    as_written,
    file_of,
    hints_for,
    tables_of,
    with_names,
)

EACH_STEP = pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)


def behaviours(step: Step) -> list[str]:
    """The test functions of the step's suite."""
    suite = importlib.import_module(f"tests.steps.test_{step.name}")
    return [name for name in vars(suite) if name.startswith("test_")]


@functools.cache
def hints(step: Step) -> list[tuple[str, str, str, str]]:
    """Each behaviour of the step, with its three levels."""
    return [(name, *hints_for(step, name)) for name in behaviours(step)]


def changed(step: Step) -> dict[str, dict[str, str]]:
    """The tables of the step's file, without its names."""
    return {name: table for name, table in tables_of(step).items() if name != NAMES}


@functools.cache
def printed(source: str) -> list[str]:
    """The source as Python prints it: no comments, a statement a line, no indent."""
    return [line.strip() for line in ast.unparse(ast.parse(source)).splitlines()]


def below_docstring(source: str) -> str:
    """The source without the docstring of its module."""
    return source.split('"""', 2)[2] if source.startswith('"""') else source


@functools.cache
def parts(source: str) -> dict[str, str]:
    """The functions, classes and assignments of a module by their names."""
    found = {}
    for node in ast.parse(source).body:
        names = [getattr(it, "id", "") for it in getattr(node, "targets", [])]
        for name in (*names, getattr(node, "name", "")):
            found.setdefault(name, ast.unparse(node))
    return found


def part(name: str, texts: list[str]) -> str:
    """The function, class or assignment of that name, empty where no module has it."""
    return next((parts(text)[name] for text in texts if name in parts(text)), "")


def blocks(code: str) -> list[tuple[str, str]]:
    """The blocks of a hint, each with the name of the part that it is said to be in.
    Those without a name are one block: they are of one module, in its order."""
    named, free = [], []
    for block in code.split("\n\n"):
        header = re.match(r"# (\w+)(:.*)?\n", block)
        if header:
            named.append((header[1], block))
        else:
            free.append(block)
    return named + [("", "\n".join(free))] * bool(free)


def is_true(code: str, texts: list[str]) -> bool:
    """Whether each block of the hint is in the part that it names, or in a module."""
    return all(
        any(stands_in(block, text) for text in ([part(name, texts)] if name else texts))
        for name, block in blocks(code)
    )


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
    assert [
        name
        for name in behaviours(step)
        if as_written(step, name).keys() != set(LEVELS)
    ] == []


def test_every_file_is_that_of_a_step():
    known = {file_of(step) for step in steps()}
    assert sorted(set(FOLDER.iterdir()) - known) == []


@EACH_STEP
def test_a_step_has_hints_for_behaviours_of_its_suite_alone(step: Step):
    assert sorted(changed(step).keys() - set(behaviours(step))) == []


@EACH_STEP
def test_every_table_has_known_levels_and_no_other(step: Step):
    assert [
        behaviour
        for behaviour, levels in changed(step).items()
        if not levels or not levels.keys() <= set(LEVELS)
    ] == []


@EACH_STEP
def test_a_step_repeats_nothing_that_the_steps_before_it_say(step: Step):
    """Words that are the same with the names of this step belong to the first step that
    has the behaviour, and to no other."""
    below = before(step)
    names = as_written(step, NAMES)
    assert (
        below is None
        or [
            (behaviour, level)
            for behaviour, levels in changed(step).items()
            for level, text in levels.items()
            if with_names(text, names)
            == with_names(as_written(below, behaviour).get(level, ""), names)
        ]
        == []
    )


@EACH_STEP
def test_every_name_is_new_at_its_step_and_used_there(step: Step):
    below = before(step)
    known = as_written(below, NAMES) if below else {}
    words = [as_written(step, behaviour) for behaviour in behaviours(step)]
    used = {
        name
        for levels in words
        for text in levels.values()
        for name in re.findall(r"<(\w+)>", text)
    }
    mine = tables_of(step).get(NAMES, {})
    assert [name for name, called in mine.items() if known.get(name) == called] == []
    assert sorted(mine.keys() - used) == []
    assert sorted(used - as_written(step, NAMES).keys()) == []


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
def test_a_place_says_which_file_has_what_it_names(step: Step):
    files = sources(step.modules)
    wrong = []
    for behaviour, _, place, _ in hints(step):
        prose, _, last = place.partition(" Our app has ")
        for name in set(re.findall("`([^`]+)`", prose)):
            at = [file for file, text in files.items() if part(name, [text])]
            if at and (f"`{name}`" in last) == ("main.py" in at):
                wrong.append((behaviour, name))
        wrong += [
            (behaviour, file)
            for names, file in re.findall(
                r"((?:`\w+`(?:, | and )?)+) in (\S+\.py)", last
            )
            for name in re.findall(r"\w+", names.replace(" and ", " "))
            if not re.search(rf"\b{name}\b", files[file])
        ]
    assert wrong == []


def test_a_place_in_another_module_is_named_with_its_file():
    step = next(step for step in steps() if step.name == "step08_strict_tokens")
    _, place, _ = hints_for(step, "test_a_token_signed_with_the_key_is_accepted")
    assert place.endswith(
        "Our app has `read_access_token`, `KEY` and `check_claims` in tokens.py."
    )
    _, place, _ = hints_for(step, "test_the_stored_hash_does_not_log_in")
    assert "in passwords.py." in place


@EACH_STEP
def test_the_code_is_our_steps_own_with_something_left_to_think_about(step: Step):
    texts = list(sources(step.modules).values())
    assert [
        behaviour
        for behaviour, *_, code in hints(step)
        if not is_true(code, texts) or "..." not in " ".join(printed(code))
    ] == []


def test_what_a_step_changes_is_so_from_that_step_on():
    login = "test_a_wrong_password_is_rejected"
    first, second, third, fourth, *_ = steps()
    assert hints_for(first, login) == hints_for(second, login)
    assert "400" in hints_for(second, login)[2]
    assert "401" in hints_for(third, login)[2]
    assert hints_for(third, login)[0] == hints_for(fourth, login)[0]


def test_a_place_uses_the_name_that_a_function_has_at_the_step():
    form = "test_a_json_login_is_rejected"
    _, _, third, fourth, *_ = steps()
    assert "`login`" in hints_for(third, form)[1]
    assert "`login_for_access_token`" in hints_for(fourth, form)[1]
    assert "async def login_for_access_token(" in hints_for(fourth, form)[2]


@pytest.mark.parametrize(
    "name",
    [
        "test_that_is_in_no_suite",
        "",
        "names",
        "step03_bcrypt",
        "test_the_token_is_a_jwt",
    ],
)
def test_a_behaviour_without_hints_is_named(name: str):
    """The last one is a behaviour of later steps."""
    with pytest.raises(NoHint, match=f"no hint for '{name}' at step 1: add a table"):
        hints_for(steps()[0], name)


@pytest.mark.parametrize(
    ("hint", "holds"),
    [
        ("answer = look(...)", True),
        ("answer = look(\n    'here'\n)  # as the step has it", True),
        ("def ask(where: str):\n    ...", True),
        ("def ask(where: str):\n    ...\n    return ...", True),
        ("# ask\nanswer = look(...)", True),
        ("# ask: once\nanswer = look(...)", True),
        ("# Only once:\nanswer = look(...)", True),
        ("# other\nreturn ...\n\n# ask\nanswer = look(...)", True),
        ("# other\nanswer = look(...)", False),
        ("# missing\nanswer = look(...)", False),
        ("return answer\nanswer = look(...)", False),
        ("return answer\n\nanswer = look(...)", False),
        ("answer = look(...) or None", False),
        ("answer = look('there')", False),
        ("answer", False),
    ],
)
def test_a_line_of_code_is_known_by_its_text_its_order_and_its_part(
    hint: str, holds: bool
):
    source = (
        'def ask(where: str):\n    answer = look("here")\n    return answer\n\n'
        "def other():\n    return None\n"
    )
    assert is_true(hint, [source]) == holds


# Code of another shape.


def place_for(tmp_path: Path, **modules: str) -> str:
    """The place of a hint, for a learner whose version has these modules."""
    for name, source in modules.items():
        (tmp_path / f"{name}.py").write_text(source, "utf-8")
    return hints_for(find("1"), "test_johndoe_logs_in", tmp_path)[1]


def test_a_place_is_as_ever_where_the_learners_code_is_like_ours(tmp_path: Path):
    ours = hints_for(find("1"), "test_johndoe_logs_in")[1]
    assert place_for(tmp_path, main=find("1").main.read_text("utf-8")) == ours


def test_a_place_says_which_module_of_the_learners_has_it(tmp_path: Path):
    place = place_for(tmp_path, main="", routes=find("1").main.read_text("utf-8"))
    assert re.search(r"Your version has `login`.* in routes\.py\.$", place)


def test_a_place_says_what_the_learners_version_does_not_have(tmp_path: Path):
    place = place_for(tmp_path, main="def sign_in(): ...", broken="def (")
    assert "Your version has no `login`" in place
    assert place.endswith("look for the code that does the same work there.")
