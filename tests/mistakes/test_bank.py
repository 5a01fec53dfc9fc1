"""The bank: what an entry says, and that the test it names fails for its mistake."""

import importlib
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.steps import contract
from workbook import timeouts
from workbook.checking import Outcome, run_each
from workbook.ladder import Step, before, modules_in, sources, steps
from workbook.mistakes import (
    BadBank,
    BadEdit,
    Edit,
    Mistake,
    bank,
    mistakes,
    write_answer,
)

EACH_STEP = pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)


@pytest.mark.apart
@EACH_STEP
def test_each_mistake_fails_the_test_that_it_names(
    step: Step,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    subtests: pytest.Subtests,
):
    # A server that is blocked is to be, and need not be looked at for long.
    monkeypatch.setattr(timeouts, "HELD_LOOKS", 10)
    # That it fails is enough.
    monkeypatch.setattr(contract, "WHOLE_TABLES", False)
    outcomes = outcomes_of(step, mistakes(step), tmp_path)
    for mistake, outcome in zip(mistakes(step), outcomes, strict=True):
        with subtests.test(mistake.name):
            must_be_caught(step, mistake, outcome)


def outcomes_of(step: Step, bank: Sequence[Mistake], folder: Path) -> Sequence[Outcome]:
    """What each mistake leaves of the test that it names."""
    return run_each(
        step,
        [
            (write_answer(step, mistake, folder / str(number)), [mistake.caught_by])
            for number, mistake in enumerate(bank)
        ],
        stop_at_first=True,
    )


def must_be_caught(step: Step, mistake: Mistake, outcome: Outcome) -> None:
    """The test that the mistake names is in the suite, and fails."""
    assert not outcome.problem
    assert outcome.results, f"{step.suite.name} has no {mistake.caught_by}"
    assert outcome.failed, f"{mistake.caught_by} does not fail"


@pytest.mark.parametrize(
    ("caught_by", "message"),
    [
        ("test_of_nothing", "test_step01_fake_hash.py has no test_of_nothing"),
        (
            "test_a_json_login_is_rejected",
            "test_a_json_login_is_rejected does not fail",
        ),
    ],
)
def test_a_mistake_must_name_a_test_that_fails(
    tmp_path: Path, caught_by: str, message: str
):
    step = steps()[0]
    mistake = made_of(*mistakes(step)[0].edits, caught_by=caught_by)
    (outcome,) = outcomes_of(step, [mistake], tmp_path)
    with pytest.raises(AssertionError, match=message):
        must_be_caught(step, mistake, outcome)


@EACH_STEP
def test_every_mistake_of_a_step_has_its_own_name(step: Step):
    names = [mistake.name for mistake in mistakes(step)]
    assert len(names) == len(set(names))


def test_the_same_diagnosis_or_edit_is_written_once():
    """A later step refers to an earlier one: `same_as`."""
    written: dict[str, list[str]] = {}
    for step in steps():
        text = (bank.FOLDER / f"{step.name}.toml").read_text("utf-8")
        for entry in tomllib.loads(text)["mistake"]:
            for key in ("diagnosis", "edit"):
                if key in entry:
                    name = entry.get("name") or entry["same_as"]
                    written.setdefault(str(entry[key]), []).append(
                        f"{step.name}: {name}"
                    )
    assert [places for places in written.values() if len(places) > 1] == []


def test_an_edit_changes_the_file_that_it_names():
    edits = (Edit("key", "no key", "settings.py"), Edit("app", "no app"))
    texts = {"main.py": "app, key", "settings.py": "key, app"}
    assert made_of(*edits).applied_to(texts) == {
        "main.py": "no app, key",
        "settings.py": "no key, app",
    }


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (Edit("gone", ""), "found 0 times in main.py, not once"),
        (Edit("key", "", "settings.py"), "found 2 times in settings.py, not once"),
        (Edit("key", "", "tokens.py"), "found 0 times in tokens.py, not once"),
    ],
)
def test_an_edit_that_does_not_fit_is_reported_with_its_file(edit: Edit, message: str):
    with pytest.raises(BadEdit, match=message):
        made_of(edit).applied_to({"main.py": "app", "settings.py": "key, key"})


