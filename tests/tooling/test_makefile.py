"""The Makefile: what `make` prints that it would do."""

import os
import re
import shutil
import subprocess

import pytest

from workbook import bootstrap
from workbook.ladder import ROOT

pytestmark = pytest.mark.skipif(
    not shutil.which("make"), reason="make is not installed"
)


PYTEST = ".venv/bin/pytest -p xdist -n auto"
SET_UP = "sh workbook/bootstrap.sh --quiet"


def make(*arguments: str) -> str:
    # These tests run under `make test` too, whose own flags are not for this make.
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES", "PYTHON")
    }
    return subprocess.run(
        ["make", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_run_sets_up_and_then_serves_the_step_that_was_asked_for() -> None:
    assert make("-n", "run", "STEP=5").splitlines() == [
        f"{SET_UP} run",
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
    assert make("-n", "setup") == "sh workbook/bootstrap.sh all\n"


@pytest.mark.parametrize(
    ("target", "needs", "command"),
    [
        ("test", "test", f'{PYTEST} -m "not long"'),
        ("test-all", "all", f"{PYTEST} -m long"),
        ("docs", "docs", "NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs serve"),
        ("site", "docs", "NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict"),
        (
            "lab",
            "lab",
            ".venv/bin/jupyter lab --ServerApp.root_dir=. notebooks/index.ipynb",
        ),
        ("lint", "lint", ".venv/bin/lint-imports --no-cache"),
        ("ladder", "run", ".venv/bin/python -m workbook.ladder_files"),
        ("fuzz", "fuzz", f"{PYTEST} tests/fuzz --examples 1500"),
    ],
)
def test_what_needs_the_venv_sets_it_up_first(
    target: str, needs: str, command: str
) -> None:
    commands = make("-n", target).splitlines()
    assert commands[0] == f"{SET_UP} {needs}"
    assert commands[-1].strip() == command
    assert needs in bootstrap.TARGETS


def test_each_target_of_the_set_up_is_one_that_make_uses() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (ready,) = re.findall(r"^READY = (.+)", makefile, re.MULTILINE)
    assert {word.removeprefix("ready-") for word in ready.split()} == set(
        bootstrap.TARGETS
    )


def test_the_lock_is_of_all_layers() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (layers,) = re.findall(r"^LAYERS = (.+)", makefile, re.MULTILINE)
    assert ["run", *layers.split()] == list(bootstrap.LAYERS)


def test_make_alone_lists_the_targets() -> None:
    assert make() == make("help")
    assert "make run " in make()


def test_the_list_has_what_learners_need_before_what_maintainers_need() -> None:
    learners, maintainers = make("help").split("\nTo work on it:\n")
    assert learners.startswith("To use the workbook:\n  make help")
    for target in ("run", "docs", "lab", "test"):
        assert f"\n  make {target} " in learners
    assert "\n  make fingerprints " in maintainers


def test_the_list_is_of_all_targets_that_people_call() -> None:
    listed = re.findall(r"^  make ([a-z-]+) +\S", make("help"), re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)", makefile, re.MULTILINE)
    assert [*listed, "$(READY)"] == phony.split()
    for target in listed:
        make("-n", target)
