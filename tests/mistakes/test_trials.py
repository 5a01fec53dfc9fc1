"""A name is said where it's right. The figures of `trials.py`, and their bounds."""

import pytest

from tests.mistakes.trials import (
    REWRITES,
    Said,
    Trial,
    figures,
    forgotten,
    pairs,
    rewritten,
    said_of,
    sample,
    styled,
    tried,
)
from workbook.checking import Evidence, Failure, Outcome, Result
from workbook.ladder import find, steps
from workbook.mistakes import Cause, Diagnosis, Suspect, mistakes

STEP = find("5")
# Of the trials that are run, so many of each kind: half a minute of processor time.
COUNT = 8


@pytest.mark.long
def test_one_confident_name_in_twenty_may_be_wrong():
    """Known mistakes in other styles and in pairs."""
    said = tried(sample([find(number) for number in "1345"], COUNT))
    counts = figures(said)["all"]
    shown = [(str(one.trial), one.text) for one in said if one.verdict == "wrong"]
    assert 20 * counts["wrong"] <= counts["right"] + counts["wrong"], shown
    assert 2 * counts["right"] >= len(said), counts


@pytest.mark.long
def test_a_mistake_that_the_bank_forgot_is_seldom_taken_for_another():
    said = [one for step in steps() for one in forgotten(step)]
    wrong = [(str(one.trial), one.text) for one in said if one.verdict == "wrong"]
    assert len(said) > 300
    assert 20 * len(wrong) <= len(said), wrong


def test_every_styled_mistake_is_one_of_the_bank():
    made = list(styled())
    assert len(made) > 70
    for trial in made:
        assert set(trial.truth) <= {mistake.name for mistake in mistakes(trial.step)}


def test_each_way_of_rewriting_changes_many_mistakes():
    made = [trial.kind for trial in rewritten(STEP)]
    assert all(made.count(kind) > 10 for kind in REWRITES)


def test_a_pair_has_both_mistakes():
    trial = next(iter(pairs(STEP)))
    first, second = (
        next(mistake for mistake in mistakes(STEP) if mistake.name == name)
        for name in trial.truth
    )
    assert all(edit.new.strip() in trial.files["main.py"] for edit in first.edits)
    assert all(edit.new.strip() in trial.files["main.py"] for edit in second.edits)


MISTAKE = mistakes(STEP)[0]
TRIAL = Trial("a style", STEP, (MISTAKE.name,), {})
OTHER = Trial("a style", STEP, ("another",), {})
LIKELY = Diagnosis(suspects=[Suspect(MISTAKE, 0.9, is_likely=True)])
GUESS = Diagnosis(suspects=[Suspect(MISTAKE, 0.5)])


@pytest.mark.parametrize(
    ("trial", "found", "verdict"),
    [
        (TRIAL, LIKELY, "right"),
        (OTHER, LIKELY, "wrong"),
        (OTHER, GUESS, "silent"),
        (OTHER, Diagnosis(), "silent"),
        (OTHER, Diagnosis(Cause("it", "It.")), "cause"),
    ],
)
def test_what_is_said_is_right_or_wrong_or_silence(
    trial: Trial, found: Diagnosis, verdict: str
):
    said = said_of(trial, found)
    assert said.verdict == verdict
    assert figures([said])["all"] == {verdict: 1}


def test_a_name_for_an_uncaught_exception_is_wrong():
    """The traceback knows better, even where the name is that of the mistake."""
    asked = Evidence("POST /token", 500)
    crash = Failure("", "", "", "", "", [], "KeyError: 'x'", asked)
    outcome = Outcome([Result("test_it", "failed", crash)])
    assert said_of(TRIAL, LIKELY, outcome) == Said(
        TRIAL, "wrong", f"0.90 {MISTAKE.name}"
    )
