"""A ladder of three made-up steps, for what has to work with steps of several files:
`settings.py` comes at the second, and the third moves a function to `tokens.py`."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import Field, fields
from pathlib import Path

import pytest

from workbook import ladder
from workbook.ladder import Step

MAKE_TOKEN = '''def make_token(username: str) -> str:
    """Whose token it is, and what signs it."""
    return f"{username}:{SECRET_KEY}"
'''
ALONE = f'''"""Step 1: all in one file."""

from fastapi import FastAPI

SECRET_KEY = "published"

app = FastAPI()


{MAKE_TOKEN}

@app.post("/token")
async def login():
    return {{"access_token": make_token("johndoe")}}
'''
WITH_SETTINGS = ALONE.replace("Step 1: all in one file", "Step 2: two files").replace(
    'import FastAPI\n\nSECRET_KEY = "published"\n',
    "import FastAPI\n\nfrom .settings import SECRET_KEY\n",
)
SETTINGS = '''"""What differs between deployments."""

import os

SECRET_KEY = os.environ["SECRET_KEY"]


def is_long(key: str) -> bool:
    return len(key) >= 32
'''
WITH_TOKENS = (
    WITH_SETTINGS.replace("Step 2: two", "Step 3: three")
    .replace("from .settings import SECRET_KEY", "from .tokens import make_token")
    .replace(f"{MAKE_TOKEN}\n\n", "")
)
TOKENS = f'''"""What is handed out."""

from uuid import uuid4

from .settings import SECRET_KEY


{MAKE_TOKEN.replace('KEY}"', 'KEY}:{uuid4()}"')}'''

STEPS = {
    "step01_alone": {"main.py": ALONE},
    "step02_settings": {"main.py": WITH_SETTINGS, "settings.py": SETTINGS},
    "step03_tokens": {
        "main.py": WITH_TOKENS,
        "settings.py": SETTINGS,
        "tokens.py": TOKENS,
    },
}


@contextmanager
def small_ladder_in(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Step, ...]]:
    """Writes the steps below `root`, and makes them the ladder while it is open."""
    entries = []
    for name, files in STEPS.items():
        (root / "steps" / name).mkdir(parents=True)
        for file, source in {"__init__.py": "", **files}.items():
            (root / "steps" / name / file).write_text(source, "utf-8")
        (root / "docs" / "steps").mkdir(parents=True, exist_ok=True)
        (root / "docs" / "steps" / f"{name}.md").write_text(f"# {name}\n", "utf-8")
        lines = [f'{field.name} = "{name}"' for field in fields(Step) if is_text(field)]
        entries.append("\n".join(["[[step]]", *lines, ""]))
    (root / "steps" / "ladder.toml").write_text("\n".join(entries), "utf-8")
    package = importlib.import_module("steps")
    with monkeypatch.context() as patch:
        patch.setattr(ladder, "ROOT", root)
        patch.setattr(package, "__path__", [str(root / "steps")])
        ladder.steps.cache_clear()
        yield ladder.steps()
    ladder.steps.cache_clear()
    # Another test writes them to another folder.
    for name in [name for name in sys.modules if name.startswith("steps.")]:
        if name.split(".")[1] in STEPS:
            del sys.modules[name]


def is_text(field: Field) -> bool:
    return field.type is str
