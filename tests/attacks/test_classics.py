"""Every classic attack gets through where its mistake was made, and nowhere else."""

from pathlib import Path

import httpx
import pytest

from workbook.attacks import CLASSICS, ClassicAttack, run, serving
from workbook.attacks.classics.crack_a_weak_key import WEAK_KEYS
from workbook.attacks.classics.key_server import serving_keys
from workbook.attacks.sign_with_published_key import PUBLISHED_KEY
from workbook.ladder import find
from workbook.mistakes import mistakes, write_answer

# The gate takes one of them as a sample.
SAMPLE = CLASSICS[0]


@pytest.mark.apart
@pytest.mark.parametrize(
    "classic",
    [
        pytest.param(one, id=one.name, marks=[] if one is SAMPLE else pytest.mark.long)
        for one in CLASSICS
    ],
)
def test_a_classic_gets_through_where_its_mistake_was_made_and_no_other_does(
    classic: ClassicAttack, tmp_path: Path
):
    step = find(classic.step)
    (mistake,) = [one for one in mistakes(step) if one.name == classic.mistake]
    answers = write_answer(step, mistake, tmp_path / "answers")
    with serving(step, answers) as target:
        attempts = {one.name: run(one, target) for one in CLASSICS}
    assert attempts[classic.name].evidence == classic.shows
    through = [name for name, attempt in attempts.items() if attempt.got_through]
    assert through == [classic.name]


def test_no_two_classics_are_opened_by_the_same_mistake():
    opened_by = [(classic.step, classic.mistake) for classic in CLASSICS]
    assert len(opened_by) == len(set(opened_by))


@pytest.mark.parametrize("classic", CLASSICS, ids=lambda classic: classic.name)
def test_a_classic_is_opened_by_a_mistake_of_the_bank(classic: ClassicAttack):
    names = [mistake.name for mistake in mistakes(find(classic.step))]
    assert classic.mistake in names


def test_the_weak_keys_are_different_and_the_published_one_is_left_to_the_ladder():
    keys = WEAK_KEYS.read_text("utf-8").splitlines()
    assert len(keys) == len(set(keys))
    assert all(keys)
    assert PUBLISHED_KEY not in keys


def test_the_key_server_serves_what_it_was_given_and_notes_what_was_fetched():
    with serving_keys() as keys, httpx.Client(trust_env=False) as client:
        known = client.get(keys.url_of("set.json", {"kty": "oct"}))
        unknown = client.get(keys.url_of("set.json", {}) + ".bak")
    assert known.json() == {"keys": [{"kty": "oct"}]}
    assert unknown.status_code == 404
    assert keys.asked == ["set.json", "set.json.bak"]
