"""A step costs what CONTRIBUTING lists under "Add a step", and nothing else by hand.

A copy of the workbook gets one more step: the last one with a header more, made from
the parts in `tests/next_step/`. Then the workbook's own checks run on the copy.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

from workbook.ladder import ROOT, steps
from workbook.timeouts import COMMAND

pytestmark = pytest.mark.long

PARTS = ROOT / "tests" / "next_step"
FOLDERS = ("docs", "notebooks", "requirements", "steps", "tests", "workbook")
LAST = steps()[-1]
NUMBER = LAST.number + 1
NAME = f"step{NUMBER:02}_no_sniffing"

SNIFF = """
import sys
from workbook.attacks import run, serving
from workbook.attacks.sniff_an_answer import ATTACK
from workbook.ladder import find

for name in sys.argv[1:]:
    with serving(find(name)) as target:
        print(run(ATTACK, target).got_through)
"""


@dataclass(frozen=True)
class Copy:
    """A copy of the workbook. `by_hand` are the files that were added or changed."""

    root: Path
    by_hand: frozenset[str]

    def run(self, *command: str, status: int = 0) -> str:
        """What the command behind `python -m` prints there."""
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": str(self.root)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND,
            check=False,
        )
        assert done.returncode == status, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def test(self, *tests: str) -> None:
        """Runs these tests there."""
        self.run("pytest", "-q", "-p", "no:cacheprovider", *tests)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The workbook with its next step, as its author leaves it: the files are written,
    and the two commands that CONTRIBUTING names have run."""
    root = tmp_path_factory.mktemp("copy") / "workbook"
    root.mkdir()
    for folder in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    for file in ROOT.iterdir():
        if file.is_file() and not file.name.startswith("."):
            shutil.copy(file, root)
    before = contents(root)
    write_step(root)
    by_hand = {
        name for name, text in contents(root).items() if text != before.get(name)
    }
    copy = Copy(root, frozenset(by_hand))
    for target, step in commands_in_contributing():
        copy.run(module_of(target), *step)
    return copy


def write_step(root: Path) -> None:
    """Writes the files of the step, and nothing else."""
    shutil.copytree(root / "steps" / LAST.name, root / "steps" / NAME)
    main = root / "steps" / NAME / "main.py"
    text = main.read_text("utf-8").replace(LAST.name, NAME)
    text = re.sub(r'^"""Step \d+: .+', f'"""Step {NUMBER}: no guesses.', text)
    main.write_text(f"{text}\n\n{part('added_to_main.py')}", "utf-8")

    suite = root / "tests" / "steps" / f"test_{NAME}.py"
    text = LAST.suite.read_text("utf-8")
    text = re.sub(r'^""".+', f'"""The contract of step {NUMBER}: no guesses.', text)
    taken = "from tests.steps.contract.no_sniffing import *\n"
    suite.write_text(re.sub(r"(?m)^(?=from workbook)", taken, text, count=1), "utf-8")

    whole = {
        "behaviours.py": "tests/steps/contract/no_sniffing.py",
        "page.md": f"docs/steps/{NAME}.md",
        "notebook.ipynb": f"notebooks/{NAME}.ipynb",
        "checks.py": f"workbook/notebook/checks/step{NUMBER:02}.py",
        "answer_key.toml": f"tests/notebooks/answer_keys/{NAME}.toml",
        "mistakes.toml": f"workbook/mistakes/{NAME}.toml",
        "hints.toml": f"workbook/learning/hints/{NAME}.toml",
        "attack.py": "workbook/attacks/sniff_an_answer.py",
    }
    for source, file in whole.items():
        (root / file).write_text(part(source), "utf-8")
    with (root / "steps" / "ladder.toml").open("a", encoding="utf-8") as end:
        end.write(f"\n{part('ladder.toml')}")
    attacks = root / "workbook" / "attacks" / "__init__.py"
    text = attacks.read_text("utf-8")
    text = text.replace("    stall_with_", "    sniff_an_answer,\n    stall_with_", 1)
    # The attacks stand in the order in which they open, and this one opens first.
    text = text.replace("] = (\n", "] = (\n    sniff_an_answer.ATTACK,\n", 1)
    attacks.write_text(text, "utf-8")


