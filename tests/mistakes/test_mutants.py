"""The small changes that `make mutants` makes, and what is said of the survivors."""

from collections import Counter
from pathlib import Path

import pytest

from workbook.checking import run
from workbook.ladder import find, sources, steps
from workbook.mistakes import measured_mutants, mutants, survivor_kinds
from workbook.mistakes.mutants import measure, mutants_of
from workbook.mistakes.survivors import Measured, Mutant, store_mutants

SOURCE = '''"""Why."""

KEY = "a"


def get(name: str) -> str | None:
    """What."""
    if name == KEY:
        return name
    return None
'''

SURVIVORS = [
    (find(name), survivor)
    for name, measured in measured_mutants().items()
    for survivor in measured.survivors
]


@pytest.fixture(autouse=True)
def ours_alone(monkeypatch: pytest.MonkeyPatch):
    """cosmic-ray is there for `make mutants` alone."""
    ours = [make for make in mutants.MAKERS if make.__name__ != "_by_cosmic_ray"]
    monkeypatch.setattr(mutants, "MAKERS", ours)


def test_texts_are_replaced_and_statements_taken_out():
    assert [str(mutant) for mutant, _ in mutants.mutants("main.py", SOURCE)] == [
        "main.py: KEY = \"a\" -> KEY = 'ax'",
        "main.py, get: if name == KEY: -> pass",
        "main.py, get: return name -> pass",
        "main.py, get: return None -> pass",
    ]


def test_each_mutant_is_one_change_of_the_code_and_of_no_docstring():
    for mutant, mutated in mutants.mutants("main.py", SOURCE):
        assert mutant.after in mutated
        assert '"""Why."""' in mutated
        assert '"""What."""' in mutated
        compile(mutated, "main.py", "exec")


def test_equal_lines_of_a_function_are_mutants_of_their_own():
    twice = "def f(a):\n    if a:\n        return 1\n    return 1\n"
    found = Counter(mutant for mutant, _ in mutants.mutants("main.py", twice))
    assert found[Mutant("main.py", "f", "return 1", "pass")] == 2


@pytest.mark.long
def test_a_file_is_mutated_at_the_last_step_that_has_it_and_a_list_of_data_never():
    found = [
        (step, {mutant.file for mutant, _ in mutants_of(step)}) for step in steps()
    ]
    assert all("main.py" in files for _, files in found)
    texts = [
        step.folder.joinpath(file).read_text("utf-8")
        for step, files in found
        for file in files
    ]
    assert len(texts) == len(set(texts))
    every = {file for _, files in found for file in files}
    assert every == {module.name for s in steps() for module in s.modules} - {
        "published_keys.py",
        "common_passwords.py",
    }


@pytest.mark.long
def test_a_suite_catches_accepts_or_cannot_start_a_mutant():
    step = steps()[0]
    main = sources(step.modules)["main.py"]
    harmless, wrong, broken = (
        Mutant("main.py", "", "", word) for word in ("same", "wrong", "broken")
    )
    made = [
        (harmless, {"main.py": main}),
        (wrong, {"main.py": main.replace("/users/me", "/users/you")}),
        (broken, {"main.py": f"{main}\nnot Python\n"}),
    ]
    found = measure(step, made)
    assert (found.mutants, found.never_start) == ({"main.py": 3}, 1)
    assert found.survivors == (harmless,)


def test_a_suite_can_end_at_its_first_failed_test(tmp_path: Path):
    step = steps()[0]
    (tmp_path / step.name).mkdir()
    wrong = step.main.read_text("utf-8").replace("/users/me", "/users/you")
    (tmp_path / step.name / "main.py").write_text(wrong, "utf-8")
    outcome = run(step, answers=tmp_path, stop_at_first=True)
    assert len(outcome.failed) == 1
    assert not outcome.all_passed


def test_what_was_stored_is_read_again(tmp_path: Path):
    first, second, *_ = [step.name for step in steps()]
    one = Measured("2026-11", {"main.py": 3}, 1, (Mutant("main.py", "get", "a", "b"),))
    store_mutants({second: one, first: one, "gone": one}, tmp_path / "mutants.json")
    kept = measured_mutants(tmp_path / "mutants.json")
    assert list(kept) == [first, second]
    assert kept[first] == one
    assert one.month == "November 2026"


# What is kept.


def test_every_step_but_the_newest_is_measured():
    """A step takes half an hour, and the newest one still changes."""
    missing = [s.number for s in steps()[:-1] if s.name not in measured_mutants()]
    assert not missing, f'run: make mutants STEPS="{" ".join(map(str, missing))}"'


def test_every_survivor_is_a_line_that_its_step_still_has():
    """Where one is gone, what is kept is out of date."""
    gone = {
        f"{step.name}: {survivor}"
        for step, survivor in SURVIVORS
        if survivor.before not in sources(step.modules).get(survivor.file, "")
    }
    assert not gone, "run make mutants for these steps"


def test_every_survivor_has_one_reason():
    reasons = {
        f"{step.name}: {survivor}": [
            kind.name for kind in survivor_kinds() if kind.explains(survivor)
        ]
        for step, survivor in SURVIVORS
    }
    assert {survivor: of for survivor, of in reasons.items() if len(of) != 1} == {}


def test_every_reason_is_that_of_a_survivor():
    entries = [entry for kind in survivor_kinds() for entry in kind.survivors]
    unused = [
        entry
        for entry in entries
        if not any(str(survivor).startswith(entry) for _, survivor in SURVIVORS)
    ]
    assert unused == []
