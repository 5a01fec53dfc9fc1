"""What each command answers where no person reads it, and how it teaches."""

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Said
from workbook import learning, serving
from workbook.checking import Outcome, Result, run, worker
from workbook.ladder import ROOT, Step, find, steps
from workbook.learning import checks, profile

STEP1, STEP2, STEP3 = find("1"), find("2"), find("3")
RIGHT = STEP2.main.read_text("utf-8")
# Not quite what `start` copies, which would be the beginning of a first check.
WRONG = STEP1.main.read_text("utf-8") + "\n# changed\n"

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
    assert re.match(r"Usage: (\S+/)?workbook ", workbook(*words).out)


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
    said = " ".join(workbook().out.split())
    assert "workbook demo" in said
    for step in steps():
        assert f"{step.number} {step.title}" in said
        assert step.question in said
    assert "workbook start 1" in said


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


def test_the_page_of_a_step_is_read_as_a_site(workbook: Workbook):
    """Its file has gaps in the place of the code."""
    address = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), yaml.BaseLoader)
    page = f"http://{address['dev_addr']}/steps/{STEP1.name}/"
    for said in (workbook(), workbook("start", "1")):
        assert f" docs` and open {page}" in " ".join(said.out.split())
        assert "docs/steps" not in said.out


def test_home_says_where_the_file_has_changed_since_its_check(
    here: Path, workbook: Workbook, write: Write
):
    answers = here / "answers"
    write("1", "passes")
    fine = Outcome([Result("test_it", "passed")])
    learning.remember_check(answers, STEP1, learning.digest(STEP1, answers), fine)
    write("2", "fails")
    broken = Outcome(problem="main.py can't be imported")
    learning.remember_check(answers, STEP2, learning.digest(STEP2, answers), broken)
    out = workbook().out
    assert "Step 2 couldn't be tested at its last check." in out
    assert "changed since" not in out
    write("1", "changed")
    out = workbook().out
    assert "✓ 1" in out
    assert "Step 1 has changed since its last check." in out


def test_home_congratulates_whoever_has_passed_everything(
    here: Path, workbook: Workbook
):
    passed(here, *[step.name for step in steps()])
    said = workbook()
    assert f"{len(steps())} of {len(steps())} steps passed" in said.out
    assert "You've climbed the whole ladder." in said.out


def test_other_answers_are_named_in_every_command_to_type(workbook: Workbook):
    """A name with a blank must arrive as it was given."""
    started = workbook("start", "2", "--answers", "my [b] answers")
    home = workbook("--answers", "my [b] answers")
    assert "workbook watch 2 --answers 'my [b] answers'" in started.out
    assert "workbook watch 2 --answers 'my [b] answers'" in home.out


def test_options_before_the_command_are_meant_for_it(workbook: Workbook):
    said = workbook("--answers", "elsewhere", "check", "2")
    assert said.err.startswith("workbook: There's no elsewhere")


# JSON.