def test_an_answer_that_cannot_be_written_is_reported_with_its_step(tmp_path: Path):
    with pytest.raises(BadEdit, match="step01_fake_hash, it: found 0 times"):
        write_answer(steps()[0], made_of(Edit("no such text", "")), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_answer_has_all_files_of_the_step(
    tmp_path: Path, small_ladder: tuple[Step, ...]
):
    mistake = made_of(Edit(">= 32", "> 32", "settings.py"))
    answers = write_answer(small_ladder[1], mistake, tmp_path / "answers")
    answer = sources(modules_in(answers / small_ladder[1].name))
    assert list(answer) == ["main.py", "settings.py"]
    assert "len(key) > 32" in answer["settings.py"]


def made_of(*edits: Edit, caught_by: str = "test_it") -> Mistake:
    return Mistake("it", "what it is", "why so", caught_by, edits)


# A bank of the small ladder, by the number of the step.
Banks = Callable[[dict[int, str]], None]

SHORT_KEY = """
[[mistake]]
name = "the key is short"
diagnosis = "Your key is short."
why = "It can be guessed."
caught_by = "test_the_key"
seen = "a repository"
edit = [{ file = "settings.py", old = ">= 32", new = ">= 3" }]
"""


@EACH_STEP
def test_most_of_what_a_suite_adds_is_put_to_the_test_by_a_mistake(step: Step):
    below = before(step)
    added = behaviours(step) - (behaviours(below) if below else set())
    caught = added & {mistake.caught_by for mistake in mistakes(step)}
    assert mistakes(step)
    assert len(caught) >= len(added) / 2


def behaviours(step: Step) -> set[str]:
    """The test functions of the step's suite."""
    suite = importlib.import_module(f"tests.steps.test_{step.name}")
    return {name for name in vars(suite) if name.startswith("test_")}


@pytest.fixture
def write_banks(
    small_ladder: tuple[Step, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Banks]:
    """Gives the steps of the small ladder these banks."""

    def write(texts: dict[int, str]) -> None:
        for number, text in texts.items():
            name = small_ladder[number - 1].name
            (tmp_path / f"{name}.toml").write_text(text, "utf-8")
        mistakes.cache_clear()

    with monkeypatch.context() as patch:
        patch.setattr(bank, "FOLDER", tmp_path)
        yield write
    mistakes.cache_clear()


def test_the_same_mistake_at_a_later_step_gives_only_what_differs(
    write_banks: Banks, small_ladder: tuple[Step, ...]
):
    same = '[[mistake]]\nsame_as = "step02_settings: the key is short"\n'
    write_banks({2: SHORT_KEY, 3: f'{same}why = "It can be guessed still."'})
    (earlier,), (later,) = (mistakes(step) for step in small_ladder[1:])
    assert later == Mistake(
        name="the key is short",
        diagnosis="Your key is short.",
        why="It can be guessed still.",
        caught_by="test_the_key",
        edits=earlier.edits,
        seen="a repository",
        edits_from="step02_settings: the key is short",
    )


def test_edits_that_are_given_replace_those_of_the_earlier_step(
    write_banks: Banks, small_ladder: tuple[Step, ...]
):
    write_banks(
        {
            2: SHORT_KEY,
            3: """
            [[mistake]]
            same_as = "step02_settings: the key is short"
            name = "there is no key"
            [[mistake.edit]]
            old = "KEY"
            new = "''"
            """,
        }
    )
    (later,) = mistakes(small_ladder[2])
    assert later.name == "there is no key"
    assert later.edits == (Edit("KEY", "''"),)
    assert later.edits_from == ""


def test_inherited_edits_that_do_not_fit_are_reported_with_where_they_come_from(
    write_banks: Banks, small_ladder: tuple[Step, ...]
):
    write_banks(
        {
            1: SHORT_KEY,
            2: '[[mistake]]\nsame_as = "step01_alone: the key is short"',
            3: '[[mistake]]\nsame_as = "step02_settings: the key is short"',
        }
    )
    (latest,) = mistakes(small_ladder[2])
    message = (
        r"the key is short \(the edits of step01_alone: the key is short\): "
        "found 0 times in settings.py, not once"
    )
    with pytest.raises(BadEdit, match=message):
        latest.applied_to({"main.py": "", "settings.py": ""})


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('same_as = "the key is short"', "is not of the form 'STEP: MISTAKE'"),
        (
            'same_as = "step09_none: the key is short"',
            "step09_none is not a step before step02_settings",
        ),
        (
            'same_as = "step02_settings: the key is short"',
            "step02_settings is not a step before step02_settings",
        ),
        (
            'same_as = "step03_tokens: the key is short"',
            "step03_tokens is not a step before step02_settings",
        ),
        (
            'same_as = "step01_alone: the key is shorter"',
            "step01_alone has no mistake 'the key is shorter': did you mean 'the key "
            "is short'",
        ),
        (
            'same_as = "step01_alone: the key is short"\ndiagnose = "x"',
            "unknown key diagnose",
        ),
        ('name = "mine"', "mine: it has no diagnosis, no why, no caught_by, no edit"),
        ('diagnosis = "x"', "entry 1: it has no name"),
        (
            'same_as = "step01_alone: the key is short"\nedit = [{ old = "x" }]',
            "it has no new",
        ),
    ],
)
def test_an_entry_that_cannot_be_read_is_reported_with_its_file(
    write_banks: Banks, small_ladder: tuple[Step, ...], entry: str, message: str
):
    write_banks({1: SHORT_KEY, 2: f"[[mistake]]\n{entry}"})
    with pytest.raises(BadBank) as problem:
        mistakes(small_ladder[1])
    assert str(problem.value).startswith("step02_settings.toml, ")
    assert message in str(problem.value)
