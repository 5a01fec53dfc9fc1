"""The statistics, the file that keeps them, and how they are told."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from workbook.bench.figures import (
    FILE,
    QUANTITIES,
    Figures,
    Spread,
    gather,
    percentile,
    read,
    shares,
    spread,
    waits,
)
from workbook.bench.formatting import clients, number, when_and_where
from workbook.bench.machine import machine
from workbook.ladder import steps

HUNDRED = [float(value) for value in range(100, 0, -1)]


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        (HUNDRED, 50, 50),
        (HUNDRED, 99, 99),
        (HUNDRED, 100, 100),
        ([7.0], 50, 7),
        ([7.0], 99, 7),
        ([1.0, 9.0], 50, 1),
        ([1.0, 9.0], 51, 9),
    ],
)
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(
    values: list[float], percent: float, expected: float
):
    assert percentile(values, percent) == expected


def test_a_spread_is_the_median_with_the_least_and_the_most():
    assert spread([9.0, 1.0, 2.0]) == Spread(median=2.0, least=1.0, most=9.0)


def test_rounds_are_gathered_quantity_by_quantity():
    rounds = [{"made": 1.0, "read": 5.0}, {"made": 3.0, "read": 5.0}]
    assert gather(rounds) == {"made": (2.0, 1.0, 3.0), "read": (5.0, 5.0, 5.0)}


def test_waits_are_named_after_the_crowd():
    assert waits(HUNDRED, 16) == {"p50_16": 50.0, "p99_16": 99.0, "worst_16": 100.0}


def test_a_share_is_of_the_same_round():
    assert shares({"/empty": 4000.0, "step": 3000.0}, "/empty") == {
        "/empty": {"requests": 4000.0, "share": 1.0},
        "step": {"requests": 3000.0, "share": 0.75},
    }


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.0, "0"),
        (0.5754, "0.575"),
        (1.0, "1.00"),
        (24.13, "24.1"),
        (527.4, "527"),
        (3190.2, "3,190"),
    ],
)
def test_a_number_is_told_to_three_digits_that_count(value: float, told: str):
    assert number(value) == told


@pytest.mark.parametrize(
    ("how_many", "told"),
    [(0, "No client logs in"), (1, "1 client logs in"), (16, "16 clients log in")],
)
def test_a_crowd_is_told_as_a_person_would(how_many: int, told: str):
    assert clients(how_many) == told


# The file that is kept.


def test_what_was_written_is_read_again(tmp_path: Path):
    kept = read()
    kept.write(tmp_path / "bench.json")
    assert read(tmp_path / "bench.json") == kept


def test_figures_are_kept_to_four_digits(tmp_path: Path):
    replace(read(), busy=0.123456).write(tmp_path / "bench.json")
    assert json.loads((tmp_path / "bench.json").read_text("utf-8"))["busy"] == 0.1235


def test_the_kept_run_has_every_figure_of_each_step_that_is_measured():
    kept = read()
    crowd = ("p50", "p99", "worst", "logins")
    of_users = {name for name in QUANTITIES if name.startswith("lookup")}
    names = {name for name in QUANTITIES if name not in crowd} - of_users
    names |= {f"{name}_{many}" for name in crowd for many in kept.clients}
    names -= {"logins_0"}
    assert kept.clients == [0, 1, 4, 16]
    measured = [step.name for step in steps() if step.bench]
    assert list(kept.steps) == measured, "run: make bench"
    assert {name: set(of) for name, of in kept.steps.items()} == {
        step.name: names | (of_users if step.needs_database else set())
        for step in steps()
        if step.bench
    }


def test_every_kept_figure_is_a_median_within_its_range():
    kept = read()
    outside = [
        (name, quantity)
        for name, measured in (kept.steps | kept.routes).items()
        for quantity, (median, least, most) in measured.items()
        if not 0 < least <= median <= most
    ]
    assert outside == []


def test_the_kept_run_took_several_rounds():
    assert read().rounds >= 3


def test_the_kept_run_names_date_and_machine_and_nothing_of_its_owner():
    kept = read()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", kept.date)
    assert set(kept.machine) == set(machine())
    assert "/" not in "".join(kept.machine.values())
    assert re.search(r"on .+ with \d+ cores", when_and_where(kept))


def test_a_file_with_nothing_in_it_is_no_run(tmp_path: Path):
    (tmp_path / "bench.json").write_text("", "utf-8")
    with pytest.raises(ValueError, match="Expecting value"):
        read(tmp_path / "bench.json")


def test_the_file_can_be_read_by_people():
    """A quantity a line, so that the difference of two runs can be read."""
    lines = FILE.read_text("utf-8").splitlines()
    assert any(
        re.fullmatch(r' +"p99_16": \[[\d.]+, [\d.]+, [\d.]+\],?', line)
        for line in lines
    )
    assert isinstance(read(), Figures)
