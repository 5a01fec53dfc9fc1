"""Correct apps that are written differently pass: a suite judges behaviour, not style.

Each folder in tests/variants is a set of answers in one style. Its `common/` has what
several steps share, and no state: an app that is started again must be a new one. An
answer that isn't in Python is a server, which is checked at its URL.
"""

import importlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.checking.apps import KEY
from workbook.checking import run
from workbook.ladder import ROOT, Step, find, sources, steps

VARIANTS = ROOT / "tests" / "variants"
CONTRACTS = ROOT / "tests" / "steps" / "contract"
STYLES = sorted(path.name for path in VARIANTS.iterdir() if path.name[0] not in "_.")
COMPLETE = [
    style
    for style in STYLES
    if all((VARIANTS / style / step.name).is_dir() for step in steps())
]
NO_NODE = "no Node: install one (apt install nodejs)"


def styles_of(step: Step) -> list[str]:
    """The styles that have a variant of the step."""
    return [style for style in STYLES if (VARIANTS / style / step.name).is_dir()]


def shared_behaviours(step: Step) -> set[str]:
    """The behaviours of the step's suite that a module of the contract has: other steps
    take them from there, so they must be true of any correct app."""
    suite = importlib.import_module(f"tests.steps.test_{step.name}")
    return {
        name
        for name, test in vars(suite).items()
        if name.startswith("test_")
        and Path(test.__code__.co_filename).is_relative_to(CONTRACTS)
    }


def cases(style: str) -> list[Any]:
    """The steps that a style has in Python. In the gate one is checked, of one style:
    the first that has all."""
    written = [
        step for step in steps() if (VARIANTS / style / step.name / "main.py").is_file()
    ]
    in_the_gate = written[4:5] if style in COMPLETE[:1] else []
    return [
        pytest.param(
            step,
            style,
            id=f"{style}-{step.name}",
            marks=[] if step in in_the_gate else pytest.mark.long,
        )
        for step in written
    ]


@pytest.mark.apart
@pytest.mark.parametrize(
    ("step", "style"), [case for style in STYLES for case in cases(style)]
)
def test_a_correct_variant_passes(step: Step, style: str):
    outcome = run(step, answers=VARIANTS / style, is_ours=True)
    assert not outcome.problem
    assert [str(result.failure or result.reason) for result in outcome.failed] == []
    assert outcome.all_passed


@pytest.fixture
def node_url() -> Iterator[str]:
    """The URL of the variant in Node, on a port that was free. Without Node the test is
    skipped. Under `CI=true` it fails: nobody reads the skips of a machine."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NO_NODE)
        pytest.skip(NO_NODE)
    main = VARIANTS / "node_http" / "step05_expiry" / "main.mjs"
    with subprocess.Popen([node, main], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            # It prints its port once it is ready.
            port = server.stdout.readline().strip()
            assert port, "it ended before it was ready"
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


@pytest.mark.long
@pytest.mark.apart
def test_a_correct_server_in_another_language_passes(node_url: str):
    step = find("step05_expiry")
    outcome = run(step, url=node_url, secret_key=KEY)
    assert not outcome.problem
    assert [str(result.failure or result.reason) for result in outcome.failed] == []
    assert outcome.all_passed
    skipped = {result.reason for result in outcome.results} - {""}
    assert [reason for reason in skipped if "not possible at a URL" not in reason] == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("issuer", "audience"), [("1", "2"), ("o", "o"), ("É", "https://api.me.example/")]
)
def test_issuer_and_audience_may_have_any_name(
    tmp_path: Path, issuer: str, audience: str
):
    step = find("step08_strict_tokens")
    folder = tmp_path / step.name
    folder.mkdir()
    for file, text in sources(step.modules).items():
        text = re.sub(r"(?m)^ISSUER = .*", f'ISSUER = "{issuer}"', text)
        text = re.sub(r"(?m)^AUDIENCE = .*", f'AUDIENCE = "{audience}"', text)
        (folder / file).write_text(text, "utf-8")
    assert f'AUDIENCE = "{audience}"' in (folder / "tokens.py").read_text("utf-8")
    outcome = run(step, answers=tmp_path)
    assert [str(result.failure or result.reason) for result in outcome.failed] == []
    assert outcome.all_passed, outcome.problem


SIGN_UP = """

class NewUser(BaseModel):
    username: str
    password: str


@app.post("/register", status_code=201)
async def register(new: NewUser):
    if new.username in fake_users_db:
        raise HTTPException(status_code=409, detail="That name is taken")
    fake_users_db[new.username] = {
        "username": new.username,
        "hashed_password": get_password_hash(new.password),
        "disabled": False,
    }
    return {"username": new.username}
"""


@pytest.mark.long
def test_an_app_in_which_people_can_sign_up_passes(tmp_path: Path):
    """It says which names are taken, as every such app does."""
    step = find("step05_expiry")
    (tmp_path / step.name).mkdir()
    main = tmp_path / step.name / "main.py"
    main.write_text(step.main.read_text("utf-8") + SIGN_UP, "utf-8")
    outcome = run(step, answers=tmp_path)
    assert [str(result.failure or result.reason) for result in outcome.failed] == []
    assert outcome.all_passed, outcome.problem


def test_a_step_has_variants_in_two_styles_or_in_none():
    assert [step.name for step in steps() if len(styles_of(step)) == 1] == []


def test_every_shared_behaviour_is_one_of_a_step_that_has_variants():
    """A step that changes what HTTP shows has a new module of the contract. Its
    behaviours have to pass for other correct apps, too."""
    shared: set[str] = set().union(*map(shared_behaviours, steps()))
    proven: set[str] = set().union(
        *(shared_behaviours(step) for step in steps() if styles_of(step))
    )
    assert len(shared) > 100
    assert sorted(shared - proven) == []


def test_every_folder_of_a_style_is_a_step_or_what_its_steps_share():
    known = {step.name for step in steps()} | {"common"}
    folders = [path for style in STYLES for path in (VARIANTS / style).iterdir()]
    assert [
        str(path.relative_to(VARIANTS))
        for path in folders
        if path.name not in known | {"__pycache__"}
    ] == []
