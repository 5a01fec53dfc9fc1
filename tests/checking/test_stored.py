"""A check of a folder looks at what the app stores: nothing gives a password away."""

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workbook.checking import CheckWorker, Outcome
from workbook.checking.stored import weak_values, wrong_hashes
from workbook.ladder import find
from workbook.mistakes import diagnose

STEP2, STEP3 = find("2"), find("3")
HASHED = '"$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW"'
SAME_SALT = '"$2b$12$EixZaYVK1fsbw1ZfbX3OXea2SNIulW74uf5sT39SyLpi7sHx4oaJ6"'
FAKE = '"fakehashedsecret"'

CLEAN = {
    "our table": f'users = {{"johndoe": {{"hashed_password": {HASHED}}}}}',
    "a hash made at the start": "users = {'johndoe': {'hash': str(hash('secret'))}}",
    "words that are no record": 'fields = {"client_secret": "a secret"}',
    "the name of a key": 'settings = {"SECRET_KEY": "x"}',
    "an example of a model": (
        "class User:\n"
        "    model_config = {'example': {'username': 'johndoe', 'password': 'secret'}}"
    ),
    "a circle": "users = {'johndoe': {}}\nusers['johndoe']['all'] = users",
}
READABLE = {
    f'users = {{"johndoe": {{"hashed_password": {FAKE}}}}}': (
        "users['johndoe']['hashed_password'] is 'fakehashedsecret'"
    ),
    "import hashlib\nusers = {'johndoe': {'q': hashlib.md5(b'secret').hexdigest()}}": (
        "users['johndoe']['q'] is the md5 of the password"
    ),
    (
        "import base64, hashlib\n"
        "users = {'alice': base64.b64encode(hashlib.sha256(b'secret2').digest())}"
    ): "users['alice'] is the sha256 of the password",
    "import hashlib\nright = {'$2b$12': hashlib.sha256(b'secret').hexdigest()}": (
        "right['$2b$12'] is the sha256 of the password"
    ),
    f"users = {{'johndoe': {HASHED}, 'alice': {SAME_SALT}}}": (
        "users['johndoe'] and app_that_stores.py: users['alice'] have the same salt"
    ),
    "users = {'alice': 'secret2'}": "users['alice'] is 'secret2'",
    "users = {'johndoe': b'my-secret'}": "users['johndoe'] is 'my-secret'",
    "users = [('johndoe', 'SECRET')]": "users[0][1] is 'SECRET'",
    "users = [{'name': 'johndoe', 'hash': 'secret'}]": "users[0]['hash'] is 'secret'",
    "users = {1: {'username': 'johndoe', 'more': {'pw': 'secret'}}}": (
        "users[1]['more']['pw'] is 'secret'"
    ),
    (
        "class User:\n"
        "    def __init__(self): self.name, self.hash = 'johndoe', 'fakesecret'\n"
        "users = [User()]"
    ): "users[0].hash is 'fakesecret'",
    (
        "class Profile:\n"
        "    def __init__(self): self.name = 'johndoe'\n"
        "class Account:\n"
        "    def __init__(self): self.profile, self.hash = Profile(), 'secret'\n"
        "class Store:\n"
        "    accounts = [Account()]\n"
    ): "Store.accounts[0].hash is 'secret'",
}


@pytest.fixture
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable]:
    """`imported(source)`: a module of the app, in a folder that is searched."""
    monkeypatch.syspath_prepend(tmp_path)
    name = "app_that_stores"

    def imported(source: str) -> list[str]:
        (tmp_path / f"{name}.py").write_text(source, "utf-8")
        importlib.invalidate_caches()
        importlib.import_module(name)
        return weak_values(tmp_path.resolve())

    yield imported
    sys.modules.pop(name, None)


@pytest.mark.parametrize("source", CLEAN.values(), ids=CLEAN)
def test_data_without_a_password_is_fine(imported: Callable, source: str):
    assert imported(source) == []


@pytest.mark.parametrize(("source", "found"), READABLE.items(), ids=READABLE.values())
def test_a_password_that_can_be_read_is_found_in_any_shape(
    imported: Callable, source: str, found: str
):
    assert imported(source) == [f"app_that_stores.py: {found}"]