def test_home_as_json(here: Path, workbook: Workbook):
    passed(here, STEP1.name)
    ladder = json.loads(workbook("--json").out)
    assert [entry["name"] for entry in ladder] == [step.name for step in steps()]
    assert ladder[0] == {
        "step": 1,
        "name": STEP1.name,
        "title": STEP1.title,
        "all_passed": True,
        "passed": 10,
        "tests": 10,
        "changed": False,
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
    assert outcome["all_passed"] is False
    assert outcome["passed"] > 50
    assert outcome["problem"] == outcome["not_judged"] == ""
    assert outcome["skipped"] == []
    failed = {one["name"]: one["failure"]["difference"] for one in outcome["failed"]}
    difference = failed["test_the_record_holds_nothing_else"]
    assert difference == "the record also holds hashed_password"


def test_a_check_that_cannot_judge_as_json(workbook: Workbook, write: Write):
    write("2", "")
    said = workbook("--json", "check", "2")
    assert said.status == 1
    outcome = json.loads(said.out)
    assert outcome["all_passed"] is False
    assert "is empty" in outcome["problem"]


@pytest.mark.long
def test_hints_as_json(workbook: Workbook, write: Write):
    """The check is made once: the version has not changed in between."""
    write("2", WRONG)
    hints = [json.loads(workbook("hint", "2", "--json").out) for _ in range(4)]
    assert [hint["level"] for hint in hints] == [1, 2, 3, 3]
    assert len({hint["test"] for hint in hints}) == 1
    assert len({hint["hint"] for hint in hints}) == 3


@pytest.mark.long
def test_a_hint_is_for_what_the_check_explains_and_not_for_what_failed_first(
    here: Path, workbook: Workbook, write: Write
):
    """The record is refused like all that wants a token: nothing is wrong with it."""
    source = find("4").main.read_text("utf-8")
    broken = source.replace("jwt.decode(token, SECRET_KEY", "jwt.decode(token, KEY")
    broken += 'KEY = "another key, of 32 bytes or more"\n'
    assert "token, KEY" in broken
    write("4", broken)
    said = workbook("hint", "4")
    assert "the token of a login is accepted" in said.out
    assert said.err == "Checking your step 4 first …\n"
    # The check is remembered, so the next hint needs none.
    said = workbook("hint", "4")
    assert "Hint 2 of 3, for:\n  the token of a login is accepted\n" in said.out
    assert said.err == ""


def test_the_first_hint_begins_with_what_the_check_found_out(
    here: Path, workbook: Workbook, write: Write
):
    """The hints of a test are about its usual mistake, and this may be another one."""
    answers = here / "answers"
    write("2", WRONG)
    digest = learning.digest(STEP2, answers)
    fails = Outcome([Result("test_the_documented_record_has_no_hash", "failed")])
    cause = "GET /users/me/ is a 307: a slash is missing."
    learning.remember_check(answers, STEP2, digest, fails, cause=cause)
    found = f"  {cause}"
    first, second = workbook("hint", "2").out, workbook("hint", "2").out
    assert (
        f"{found}\n\n  If that doesn't help, this is what the test is about:" in first
    )
    assert found not in second


@pytest.mark.long
def test_a_check_is_remembered_also_if_nobody_reads_it_to_its_end(
    here: Path, write: Write
):
    """As in `workbook check 2 | head -1`, for a version that passes and one that fails.

    In a process of its own, because ours has no other standard output to give."""
    for source in (RIGHT, WRONG):
        write("2", source)
        with subprocess.Popen(
            [sys.executable, "-m", "workbook.cli", "check", "2"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as checking:
            assert checking.stdout is not None
            assert checking.stderr is not None
            assert b"Checking step 2" in checking.stdout.readline()
            checking.stdout.close()
            assert checking.stderr.read() == b""
        record = learning.read_progress(here / "answers")[STEP2.name]
        assert record.digest == learning.digest(STEP2, here / "answers")
        assert record.is_passed == (source == RIGHT)


def test_a_text_that_nobody_reads_ends_quietly():
    with subprocess.Popen(
        [sys.executable, "-m", "workbook.cli", "check", "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as helping:
        assert helping.stdout is not None
        assert helping.stderr is not None
        helping.stdout.close()
        assert helping.stderr.read() == b""


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


# Check.


FIRST, SECOND = Result("test_first", "failed"), Result("test_second", "failed")
PASSED = Result("test_other", "passed")


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Collection[str]]]:
    """`played(outcome, *streamed)`: a check gives these results as they come, then the
    outcome. Returns the names of the tests that each check ran first."""

    def played(outcome: Outcome, *streamed: Result) -> list[Collection[str]]:
        ran_first: list[Collection[str]] = []

        class Worker:
            hashes: list[list[str]] = []  # noqa: RUF012

            def __init__(self, step: Step | None = None) -> None:
                pass

            def check(
                self,
                step: Step,
                *,
                first: Collection[str] = (),
                on_result: Callable[[Result], None] = lambda result: None,
                **where: object,
            ) -> Outcome:
                ran_first.append(first)
                for result in streamed:
                    on_result(result)
                return outcome

            def close(self) -> None:
                pass

        monkeypatch.setattr(worker, "CheckWorker", Worker)
        monkeypatch.setattr(checks, "CheckWorker", Worker)
        return ran_first

    return played


Played = Callable[..., list[Collection[str]]]


def test_the_first_failure_is_printed_before_the_rest_has_run(
    workbook: Workbook, write: Write, played: Played
):
    write("2", WRONG)
    played(Outcome([PASSED, FIRST, SECOND]), PASSED, FIRST, SECOND)
    said = workbook("check", "2")
    lines = said.out.splitlines()
    assert lines[0].startswith("Checking step 2, answers")
    assert lines[2] == "✗ first"
    verdict = lines.index("✗ Step 2: 1 of 3 tests pass, 2 fail.")
    assert verdict > 2
    assert lines[verdict:].count("  ✗ second") == 1
    assert lines.count("✗ first") == 1


def test_only_the_failure_that_came_first_is_shown_in_full(
    workbook: Workbook, write: Write, played: Played
):
    write("2", WRONG)
    played(Outcome([PASSED, FIRST, SECOND]), SECOND, PASSED, FIRST)
    lines = workbook("check", "2").out.splitlines()
    verdict = lines.index("✗ Step 2: 1 of 3 tests pass, 2 fail.")
    assert lines.index("✗ second") < verdict < lines.index("  ✗ first")
    assert "✗ first" not in lines


def test_tests_that_failed_last_time_run_first(
    workbook: Workbook, write: Write, played: Played
):
    write("2", WRONG)
    ran_first = played(Outcome([PASSED, FIRST, SECOND]))
    workbook("check", "2")
    workbook("check", "2")
    assert ran_first == [[], ["test_first", "test_second"]]


def test_a_check_that_judged_nothing_is_neither_passed_nor_failed(
    here: Path, workbook: Workbook, write: Write, played: Played
):
    """No diagnosis, no progress, and the reason in one line."""
    write("2", WRONG)
    played(Outcome([FIRST], not_judged="The machine is too busy."))
    said = workbook("check", "2")
    assert said.status == 2
    assert said.err == ("workbook: Step 2 was not judged. The machine is too busy.\n")
    assert said.out.count("\n") == 1
    assert not (here / "answers" / "progress.jsonl").exists()


def test_a_check_that_judged_nothing_as_json(
    workbook: Workbook, write: Write, played: Played
):
    write("2", WRONG)
    played(Outcome(not_judged="The machine is too busy."))
    said = workbook("check", "2", "--json")
    assert said.status == 2
    outcome = json.loads(said.out)
    assert outcome["not_judged"] == "The machine is too busy."
    assert outcome["all_passed"] is False
    assert outcome["looks_like"] == outcome["not_written"] == []
    assert outcome["cause"] is None
    assert "was not judged" in said.err


def test_there_is_no_hint_where_nothing_was_judged(
    here: Path, workbook: Workbook, write: Write, played: Played
):
    write("2", WRONG)
    played(Outcome(not_judged="The machine is too busy."))
    said = workbook("hint", "2")
    assert said.status == 2
    assert said.out == ""
    assert said.err == (
        "Checking your step 2 first …\n"
        "workbook: Step 2 was not judged. The machine is too busy.\n"
    )
    assert not (here / "answers" / "progress.jsonl").exists()


# Which.


@pytest.mark.long
def test_which_says_how_far_an_app_has_come_and_what_is_missing(
    workbook: Workbook, monkeypatch: pytest.MonkeyPatch
):
    """Judged in this process: others would take long to start."""
    monkeypatch.setattr(checks, "CheckWorker", CheckHere)
    said = workbook("which", "1", "--reference")
    assert said.status == 0
    marks = re.findall(r"^([✓✗])  (\d)", said.out, re.MULTILINE)
    assert marks == [("✓", "1"), ("✗", "2")]
    assert f"It passes step 1: {STEP1.title}." in said.out
    missing = said.out[said.out.index("Missing for step 2") :]
    assert "✗ the record holds nothing else" in missing
    assert "Not tried: 3, 4, " in missing


@pytest.fixture
def looks_like_step_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a request to the app."""
    found = profile.Resemblance(STEP1)
    monkeypatch.setattr(profile, "resemblance_of_folder", lambda folder: found)


@pytest.mark.usefixtures("looks_like_step_1")
def test_which_tries_the_version_that_was_saved_last(
    here: Path, workbook: Workbook, write: Write
):
    os.utime(write("3", ""), (2000, 2000))
    os.utime(write("2", ""), (1000, 1000))
    assert f"Looking at answers/{STEP3.name}/main.py" in workbook("which").err


@pytest.mark.long
def test_a_version_can_be_given_by_its_path(workbook: Workbook, write: Write):
    write("2", "")
    for path in (f"answers/{STEP2.name}", f"answers/{STEP2.name}/main.py"):
        assert f"Looking at answers/{STEP2.name}/main.py" in workbook("which", path).err


def test_which_as_json_lists_the_steps_that_were_tried(
    workbook: Workbook, played: Played
):
    played(Outcome([PASSED, FIRST]))
    tried = json.loads(workbook("which", "1", "--reference", "--json").out)
    assert [(one["step"], one["all_passed"]) for one in tried] == [
        (1, False),
        (2, False),
    ]


@pytest.mark.usefixtures("looks_like_step_1")
def test_which_is_told_the_failures_of_the_nearest_step(
    workbook: Workbook, played: Played
):
    played(Outcome([PASSED, FIRST]))
    said = workbook("which", "1", "--reference")
    assert said.status == 1
    assert "It passes none of these steps." in said.out
    missing = f"Missing for step 1, {STEP1.title}:"
    assert said.out[said.out.index(missing) :].startswith(f"{missing}\n  ✗ first\n")


@pytest.mark.usefixtures("looks_like_step_1")
def test_which_says_that_not_all_was_judged(workbook: Workbook, played: Played):
    played(Outcome(not_judged="The machine is too busy."))
    said = workbook("which", "1", "--reference")
    assert said.status == 2
    assert "✗" not in said.out
    told = "workbook: We couldn't check every step. The machine is too busy.\n"
    assert said.err.endswith(told)


class CheckHere:
    """A `CheckWorker` that starts no process. One checks at a time, since they share
    the standard output of this one."""

    hashes: list[list[str]] = []  # noqa: RUF012
    lock = threading.Lock()

    def check(self, step: Step, hashes: object, **where: object) -> Outcome:
        with self.lock:
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


def test_my_version_is_compared_by_what_it_does_before_its_text(
    shown: Callable[..., list[str]], write: Write, played: Played
):
    write("2", WRONG)
    played(Outcome([PASSED, FIRST]))
    lines = shown("diff", "2", "--mine")
    assert lines[:4] == [
        "Yours doesn't do everything that ours does: 1 of 2 tests pass.",
        "These fail:",
        "  ✗ first",
        "",
    ]
    assert lines[4].startswith("- ")


def test_my_version_of_another_shape_may_pass_the_same_tests(
    shown: Callable[..., list[str]], write: Write, played: Played
):
    write("2", "app = None\n")
    played(Outcome([PASSED]))
    lines = shown("diff", "2", "--mine")
    # More isn't known: where no test looks, the two may do different things.
    assert lines[0].startswith("Yours passes the same tests as ours, all 1. Here's")


def test_a_version_that_was_checked_already_is_compared_at_once(
    here: Path, shown: Callable[..., list[str]], write: Write
):
    write("2", RIGHT)
    # So many tests, as the record says: the suite has more.
    passed(here, STEP2.name)
    lines = shown("diff", "2", "--mine")
    assert lines[0].startswith("Yours passes the same tests as ours, all 10. Here's")


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
        shlex.split(plain.replace("\\\n", "")),
        capture_output=True,
        text=True,
        check=False,
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
    plain = lines[-1].strip()
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
    plain = "\n".join(lines).rpartition("plain diff:\n")[2].strip()
    assert sorted(names_told_by(plain)) == ["main.py", "tokens.py", "users.py"]


def test_a_beginning_of_several_files_is_told_as_such(
    workbook: Workbook, small_ladder: tuple[Step, ...]
):
    said = workbook("start", "3").out
    assert said.startswith(
        "answers/step03_tokens/main.py, with settings.py beside it, is our step 2, for "
        "you to change.\n"
    )


# Start.


def test_a_step_begins_with_my_own_version_once_it_passed(
    here: Path, workbook: Workbook, write: Write, played: Played
):
    write("2", RIGHT)
    played(Outcome([PASSED]))
    workbook("check", "2")
    assert "is your step 2, for you to change." in workbook("start", "3").out
    ours = workbook("start", "3", "--again", "--from", "ours").out
    assert "is our step 2, for you to change." in ours


def test_a_step_begins_with_my_version_that_fails_only_if_i_say_so(
    workbook: Workbook, write: Write
):
    write("2", WRONG)
    ours = workbook("start", "3").out
    assert "is our step 2, for you to change." in ours
    assert "This isn't based on your own step 2: it wasn't checked yet." in ours
    assert "workbook start 3 --again --from mine" in ours
    mine = workbook("start", "3", "--again", "--from", "mine").out
    assert "is your step 2, for you to change." in mine


def test_nothing_is_said_of_my_version_where_there_is_none_or_ours_was_asked_for(
    workbook: Workbook, write: Write
):
    assert "You don't begin with" not in workbook("start", "3").out
    write("2", WRONG)
    ours = workbook("start", "3", "--again", "--from", "ours").out
    assert "You don't begin with" not in ours


def test_my_version_cannot_be_the_beginning_where_there_is_none(workbook: Workbook):
    said = workbook("start", "3", "--from", "mine")
    assert said.status == 2
    assert "There's no answers/step02_response_model/main.py to begin" in said.err


def test_a_version_that_is_there_is_left_alone_and_told_how_to_begin_again(
    workbook: Workbook,
):
    workbook("start", "2")
    said = workbook("start", "2")
    assert said.status == 2
    assert "exists already and was left alone. To begin again" in said.err
    assert said.err.endswith("workbook start 2 --again\n")


# Without STEP, after a pass.


@pytest.mark.parametrize("command", ["check", "hint"])
def test_after_a_pass_a_command_without_a_step_is_about_that_step(
    here: Path, workbook: Workbook, write: Write, played: Played, command: str
):
    write("2", RIGHT)
    passed(here, STEP2.name)
    played(Outcome([PASSED]))
    said = workbook(command)
    assert said.status == 0
    assert STEP2.name in said.out or "Your step 2 passes" in said.out
    assert said.err.startswith(
        "This is step 2, the last one that you passed. "
        "You haven't started step 3 yet.\n"
    )


def test_diff_without_a_step_shows_what_the_passed_one_changed(
    here: Path, workbook: Workbook, write: Write
):
    write("2", RIGHT)
    passed(here, STEP2.name)
    assert workbook("diff").out == workbook("diff", "2").out
    assert workbook("diff", "--mine").out == workbook("diff", "2", "--mine").out


def test_run_without_a_step_serves_the_one_at_hand(
    here: Path, workbook: Workbook, write: Write, monkeypatch: pytest.MonkeyPatch
):
    served: list[str] = []

    def serve(launch: serving.Launch, port: int, title: str) -> int:
        served.append(title)
        return 0

    monkeypatch.setattr(serving, "serve", serve)
    monkeypatch.setattr(serving, "must_be_free", lambda port, typed: None)
    workbook("run")
    write("2", RIGHT)
    passed(here, STEP2.name)
    workbook("run")
    write("3", RIGHT)
    workbook("run", "--answers")
    (here / "answers").rename(here / "elsewhere")
    # Ours are served from any folder.
    workbook("run")
    titles = [title.partition(":")[0] for title in served]
    assert titles == ["Step 1", "Step 2", "Your step 3", "Step 1"]


def test_a_step_that_is_begun_is_the_one_that_is_meant(
    here: Path, workbook: Workbook, write: Write
):
    write("2", RIGHT)
    passed(here, STEP2.name)
    write("3", RIGHT)
    said = workbook("diff")
    assert said.out == workbook("diff", "3").out
    assert said.err == ""


# Demo.


def test_the_demo_attacks_step_1_with_real_requests(workbook: Workbook):
    said = workbook("demo")
    assert said.status == 0
    assert "Authorization: Bearer johndoe'" in said.out
    assert "fakehashedsecret  =  fakehashed + secret" in said.out
    assert "-d 'grant_type=password&username=johndoe&password=secret'" in said.out
    assert '200 {"access_token":"johndoe"' in said.out
    assert "workbook attack 1" in said.out
    assert "any key" not in said.out


def test_the_requests_of_the_demo_are_for_the_server_that_it_says_how_to_start(
    workbook: Workbook,
):
    """Its own is gone by the time somebody has copied them."""
    said = workbook("demo").out
    assert re.findall(r"http://\S+?(?=/)", said) == ["http://127.0.0.1:8000"] * 2
    assert "workbook run 1 " in said


# Where it is shown.


PIPED = {
    "home": [],
    "start": ["start", "3"],
    "check --all": ["check", "2", "--all"],
    "hint": ["hint", "2"],
    "diff": ["diff", "2"],
    "diff --mine": ["diff", "2", "--mine"],
}


@pytest.mark.parametrize(
    "words",
    [
        # A check takes a second or two.
        pytest.param(words, id=name, marks=[pytest.mark.long] if "2" in words else [])
        for name, words in PIPED.items()
    ],
)
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
