"""What each command answers where no person reads it, and how it teaches."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Said
from workbook.checking import Outcome, run
from workbook.ladder import ROOT, Step, find, steps
from workbook.learning import trying

STEP1, STEP2, STEP3 = find("1"), find("2"), find("3")
RIGHT = STEP2.main.read_text("utf-8")
WRONG = STEP1.main.read_text("utf-8")

ESCAPE = "\x1b"

pytestmark = pytest.mark.apart

Workbook = Callable[..., Said]
Write = Callable[..., Path]


# Help.


@pytest.mark.parametrize(
    ("command", "plain"),
    [
        ("run", "uvicorn steps.step01_fake_hash.main:app --reload"),
        ("start", "cp steps/step01_fake_hash/main.py answers/step02_response_model/"),
        ("check", "pytest tests/steps/test_step01_fake_hash.py --answers answers"),
        ("diff", "diff -u steps/step03_bcrypt/main.py steps/step04_jwt/main.py"),
    ],
)
def test_the_help_of_a_command_shows_the_plain_tool_behind_it(
    workbook: Workbook, command: str, plain: str
):
    said = workbook(command, "--help")
    assert said.status == 0
    assert plain in said.out
    for path in re.findall(r"\S+/\S+\.py", plain):
        assert (ROOT / path).exists()


def test_every_command_is_told_of_in_one_whole_sentence(workbook: Workbook):
    """A sentence that is cut makes a reader ask for what they did not get."""
    said = workbook("--help")
    told = said.out[said.out.index("Commands:") :].splitlines()[1:]
    commands = [line for line in told if re.match(r"  [a-z]", line)]
    assert len(commands) >= 7
    assert [line for line in commands if not line.endswith(".")] == []
    assert [line for line in commands if line.endswith("...")] == []


@pytest.mark.parametrize("words", [["-h"], ["check", "-h"]], ids=" ".join)
def test_the_short_form_of_help_is_known(workbook: Workbook, words: list[str]):
    assert workbook(*words).out.startswith("Usage: workbook")


def test_the_shell_is_told_the_names_of_the_steps(
    workbook: Workbook, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("_WORKBOOK_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "workbook check st")
    monkeypatch.setenv("COMP_CWORD", "2")
    offered = workbook().out.split()
    assert offered == [f"plain,{step.name}" for step in steps()]


# The home screen.


def test_home_shows_every_step_and_the_first_thing_to_do(workbook: Workbook):
    said = workbook()
    for step in steps():
        assert f"{step.number} {step.title}" in said.out
        assert step.question in said.out
    assert "workbook start 1" in said.out


def test_home_goes_on_where_the_learner_has_begun(workbook: Workbook):
    """Whoever reads step 1 and begins with step 2 is not sent back."""
    workbook("start", "2")
    said = workbook()
    assert "▸ 2" in said.out
    assert "workbook watch 2" in said.out


def test_home_goes_on_above_what_was_passed(
    here: Path, workbook: Workbook, write: Write
):
    write("2", RIGHT)
    passed(here, STEP2.name)
    said = workbook()
    assert "✓ 2" in said.out
    assert "▸ 3" in said.out
    assert "workbook start 3" in said.out


def test_home_congratulates_whoever_has_passed_everything(
    here: Path, workbook: Workbook
):
    passed(here, *[step.name for step in steps()])
    said = workbook()
    assert f"{len(steps())} of {len(steps())} steps passed" in said.out
    assert "You have climbed it." in said.out


def test_other_answers_are_named_in_every_command_to_type(workbook: Workbook):
    """A name with a blank must arrive as it was given."""
    started = workbook("start", "2", "--answers", "my [b] answers")
    home = workbook("--answers", "my [b] answers")
    assert "workbook watch 2 --answers 'my [b] answers'" in started.out
    assert "workbook watch 2 --answers 'my [b] answers'" in home.out


def test_options_before_the_command_are_meant_for_it(workbook: Workbook):
    said = workbook("--answers", "elsewhere", "check", "2")
    assert said.err.startswith("workbook: There is no elsewhere")


# JSON.


def test_home_as_json(here: Path, workbook: Workbook):
    passed(here, STEP1.name)
    ladder = json.loads(workbook("--json").out)
    assert [entry["name"] for entry in ladder] == [step.name for step in steps()]
    assert ladder[0] == {
        "step": 1,
        "name": STEP1.name,
        "title": STEP1.title,
        "passed": True,
        "tests": 10,
        "hold": 10,
        "next": False,
    }
    assert [entry["step"] for entry in ladder if entry["next"]] == [2]


def test_a_check_as_json(workbook: Workbook, write: Write):
    write("2", WRONG)
    said = workbook("check", "2", "--json")
    assert said.status == 1
    outcome = json.loads(said.out)
    assert outcome["step"] == 2
    assert outcome["name"] == STEP2.name
    assert outcome["holds"] is False
    assert outcome["passed"] > 50
    assert outcome["problem"] == ""
    assert outcome["skipped"] == []
    failed = outcome["failed"][0]
    assert failed["name"] == "test_the_record_holds_nothing_else"
    assert failed["story"]["wrong"] == "the record also holds hashed_password"


def test_a_check_that_cannot_judge_as_json(workbook: Workbook, write: Write):
    write("2", "")
    said = workbook("--json", "check", "2")
    assert said.status == 1
    outcome = json.loads(said.out)
    assert outcome["holds"] is False
    assert "is empty" in outcome["problem"]


def test_hints_as_json(workbook: Workbook, write: Write):
    """The check is made once: the version has not changed in between."""
    write("2", WRONG)
    hints = [json.loads(workbook("hint", "2", "--json").out) for _ in range(4)]
    assert [hint["level"] for hint in hints] == [1, 2, 3, 3]
    assert {hint["test"] for hint in hints} == {"test_the_record_holds_nothing_else"}
    assert len({hint["hint"] for hint in hints}) == 3


def test_no_hint_as_json(workbook: Workbook, write: Write):
    write("2", "")
    said = workbook("hint", "2", "--json")
    assert said.status == 1
    assert json.loads(said.out) == {"test": "", "level": 0, "hint": ""}


@pytest.mark.parametrize("command", ["", "check", "hint", "which"])
def test_the_help_names_the_keys_of_the_json(workbook: Workbook, command: str):
    help_text = " ".join(workbook(*command.split(), "--help").out.split())
    keys = re.search(r"--json As JSON, ([^.]*)\.", help_text)
    assert keys is not None
    assert "," in keys[1]


def test_the_keys_that_help_names_are_those_that_come(workbook: Workbook, write: Write):
    write("2", "")
    help_text = " ".join(workbook("check", "--help").out.split())
    for key in json.loads(workbook("check", "2", "--json").out):
        assert key in help_text


# Which.


def test_which_says_how_far_an_app_has_come_and_what_is_missing(
    workbook: Workbook, monkeypatch: pytest.MonkeyPatch
):
    """Judged in this process: five others, one a suite, would take long to start."""
    monkeypatch.setattr(trying, "Judge", JudgeHere)
    said = workbook("which", "1", "--reference")
    assert said.status == 0
    marks = re.findall(r"^([✓✗])  (\d)", said.out, re.MULTILINE)
    numbers = [str(step.number) for step in steps()]
    assert marks == [("✓", "1"), *(("✗", number) for number in numbers[1:])]
    assert f"It satisfies step 1: {STEP1.title}." in said.out
    missing = said.out[said.out.index("Missing for step 2") :]
    assert "✗ the record holds nothing else" in missing


class JudgeHere:
    """Stands for a `Judge`, and starts no process."""

    def check(self, step: Step, **where: object) -> Outcome:
        return run(step, **where)

    def close(self) -> None:
        pass


# Diff.


def test_a_diff_that_is_piped_is_one_that_patch_accepts(
    here: Path, workbook: Workbook, write: Write
):
    main = write("2", RIGHT)
    change = workbook("diff", "2", "3").out
    done = subprocess.run(
        ["patch", str(main)], input=change.encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert main.read_text("utf-8") == STEP3.main.read_text("utf-8")


def test_one_step_alone_is_compared_with_the_step_before(workbook: Workbook):
    assert workbook("diff", "3").out == workbook("diff", "2", "3").out


def test_my_version_is_compared_with_ours(workbook: Workbook, write: Write):
    write("2", RIGHT.replace(", response_model=User", ""))
    changes = workbook("diff", "2", "--mine").out.splitlines()
    assert [line for line in changes if re.match(r"[-+](?![-+])", line)] == [
        '-@app.get("/users/me")',
        '+@app.get("/users/me", response_model=User)',
    ]


@pytest.fixture
def shown(
    workbook: Workbook, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[str]]:
    """`shown("diff", "3")`: the lines of a command in a terminal, without colours."""

    def shown(*words: str) -> list[str]:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        return re.sub(rf"{ESCAPE}\[\d*m", "", workbook(*words).out).splitlines()

    return shown


def names_in(lines: list[str]) -> list[str]:
    """The files that a diff in a terminal is about."""
    return [line for line in lines if re.match(r"[-+] \S+\.py$", line)]


def names_told_by(plain: str) -> list[str]:
    """The files that the plain tool behind a command tells of."""
    done = subprocess.run(
        shlex.split(plain), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    return re.findall(r"^\+\+\+ \S+/(\S+)", done.stdout, re.MULTILINE)


def test_a_step_of_several_files_is_told_file_by_file(
    shown: Callable[..., list[str]], small_ladder: tuple[Step, ...]
):
    lines = shown("diff", "3")
    assert names_in(lines) == [
        "- steps/step02_settings/main.py",
        "+ steps/step03_tokens/main.py",
        "+ steps/step03_tokens/tokens.py",
    ]
    assert "  … unchanged: settings.py" in lines
    plain = lines[-1].removeprefix("$ ")
    assert plain.startswith("diff -ruN ")
    assert sorted(names_told_by(plain)) == ["main.py", "tokens.py"]


def test_my_files_are_compared_with_ours_without_what_was_kept(
    here: Path,
    shown: Callable[..., list[str]],
    small_ladder: tuple[Step, ...],
):
    mine = here / "answers" / "step03_tokens"
    shown("start", "3")
    shown("start", "3", "--again")
    (mine / ".env").write_text("SECRET_KEY=mine", "utf-8")
    (mine / "users.py").write_text("users = {}\n", "utf-8")
    lines = shown("diff", "3", "--mine")
    assert names_in(lines) == [
        "- answers/step03_tokens/main.py",
        "+ steps/step03_tokens/main.py",
        "+ steps/step03_tokens/tokens.py",
        "- answers/step03_tokens/users.py",
    ]
    plain = lines[-1].removeprefix("$ ")
    assert sorted(names_told_by(plain)) == ["main.py", "tokens.py", "users.py"]


def test_a_beginning_of_several_files_is_told_as_such(
    workbook: Workbook, small_ladder: tuple[Step, ...]
):
    said = workbook("start", "3").out
    assert said.startswith(
        "answers/step03_tokens/main.py, with settings.py beside it, is step 2, for you "
        "to change.\n"
    )


# Where it is shown.


PIPED = {
    "home": [],
    "start": ["start", "3"],
    "check --all": ["check", "2", "--all"],
    "hint": ["hint", "2"],
    "diff": ["diff", "2"],
    "diff --mine": ["diff", "2", "--mine"],
}


@pytest.mark.parametrize("words", PIPED.values(), ids=PIPED)
def test_a_pipe_gets_no_escape_codes_and_no_trailing_blanks(
    workbook: Workbook, write: Write, words: list[str]
):
    write("2", WRONG)
    said = workbook(*words)
    assert said.out
    assert ESCAPE not in said.out
    if "diff" not in words:
        lines = said.out.splitlines()
        assert [line for line in lines if line != line.rstrip()] == []


def test_an_escape_code_of_an_app_is_shown_and_not_obeyed(
    workbook: Workbook, write: Write
):
    write("2", "print('\\x1b[2J wiped')\nimport no_such_thing\n")
    said = workbook("check", "2")
    assert "␛[2J wiped" in said.out
    assert ESCAPE not in said.out


def passed(here: Path, *names: str) -> None:
    """As if these steps had been checked, and had passed."""
    record = {"digest": "", "passed": 10, "total": 10, "first": "", "problem": False}
    lines = [json.dumps({"step": name} | record) for name in names]
    (here / "answers").mkdir(exist_ok=True)
    progress = here / "answers" / "progress.jsonl"
    progress.write_text("\n".join(lines), "utf-8")