@pytest.fixture(scope="module")
def with_fake_hashes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Step 3 that answers as it must, and keeps the fake hashes of step 2."""
    answers = tmp_path_factory.mktemp("answers")
    source = STEP3.main.read_text("utf-8")
    table = STEP2.main.read_text("utf-8")
    table = table[table.index("fake_users_db") : table.index("class User")]
    source = (
        source[: source.index("fake_users_db")]
        + table
        + source[source.index("class User") :]
    ).replace(
        "pwd_context.verify(plain_password, hashed_password)",
        'hashed_password == "fakehashed" + plain_password',
    )
    (answers / STEP3.name).mkdir()
    (answers / STEP3.name / "main.py").write_text(source, "utf-8")
    return answers


def check(answers: Path) -> Outcome:
    with contextlib.closing(CheckWorker()) as worker:
        return worker.check(STEP3, answers=answers)


@pytest.mark.long
def test_a_step_with_fake_hashes_left_in_its_table_does_not_pass(
    with_fake_hashes: Path,
):
    outcome = check(with_fake_hashes)
    assert outcome.failed == []
    assert outcome.stored == [
        "fake_users_db['johndoe']['hashed_password'] is 'fakehashedsecret'",
        "fake_users_db['alice']['hashed_password'] is 'fakehashedsecret2'",
    ]
    assert not outcome.all_passed


@pytest.mark.long
def test_nothing_is_looked_for_in_our_own_step():
    with contextlib.closing(CheckWorker()) as worker:
        outcome = worker.check(STEP3)
    assert outcome.stored == []
    assert outcome.all_passed


WRONG_HASH = {
    "alice has johndoe's": (
        f"users = {{'johndoe': {{'h': {HASHED}}}, 'alice': {{'h': {HASHED}}}}}",
        {"alice": "app_that_stores.py: users['alice']['h']"},
    ),
    "a list of records": (
        f"users = [{{'username': 'alice', 'h': {HASHED}}}]",
        {"alice": "app_that_stores.py: users[0]['h']"},
    ),
    "the right one": (f"users = {{'johndoe': {HASHED}}}", {}),
    "half a hash": ("users = {'johndoe': '$2b$12$EixZa'}", {}),
    "no hash": ("users = {'johndoe': 'x'}", {}),
}


@pytest.mark.parametrize(("source", "found"), WRONG_HASH.values(), ids=WRONG_HASH)
def test_a_hash_of_another_password_is_found(
    imported: Callable, tmp_path: Path, source: str, found: dict[str, str]
):
    imported(source)
    assert wrong_hashes(tmp_path.resolve()) == found


def edited(tmp_path: Path, old: str, new: str) -> Outcome:
    """The outcome of our step 3 with this edit."""
    source = STEP3.main.read_text("utf-8")
    assert source.count(old) == 1
    (tmp_path / STEP3.name).mkdir()
    main = tmp_path / STEP3.name / "main.py"
    main.write_text(source.replace(old, new), "utf-8")
    return check(tmp_path)


@pytest.mark.long
def test_a_table_with_the_hash_of_another_password_is_named_as_the_cause(
    tmp_path: Path,
):
    alices = "$2b$12$sUIdMeDwel2r3mlLDN5OeONUf7bueeCQ9RA6Xoxx8iYE7CcIVzSXq"
    outcome = edited(tmp_path, alices, HASHED.strip('"'))
    cause = diagnose(STEP3, outcome).cause
    assert cause is not None
    assert cause.name == "alice's stored hash isn't a hash of secret2"
    shown = outcome.failed[0].failure
    assert shown is not None
    assert shown.difference == "the status is 401, not 200"


@pytest.mark.long
def test_a_login_that_hashes_again_ends_the_check_early(tmp_path: Path):
    """Each of its logins costs a new hash, and all are refused."""
    outcome = edited(
        tmp_path,
        "pwd_context.verify(plain_password, hashed_password)",
        "get_password_hash(plain_password) == hashed_password",
    )
    assert outcome.hashes_anew
    assert outcome.unrun > 100
    assert outcome.total == len(outcome.results) + outcome.unrun
    cause = diagnose(STEP3, outcome).cause
    assert cause is not None
    assert cause.name.startswith("each hash has a new salt")
    assert "pwd_context.verify" in cause.diagnosis
