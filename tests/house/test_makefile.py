"""The Makefile: what `make` prints that it would do."""

import os
import re
import shutil
import subprocess

import pytest

from workbook.ladder import ROOT

pytestmark = pytest.mark.skipif(
    not shutil.which("make"), reason="make is not installed"
)


def make(*arguments: str) -> str:
    # These tests run under `make test` too, whose own flags are not for this make.
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES")
    }
    return subprocess.run(
        ["make", "PYTHON=python3", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_run_sets_up_and_then_serves_the_step_that_was_asked_for() -> None:
    assert make("-n", "run", "STEP=5").splitlines() == [
        "python3 workbook/bootstrap.py --quiet",
        ".venv/bin/workbook run 5 --port 8000",
    ]


def test_run_serves_the_first_step_if_none_is_named() -> None:
    assert ".venv/bin/workbook run 1 --port 8001\n" in make("-n", "run", "PORT=8001")


def test_a_port_in_the_environment_is_somebody_elses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PORT", "80")
    monkeypatch.setenv("STEP", "deploy")
    assert ".venv/bin/workbook run 1 --port 8000\n" in make("-n", "run")


def test_setup_says_what_it_finds() -> None:
    assert make("-n", "setup") == "python3 workbook/bootstrap.py\n"


@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("test", ".venv/bin/pytest -p xdist -n auto --dist loadgroup"),
        ("docs", "NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs serve"),
        ("site", "NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict"),
        (
            "lab",
            ".venv/bin/jupyter lab --ServerApp.root_dir=. notebooks/index.ipynb",
        ),
        ("lint", ".venv/bin/mypy"),
    ],
)
def test_what_needs_the_venv_sets_it_up_first(target: str, command: str) -> None:
    commands = make("-n", target).splitlines()
    assert commands[0] == "python3 workbook/bootstrap.py --quiet"
    assert commands[-1].strip() == command


def test_make_alone_lists_the_targets() -> None:
    assert make() == make("help")
    assert "make run " in make()


def test_the_list_is_of_all_targets_that_people_call() -> None:
    listed = re.findall(r"^make (\w+) +\S", make("help"), re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)", makefile, re.MULTILINE)
    assert [*listed, "ready"] == phony.split()
    for target in listed:
        make("-n", target)