def part(name: str) -> str:
    """A part of the step, with its number and the name of the step before."""
    text = (PARTS / name).read_text("utf-8")
    return (
        text.replace("stepNN", f"step{NUMBER:02}")
        .replace("NN", str(NUMBER))
        .replace("PREVIOUS", LAST.name)
    )


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def add_a_step() -> list[str]:
    """The section of CONTRIBUTING, line by line."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    return text.partition("\n## Add a step\n")[2].partition("\n## ")[0].splitlines()


def commands_in_contributing() -> list[tuple[str, list[str]]]:
    """The targets of make that it names, each with the step where it takes one."""
    commands = [line.split() for line in add_a_step() if line.startswith("    make ")]
    assert commands
    return [
        (target, [str(NUMBER)] if more and more[0].startswith("STEPS=") else [])
        for _, target, *more in commands
    ]


def module_of(target: str) -> str:
    """What the target runs: there is no `.venv` in the copy, and so no make."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    recipe = rf"^{target}:.*\n\t\.venv/bin/python -m ([\w.]+)"
    (module,) = re.findall(recipe, makefile, re.MULTILINE)
    return str(module)


def listed_in_contributing() -> list[str]:
    """The files that a step costs, as patterns: `docs/steps/*.md`."""
    rows = [line for line in add_a_step() if line.startswith("| ")]
    files = [name for row in rows for name in re.findall("`([^`]+/[^`]*)`", row)]
    assert files
    return [re.sub("<[^>]+>", "*", re.sub("/$", "/*", name)) for name in files]


def test_the_files_that_were_touched_are_those_that_contributing_lists(copy: Copy):
    listed = listed_in_contributing()
    unlisted = [
        name for name in copy.by_hand if not any(fnmatch(name, it) for it in listed)
    ]
    unused = [
        it for it in listed if not any(fnmatch(name, it) for name in copy.by_hand)
    ]
    assert (unlisted, unused) == ([], [])


def test_what_repeats_the_manifest_names_the_step(copy: Copy):
    for file in ("README.md", "mkdocs.yml", "notebooks/index.ipynb"):
        assert f"{NUMBER}. No sniffing" in (copy.root / file).read_text("utf-8")
    assert "all as the manifest says" in copy.run("workbook.ladder_files")


def test_the_step_is_in_style(copy: Copy):
    copy.run("ruff", "check", "--no-cache")
    copy.run("ruff", "format", "--check", "--no-cache")


def test_the_step_passes_its_suite(copy: Copy):
    copy.test("tests/steps", "tests/end_to_end/test_uvicorn.py", "-k", NAME)


def test_a_learner_begins_it_with_the_step_before_which_fails_what_is_new(copy: Copy):
    copy.run("workbook.cli", "start", str(NUMBER))
    said = json.loads(
        copy.run("workbook.cli", "check", str(NUMBER), "--json", status=1)
    )
    assert [failure["name"] for failure in said["failed"]] == [
        "test_a_token_may_not_be_taken_for_another_type",
        "test_a_refusal_may_not_be_taken_for_another_type_either",
    ]
    assert "Content-Type" in copy.run("workbook.cli", "hint", str(NUMBER))


def test_the_command_line_knows_the_step(copy: Copy):
    overview = json.loads(copy.run("workbook.cli", "--json"))
    assert overview[-1]["name"] == NAME
    diff = copy.run("workbook.cli", "diff", str(LAST.number), str(NUMBER))
    assert "X-Content-Type-Options" in diff


def test_every_check_of_names_hints_and_declarations_passes(copy: Copy):
    copy.test(
        "tests/tooling/test_ladder.py",
        "tests/tooling/test_ladder_files.py",
        "tests/tooling/test_readme.py",
        "tests/tooling/test_steps.py",
        "tests/tooling/test_settings.py",
        "tests/tooling/test_safe_login.py",
        "tests/tooling/test_diffing.py",
        "tests/learning/test_hints.py",
        "tests/attacks/test_declarations.py",
        "tests/bench/test_figures.py",
        "tests/notebooks/test_sources.py",
        "tests/site/test_fences.py",
    )


def test_the_mistakes_of_the_step_are_caught_and_named(copy: Copy):
    copy.test("tests/mistakes", "-k", NAME)


def test_the_attack_gets_through_before_the_step_and_not_at_it(copy: Copy):
    (copy.root / "sniff.py").write_text(SNIFF, "utf-8")
    said = copy.run("sniff", LAST.name, NAME)
    assert said.split() == ["True", "False"]


def test_the_notebook_of_the_step_runs(copy: Copy):
    copy.test("tests/notebooks/test_notebooks.py", "-k", NAME)


def test_hostile_requests_are_sent_to_the_step(copy: Copy):
    copy.test("tests/fuzz", "-k", NAME)


def test_the_site_is_built_with_the_step(copy: Copy):
    copy.run("mkdocs", "build", "--strict")
    pages = copy.root / "site"
    assert f"steps/{NAME}/" in (pages / "index.html").read_text("utf-8")
    # The pages of the steps before say that one attack more gets through there.
    for step in steps():
        page = (pages / "steps" / step.name / "index.html").read_text("utf-8")
        assert "attacks/#sniff_an_answer" in page
        assert "No attack in" not in page
