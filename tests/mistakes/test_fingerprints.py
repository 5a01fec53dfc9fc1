"""What a fingerprint is made of, how it is stored, and when it has to be renewed."""

import importlib
import inspect
import json
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from workbook.checking import Failure, Outcome, Result
from workbook.ladder import Step, steps
from workbook.mistakes import bank, digests, mistakes, renew, store
from workbook.mistakes.digests import (
    locked_versions,
    normal,
    out_of_date,
    suite_modules,
)
from workbook.mistakes.fingerprints import FAILED, Fingerprint, Mark, fingerprint
from workbook.mistakes.store import Store, Stored, known, read, write

EACH_STEP = pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)


def outcome_of(*results: tuple[str, str | None]) -> Outcome:
    """Each result by its name and the difference that it reports, `None` for none."""
    return Outcome(
        [
            Result(name, "passed")
            if difference is None
            else Result(name, "failed", Failure("", "", "", difference, "", []))
            for name, difference in results
        ]
    )


def marks(kind: str, *of: tuple[str, str]) -> set[Mark]:
    return {Mark(kind, *one) for one in of}


def test_a_behaviour_that_fails_whole_is_one_mark_of_each_kind():
    found = fingerprint(outcome_of(("test_a[1]", "x"), ("test_a[2]", "x")))
    assert found == {Mark(FAILED, "test_a"), Mark("difference", "test_a", "x")}


def test_a_behaviour_that_fails_in_some_cases_is_a_mark_for_each():
    found = fingerprint(
        outcome_of(("test_a[1]", "x"), ("test_a[2]", "x"), ("test_a[3]", None))
    )
    assert found == {
        Mark(FAILED, "test_a[1]"),
        Mark(FAILED, "test_a[2]"),
        Mark("difference", "test_a", "x"),
    }


def test_cases_that_fail_differently_have_a_difference_each():
    found = fingerprint(outcome_of(("test_a[1]", "x"), ("test_a[2]", "y")))
    assert found == {
        Mark(FAILED, "test_a"),
        Mark("difference", "test_a[1]", "x"),
        Mark("difference", "test_a[2]", "y"),
    }


def test_a_test_that_breaks_off_has_a_mark_too():
    found = fingerprint(Outcome([Result("test_a", "failed", None, "KeyError")]))
    assert Mark("difference", "test_a", "broke off") in found


def test_nothing_that_passed_is_in_a_fingerprint():
    assert fingerprint(outcome_of(("test_a", None))) == frozenset()


@pytest.mark.parametrize(
    ("difference", "lasting"),
    [
        ("exp is 1764480000.5", "exp is #"),
        ("it is 2026-11-30T05:17:46.1+00:00", "it is #"),
        ("the token is eyJhbGciOiJIUzI1NiJ9abc.e30.x-y", "the token is #"),
        ("1815 seconds from now", "30 minutes from now"),
        ("1620 seconds from now", "30 minutes from now"),
        ("-1980 seconds from now", "-30 minutes from now"),
        ("900 seconds from now", "15 minutes from now"),
        ("-32400 seconds from now", "-540 minutes from now"),
        ("2592000 seconds from now", "30 days from now"),
        ("1764480000000 seconds from now", "# days from now"),
        ("<object at 0x7f21>", "<object at #>"),
        ("the status is 200, not 401", "the status is 200, not 401"),
    ],
)
def test_what_differs_from_run_to_run_is_left_out(difference: str, lasting: str):
    found = fingerprint(outcome_of(("test_a", difference)))
    assert Mark("difference", "test_a", lasting) in found


@EACH_STEP
def test_the_stored_fingerprints_are_up_to_date(step: Step):
    parts, names = out_of_date(step)
    assert not parts, (
        f"Changed since the fingerprints of {step.name} were made: {', '.join(parts)}. "
        f"Run: make fingerprints STEPS={step.number}"
    )
    assert not names, (
        f"Changed since the fingerprints of {step.name} were made: the edits of "
        f"{', '.join(names)}. Run: make fingerprints"
    )


def test_every_bank_and_every_stored_file_is_that_of_a_step():
    names = [step.name for step in steps()]
    assert sorted(path.stem for path in store.FOLDER.iterdir()) == names
    assert sorted(path.stem for path in bank.FOLDER.glob("*.toml")) == names


