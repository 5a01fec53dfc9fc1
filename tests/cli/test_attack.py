"""`workbook attack`: small stories with evidence, against this machine alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workbook.attacks import ATTACKS
from workbook.ladder import ROOT, find


def attack(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workbook.cli", "attack", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_attack_is_told_with_its_evidence_and_where_it_ends():
    done = attack("1")
    assert done.returncode == 1
    assert done.stdout.startswith("Attacks on step 1\n")
    assert "✗ Reverse the stolen hash: got through" in done.stdout
    assert "johndoe@example.com" in done.stdout
    assert "It ends at step 3, bcrypt." in done.stdout
    through = sum(attack.is_open_at(find("1")) for attack in ATTACKS)
    assert done.stdout.endswith(f"{through} of {len(ATTACKS)} got through.\n")


def test_an_answer_is_attacked_like_a_step_and_told_in_json(tmp_path: Path):
    main = tmp_path / find("2").name / "main.py"
    main.parent.mkdir()
    main.write_bytes(find("2").main.read_bytes())
    done = attack("2", "--answers", str(tmp_path), "--json")
    told = {entry["attack"]: entry["got_through"] for entry in json.loads(done.stdout)}
    assert told == {attack.name: attack.is_open_at(find("2")) for attack in ATTACKS}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--url", "http://10.0.0.1"], "10.0.0.1 is not this machine's loopback"),
        (["--url", "http://example.com"], "lessons, not weapons"),
        (["--url", "http://127.0.0.1:9"], "Nobody answers at http://127.0.0.1:9"),
        (["5", "--url", "http://127.0.0.1"], "Give STEP or --url, not both."),
        ([], "Say which step: workbook attack 5"),
        (["99"], "There is no step '99'"),
        (["1", "--answers", "nowhere"], "There is no nowhere/step01_fake_hash/main.py"),
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
    assert options == {"--answers", "--url", "--json", "--help"}
