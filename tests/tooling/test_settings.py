"""What HTTP does not show of the settings."""

import hashlib
import importlib
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from workbook import diffing
from workbook.ladder import Step, steps
from workbook.settings import environment, settings

WITH_SETTINGS = [step for step in steps() if (step.folder / "settings.py").is_file()]
EACH_WITH_SETTINGS = pytest.mark.parametrize(
    "step", WITH_SETTINGS, ids=lambda step: step.name
)


def settings_of(step: Step) -> Any:
    with environment(settings(step)):
        return importlib.import_module(f"steps.{step.name}.settings")


@EACH_WITH_SETTINGS
def test_a_dotenv_file_that_is_not_utf8_is_told_so_in_one_line(
    step: Step, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Windows PowerShell 5.1 writes UTF-16."""
    (tmp_path / ".env").write_text("SECRET_KEY=x", "utf-16")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=r"^\.env: not UTF-8, .* Save it as UTF-8\.$"):
        settings_of(step).load_settings()


@pytest.mark.parametrize(
    "part",
    [
        *("MINIMUM_KEY_BYTES", "MINIMUM_VARIETY", "PUBLISHED_KEYS"),
        *("def must_be_secret", "def can_sign", "def is_repeated", "def load_settings"),
    ],
)
def test_what_is_asked_of_a_key_is_the_same_at_every_step(part: str):
    """A step may add a setting. What it asks of a key, it asks like the others."""
    texts = [(step.folder / "settings.py").read_text("utf-8") for step in WITH_SETTINGS]
    assert len({diffing.pieces(text, "settings.py")[part] for text in texts}) == 1


def test_the_published_keys_are_the_same_at_every_step():
    files = [step.folder / "published_keys.py" for step in WITH_SETTINGS]
    assert len({file.read_bytes() for file in files}) == 1


@EACH_WITH_SETTINGS
def test_a_key_that_is_on_the_list_of_digests_alone_is_published(
    step: Step, monkeypatch: pytest.MonkeyPatch
):
    module, key = settings_of(step), settings(step)["SECRET_KEY"]
    assert module.must_be_secret(SecretStr(key))
    digest = hashlib.sha256(key.lower().encode()).hexdigest()[:10]
    published = importlib.import_module(f"steps.{step.name}.published_keys")
    monkeypatch.setattr(published, "DIGESTS", f"0123456789 {digest}")
    with pytest.raises(ValueError, match="published as an example"):
        module.must_be_secret(SecretStr(key.upper()))


@EACH_WITH_SETTINGS
@pytest.mark.parametrize(("minutes", "is_taken"), [(525_600, True), (525_601, False)])
def test_a_token_lives_for_a_year_at_most(
    step: Step, minutes: int, is_taken: bool, monkeypatch: pytest.MonkeyPatch
):
    module = settings_of(step)
    for name, value in settings(step).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ACCESS_TOKEN_EXPIRE_MINUTES", str(minutes))
    if is_taken:
        assert module.load_settings().access_token_expire_minutes == minutes
    else:
        with pytest.raises(SystemExit, match=r"^ACCESS_TOKEN_EXPIRE_MINUTES: "):
            module.load_settings()