@EACH_STEP
def test_no_two_mistakes_of_a_step_leave_the_same_fingerprint(step: Step):
    """Two that no test can tell apart are one mistake, or need another test."""
    by_fingerprint: dict[Fingerprint, list[str]] = {}
    for name, left in known(step).items():
        by_fingerprint.setdefault(left, []).append(name)
    assert [names for names in by_fingerprint.values() if len(names) > 1] == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where fingerprints are stored while the test runs; it is empty."""
    with monkeypatch.context() as patch:
        patch.setattr(store, "FOLDER", tmp_path / "fingerprints")
        read.cache_clear()
        yield tmp_path / "fingerprints"
    read.cache_clear()


EVERY_SHAPE = frozenset(
    {
        *marks(FAILED, ("test_a", ""), ("test_b[1]", ""), ("test_b[]", "")),
        *marks("difference", ("test_a[x: y]", "s\nt"), ("test_a[[z]]", "u")),
        *marks("difference", ("test_b", "s\nt")),
        *marks("raised", ("test_a", "KeyError")),
    }
)


def test_what_is_stored_is_read_again(folder: Path):
    step = steps()[0]
    made = Store({"suite": "1"}, {"it": Stored("2", EVERY_SHAPE)})
    write(step, made)
    assert read(step) == made
    assert known(step) == {"it": EVERY_SHAPE}


def test_a_step_without_a_file_has_no_fingerprints(folder: Path):
    assert known(steps()[0]) == {}


def test_one_more_mistake_adds_lines_and_changes_none(folder: Path):
    step = steps()[0]
    one = {"first": Stored("1", EVERY_SHAPE), "last": Stored("2", EVERY_SHAPE)}
    write(step, Store({}, one))
    before = (folder / f"{step.name}.json").read_text("utf-8").splitlines()
    other = frozenset(marks(FAILED, ("test_c", "")) | marks("raised", ("test_c", "x")))
    added = {"first": one["first"], "new": Stored("3", other), "last": one["last"]}
    write(step, Store({}, added))
    after = (folder / f"{step.name}.json").read_text("utf-8").splitlines()
    start = next(number for number, line in enumerate(after) if '"new"' in line)
    extra = len(after) - len(before)
    assert after[:start] + after[start + extra :] == before


def test_a_digest_does_not_depend_on_comments_docstrings_and_line_breaks():
    one = (
        '"""Why."""\n\ndef f(a: int = 1) -> str:\n    """What."""\n    return f"{a}"\n'
    )
    other = "def f(\n    a: int = 1,  # one\n) -> str:\n    return f'{a}'\n"
    assert normal(one) == normal(other)
    assert normal(one) != normal(one.replace("= 1", "= 2"))
    assert normal("x = None") != normal("x = []")


def test_a_digest_does_not_depend_on_the_line_endings_of_a_checkout(tmp_path: Path):
    (tmp_path / "module.py").write_text('X = """\n"""\n', "utf-8", newline="\r\n")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "module.py").write_text('X = """\n"""\n', newline="\n")
    assert digests.of_code([tmp_path / "module.py"]) == digests.of_code(
        [tmp_path / "other" / "module.py"]
    )


LOCK = """fastapi==1 ; x \\
    --hash=sha256:a \\
    --hash=sha256:b
# a comment
rich==2
starlette==3 \\
    --hash=sha256:c
"""
DEPENDENCIES = """[project]
dependencies = ["fastapi[all]>=1"]
"""


def test_a_digest_of_the_lock_is_that_of_the_versions_that_an_answer_depends_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name, text in {"LOCK": LOCK, "DEPENDENCIES": DEPENDENCIES}.items():
        (tmp_path / name).write_text(text, "utf-8", newline="\r\n")
        monkeypatch.setattr(digests, name, tmp_path / name)
    assert locked_versions() == ["fastapi==1 ; x", "starlette==3"]


def test_everything_that_an_answer_depends_on_is_locked():
    dependencies = tomllib.loads(digests.DEPENDENCIES.read_text("utf-8"))["project"]
    count = len(dependencies["dependencies"]) + len(digests.BELOW)
    assert len(locked_versions()) == count


@EACH_STEP
def test_a_suite_is_every_file_that_one_of_its_tests_is_from(step: Step):
    suite = importlib.import_module(f"tests.steps.{step.suite.stem}")
    tests = [test for name, test in vars(suite).items() if name.startswith("test_")]
    assert tests
    files = {Path(inspect.getfile(test)) for test in tests}
    assert files <= set(suite_modules(step.suite))


def test_what_a_contract_module_imports_is_a_part_of_the_suite(tmp_path: Path):
    suite = tmp_path / "test_it.py"
    suite.write_text("from tests.steps.contract import expiry\n", "utf-8")
    suite.with_name("conftest.py").write_text("", "utf-8")
    names = {path.name for path in suite_modules(suite)}
    assert {"test_it.py", "conftest.py", "expiry.py", "jwt.py"} < names


class Checks:
    """In the place of `check_all`: what it was asked, and a made-up outcome."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.asked: list[str] = []

    def __call__(self, cases: Iterable[tuple[str, Path]]) -> list[Outcome]:
        steps_asked = [step for step, answers in cases if answers.is_dir()]
        self.asked += steps_asked
        return [self.outcome for _ in steps_asked]


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Checks:
    """The ladder that is renewed is two steps: that takes long enough."""
    checks = Checks(outcome_of(("test_a", "x")))
    monkeypatch.setattr(renew, "check_all", checks)
    monkeypatch.setattr(renew, "steps", lambda: steps()[:2])
    monkeypatch.setattr(renew, "MADE_ON", renew.sys.version_info[:2])
    return checks


