"""`workbook attack`: each attack with its evidence, against this machine alone."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.attacks.other_app import OPTIONS, other_app
from workbook.attacks import ATTACKS, CLASSICS
from workbook.ladder import ROOT, find
from workbook.mistakes import mistakes, write_answer
from workbook.notebook import serve


def attack(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workbook.cli", "attack", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def last_of(shown: str) -> str:
    """The last paragraph, on one line."""
    return " ".join(shown.rpartition("\n\n")[2].split())


def test_each_attack_is_told_with_its_evidence_and_where_it_ends():
    done = attack("1")
    assert done.returncode == 1
    assert done.stdout.startswith("Attacks on step 1\n")
    assert "✗ Reverse the stolen hash: got through" in done.stdout
    assert "johndoe@example.com" in done.stdout
    assert "It's stopped at step 3, bcrypt." in done.stdout
    through = sum(attack.is_open_at(find("1")) for attack in ATTACKS)
    assert last_of(done.stdout) == (
        f"{through} of this workbook's {len(ATTACKS)} attacks got through, and 0 of "
        f"{len(CLASSICS)} well-known ones. --all shows the others, too."
    )
    # What was stopped is in that line, and nowhere else.
    assert "stopped\n" not in done.stdout
    assert len(done.stdout.splitlines()) < 40


@pytest.mark.long
def test_what_the_step_has_stopped_is_named():
    stops = [one.title for one in ATTACKS if one.closes == find("2").name]
    assert stops
    done = attack("2")
    assert f"\n✓ stopped at this step: {', '.join(stops)}\n" in done.stdout
    assert done.stdout.count("stopped at this step") == 1


@pytest.mark.long
def test_an_answer_is_attacked_like_a_step_and_told_in_json(tmp_path: Path):
    main = tmp_path / find("2").name / "main.py"
    main.parent.mkdir()
    main.write_bytes(find("2").main.read_bytes())
    done = attack("2", "--answers", str(tmp_path), "--json")
    told = {entry["attack"]: entry["got_through"] for entry in json.loads(done.stdout)}
    ladder = {attack.name: attack.is_open_at(find("2")) for attack in ATTACKS}
    assert told == ladder | {classic.name: False for classic in CLASSICS}


def test_json_has_the_attacks_of_the_ladder_first_and_says_what_opens_each():
    with serve(other_app()) as client:
        entries = json.loads(
            attack("--url", str(client.base_url), *OPTIONS, "--json").stdout
        )
    kinds = [entry["kind"] for entry in entries]
    assert kinds == ["ladder"] * len(ATTACKS) + ["classic"] * len(CLASSICS)
    first, last = entries[0], entries[-1]
    assert (first["opens"], first["mistake"]) == (ATTACKS[0].opens, None)
    assert (last["closes"], last["mistake"]) == (None, CLASSICS[-1].mistake)


@pytest.mark.long
def test_a_classic_that_gets_through_is_shown_with_the_mistake_that_opens_it(
    tmp_path: Path,
):
    step = find("4")
    classic = CLASSICS[1]
    (mistake,) = [one for one in mistakes(step) if one.name == classic.mistake]
    answers = write_answer(step, mistake, tmp_path / "answers")
    done = attack("4", "--answers", str(answers))
    assert done.returncode == 1
    _, _, classics = done.stdout.rpartition("\n\n✗")
    assert classics.startswith(f" {classic.title}: got through\n")
    assert f"This mistake at step 4 lets it through: {mistake.name}." in classics
    assert f"and 1 of {len(CLASSICS)} well-known ones." in last_of(done.stdout)
    assert "stopped\n" not in classics


@pytest.mark.long
def test_all_shows_the_attacks_that_were_stopped_as_well():
    done = attack("4", "--all")
    assert all(f"✓ {classic.title}: stopped" in done.stdout for classic in CLASSICS)
    assert all(f"{one.title}: " in done.stdout for one in ATTACKS)
    assert "--all" not in done.stdout


def test_any_app_on_this_machine_is_attacked_once_it_is_described():
    with serve(other_app()) as client:
        done = attack("--url", str(client.base_url), *OPTIONS, "--all")
    assert "jo@example.com's record came with data, and no hash." in done.stdout
    assert f"and 0 of {len(CLASSICS)} well-known ones" in last_of(done.stdout)
    assert done.stderr == ""


def test_without_a_login_the_options_that_describe_one_are_named():
    with serve(other_app()) as client:
        done = attack("--url", str(client.base_url))
    assert done.stderr.startswith(
        "johndoe could not log in with secret at /token: 404 Not Found. Most attacks "
        "need a login. Describe one that works: --username, --password"
    )
    assert done.stderr.count("\n") == 1
    last = last_of(done.stdout)
    assert re.search(
        r"\d+ couldn't be tried\. --all shows the others and says why\.$", last
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--url", "http://10.0.0.1"], "10.0.0.1 is not this machine's loopback"),
        (["--url", "http://example.com"], "lessons, not weapons"),
        (["--url", "http://127.0.0.1:9"], "Nobody answers at http://127.0.0.1:9"),
        *(
            pytest.param(*words_and_told, marks=pytest.mark.long)
            for words_and_told in (
                (["5", "--url", "http://127.0.0.1"], "Give STEP or --url, not both."),
                (["99"], "There is no step '99'"),
                (
                    ["1", "--answers", "nowhere"],
                    "There's no nowhere/step01_fake_hash/main.py",
                ),
                (["5", "--me-path", "/x"], "--me-path only works with --url."),
                (["--json-login"], "--json-login only works with --url."),
                (
                    ["--url", "http://127.0.0.1:9", "--me-path", "me"],
                    "'me' is no path: write",
                ),
            )
        ),
    ],
)
def test_what_cannot_be_attacked_is_refused_in_one_line(words: list[str], told: str):
    done = attack(*words)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_there_is_no_switch_that_lets_it_attack_another_machine():
    options = {
        word for word in attack("--help").stdout.split() if word.startswith("--")
    }
    described = {word for word in OPTIONS if word.startswith("--")}
    assert options == {"--answers", "--url", "--all", "--json", "--help"} | described