def test_renewing_makes_all_that_is_missing_and_then_nothing(
    checks: Checks, capsys: pytest.CaptureFixture[str]
):
    assert renew.main([]) == 0
    every = [step.name for step in steps()[:2] for _ in mistakes(step)]
    assert checks.asked == every
    assert renew.main([]) == 0
    assert checks.asked == every
    assert capsys.readouterr().out.endswith("All fingerprints are up to date.\n")


def test_renewing_a_step_makes_all_of_it_and_no_other(checks: Checks, folder: Path):
    step = steps()[1]
    for _ in range(2):
        checks.asked.clear()
        assert renew.main([str(step.number)]) == 0
        assert checks.asked == [step.name] * len(mistakes(step))
    assert [path.stem for path in folder.iterdir()] == [step.name]


@pytest.mark.long
def test_only_a_mistake_that_was_changed_is_made_anew(
    checks: Checks, capsys: pytest.CaptureFixture[str]
):
    step = steps()[0]
    renew.main([])
    kept = read(step).mistakes
    first, second, *_ = mistakes(step)
    changed = {
        **kept,
        first.name: Stored("another", frozenset()),
        "gone": kept[first.name],
    }
    del changed[second.name]
    write(step, Store(read(step).digests, changed))
    assert out_of_date(step) == ([], [first.name, second.name, "gone"])
    checks.asked.clear()
    capsys.readouterr()
    renew.main([])
    assert checks.asked == [step.name] * 2
    assert read(step).mistakes == kept
    assert capsys.readouterr().out.startswith(f"{step.name}: 2 of {len(kept)}")


@pytest.mark.long
def test_a_suite_that_was_changed_makes_all_of_its_step_anew(checks: Checks):
    step = steps()[0]
    renew.main([])
    write(step, Store({**read(step).digests, "suite": "old"}, read(step).mistakes))
    assert out_of_date(step) == (["suite"], [])
    checks.asked.clear()
    renew.main([])
    assert checks.asked == [step.name] * len(mistakes(step))


@pytest.mark.parametrize(
    "outcome", [Outcome(problem="it ends"), Outcome(not_judged="it ends")]
)
def test_nothing_is_stored_where_a_mistake_cannot_be_checked(
    checks: Checks, folder: Path, capsys: pytest.CaptureFixture[str], outcome: Outcome
):
    checks.outcome = outcome
    assert renew.main(["1"]) == 1
    assert not folder.exists()
    first = mistakes(steps()[0])[0]
    assert f"{steps()[0].name}, {first.name}: it ends" in capsys.readouterr().out


def test_another_python_than_the_oldest_makes_no_fingerprints(
    checks: Checks, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(renew, "MADE_ON", (3, 5))
    assert renew.main([]) == 2
    assert checks.asked == []
    assert "Python 3.5" in capsys.readouterr().out


def test_a_step_that_does_not_exist_is_reported(
    checks: Checks, capsys: pytest.CaptureFixture[str]
):
    assert renew.main(["99"]) == 2
    assert "There is no step '99'" in capsys.readouterr().out


def test_a_stored_file_names_what_it_depends_on():
    stored = json.loads((store.FOLDER / f"{steps()[0].name}.json").read_text("utf-8"))
    assert set(stored["digests"]) == {"step", "suite", "lock"}
