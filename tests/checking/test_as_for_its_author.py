"""An app runs here as it runs for its author: `uvicorn main:app` in its own folder."""

import ast
import contextlib
import importlib
import json
import os
import re
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.checking.apps import (
    KEY,
    KEY_LINE,
    RIGHT,
    STEP,
    TABLE,
    USERS,
    edited,
    must_work,
    refusal_of,
    served,
    written,
)
from workbook.checking import NoApp, Sandbox, Server, run
from workbook.checking.imports import PLACES
from workbook.checking.inprocess import serve
from workbook.ladder import find


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Suites that run in the same process have a key in its environment."""
    monkeypatch.delenv("SECRET_KEY", raising=False)


MODELS = f"from pydantic import BaseModel\n\n{USERS}"
SECURITY = (
    "from passlib.context import CryptContext\n"
    'pwd_context = CryptContext(schemes=["bcrypt"])\n'
)
WITHOUT_MODELS = (USERS, "")
CONTEXT = ('pwd_context = CryptContext(schemes=["bcrypt"])\n', "")
FROM_DOTENV = (
    KEY_LINE,
    "import os\nfrom dotenv import load_dotenv\nload_dotenv()\n"
    'SECRET_KEY = os.getenv("SECRET_KEY")',
)
BY_SETTINGS = (
    KEY_LINE,
    "from pydantic_settings import BaseSettings\n"
    "class Settings(BaseSettings):\n"
    "    secret_key: str\n"
    '    model_config = {"env_file": ".env"}\n'
    "SECRET_KEY = Settings().secret_key",
)
FROM_PATH = (
    KEY_LINE,
    "from pathlib import Path\nfrom dotenv import dotenv_values\n"
    'SECRET_KEY = dotenv_values(Path(__file__).parent / ".env")["SECRET_KEY"]',
)
FROM_JSON = (TABLE, 'import json\nfake_users_db = json.load(open("users.json"))\n\n')
USERS_JSON = json.dumps(ast.literal_eval(TABLE.partition(" = ")[2]))
ROUTER = (
    "from fastapi import APIRouter\nrouter = APIRouter()\n"
    "@router.get('/ping')\ndef ping():\n    return 'pong'\n"
)
INCLUDED = f"{RIGHT}\nfrom PLACE import ping\napp.include_router(ping.router)\n"
FORM = "Annotated[OAuth2PasswordRequestForm, Depends()]"
AS_FACTORY = edited(
    ("app = FastAPI()", "from fastapi import APIRouter\nrouter = APIRouter()"),
    ("@app.", "@router."),
)


def database() -> bytes:
    """A file of SQLite with the users in it."""
    with contextlib.closing(sqlite3.connect(":memory:")) as users:
        users.execute("create table it (users)")
        users.execute("insert into it values (?)", [USERS_JSON])
        users.commit()
        return users.serialize()


PRINTS = edited(
    (
        "    user = authenticate",
        '    print("half" + chr(0xD800) if form_data.client_id else "whole")\n'
        "    user = authenticate",
    )
)

# Each is accepted by `uvicorn main:app` in its folder.
ACCEPTED = {
    "a module beside it": {
        "main.py": edited(("class User(", "from models import *\n\n\nclass _User(")),
        "models.py": MODELS,
    },
    "a module beside it, with a dot": {
        "main.py": edited(("class User(", "from .models import *\n\n\nclass _User(")),
        "models.py": MODELS,
    },
    "modules that import each other's": {
        "main.py": edited(("class User(", "from models import *\n\n\nclass _User(")),
        "models.py": f"from base import BaseModel\n\n{USERS}",
        "base.py": "from pydantic import BaseModel\n",
    },
    "a folder": {
        "main.py": INCLUDED.replace("PLACE", "routers"),
        "routers/__init__.py": "",
        "routers/ping.py": ROUTER,
    },
    "a folder without __init__.py": {
        "main.py": INCLUDED.replace("PLACE", "routers"),
        "routers/ping.py": ROUTER,
    },
    "a folder app": {
        "main.py": INCLUDED.replace("PLACE", "app.routers"),
        "app/routers/ping.py": ROUTER,
    },
    "a module that imports main": {
        "main.py": INCLUDED.replace("PLACE", "routers"),
        "routers/ping.py": f"import main\nassert main.KEY_OF\n{ROUTER}",
    },
    "an import in a function": {
        "main.py": edited(
            ("    user = authenticate", "    import models\n    user = authenticate")
        ),
        "models.py": "",
    },
    "a key in .env": {"main.py": edited(FROM_DOTENV), ".env": f"SECRET_KEY={KEY}\n"},
    "a key in .env, by its path": {
        "main.py": edited(FROM_PATH),
        ".env": f"SECRET_KEY={KEY}\n",
    },
    "a key in .env, by settings": {
        "main.py": edited(BY_SETTINGS),
        ".env": f"SECRET_KEY={KEY}\n",
    },
    "an app in a folder, as in a larger project": {
        "main.py": "from app.main import app\n",
        "app/__init__.py": "",
        "app/main.py": edited(
            ("class User(", "from .models import *\n\n\nclass _User("),
            ("app = FastAPI()", "from app.models import User\napp = FastAPI()"),
        ),
        "app/models.py": MODELS,
    },
    "users in a database": {
        "main.py": edited(
            (
                TABLE,
                "import json, sqlite3\nfake_users_db = json.loads(sqlite3.connect("
                "'users.db').execute('select users from it').fetchone()[0])\n\n",
            )
        ),
        "users.db": database(),
    },
    "a database of SQLAlchemy's": {
        "main.py": "from sqlalchemy import create_engine, text\n"
        "engine = create_engine('sqlite:///./new.db')\n"
        "with engine.begin() as c:\n    c.execute(text('create table users (name)'))\n"
        f"engine.dispose()\n{RIGHT}"
    },
    "users in a file": {"main.py": edited(FROM_JSON), "users.json": USERS_JSON},
    "an app factory": {
        "main.py": f"{AS_FACTORY}\n\ndef app():\n    made = FastAPI()\n"
        "    made.include_router(router)\n    return made\n"
    },
    "an app that a factory made": {
        "main.py": f"{AS_FACTORY}\n\ndef create_app():\n    made = FastAPI()\n"
        "    made.include_router(router)\n    return made\n\napp = create_app()\n"
    },
    "UTF-8 with a mark at its beginning": {"main.py": b"\xef\xbb\xbf" + RIGHT.encode()},
    "a server below the guard": {
        "main.py": f'{RIGHT}\nif __name__ == "__main__":\n'
        "    import uvicorn\n    uvicorn.run(app)\n"
    },
    "an argument parser with defaults": {
        "main.py": "import argparse\np = argparse.ArgumentParser()\n"
        f"p.add_argument('--debug')\nargs = p.parse_args()\n{RIGHT}"
    },
}
ACCEPTED["a module that imports main"]["main.py"] = "KEY_OF = 1\n" + str(
    ACCEPTED["a module that imports main"]["main.py"]
)


@pytest.fixture(autouse=True)
def nothing_is_left(request: pytest.FixtureRequest):
    """Neither modules nor variables, nor the folder."""
    modules = set(sys.modules)
    variables, folder = dict(os.environ), os.getcwd()
    yield
    names = {"models", "routers", "app", "main", "base", "database", STEP.name}
    assert not {
        name for name in sys.modules.keys() - modules if name.split(".")[0] in names
    }
    assert not [folder for folder in sys.path if "/workbook-" in folder]
    assert os.getcwd() == folder
    # pytest says in one of them which test it is at.
    added = {n: v for n, v in os.environ.items() if variables.get(n) != v}
    assert added.keys() <= {"PYTEST_CURRENT_TEST"}


@pytest.mark.parametrize("files", ACCEPTED.values(), ids=ACCEPTED)
def test_an_app_that_runs_in_its_folder_runs_here(
    tmp_path: Path, files: dict[str, str | bytes]
):
    with served(tmp_path, files) as server:
        must_work(server)


def test_an_app_that_runs_in_its_folder_runs_in_a_sandbox(tmp_path: Path):
    """All at once, since a sandbox takes its time."""
    main = edited(
        ("class User(", "from models import *\n\n\nclass _User("),
        FROM_DOTENV,
        FROM_JSON,
        ("app = FastAPI()", "app = FastAPI()\nfrom routers import ping"),
        ("@app.post(", "app.include_router(ping.router)\n\n\n@app.post("),
    )
    files = {
        "main.py": main,
        "models.py": MODELS,
        "routers/ping.py": ROUTER,
        "users.json": USERS_JSON,
        ".env": f"SECRET_KEY={KEY}\n",
    }
    written(tmp_path, files)
    with (
        contextlib.closing(Sandbox()) as sandbox,
        sandbox.serve(STEP, tmp_path, {}, secret_key=None) as server,
    ):
        must_work(server)
        server.get("/ping").must_have_status(200)
        with server.launched(SECRET_KEY=None) as launch:
            must_work(launch.must_be_up("it has all that it had"))


@pytest.mark.parametrize("step", ["5", "6"])
def test_a_database_is_new_at_each_start(tmp_path: Path, step: str):
    """It was made when the app was imported, and so it is once more, beside the first.
    The learner's own folder stays as it was."""
    makes = (
        "import sqlite3\ncon = sqlite3.connect('users.db')\n"
        "con.execute('create table users (name)')\ncon.close()\n"
    )
    rung = find(step)
    files = {"main.py": makes + RIGHT}
    with served(tmp_path, files, rung) as server, server.launched() as launch:
        must_work(launch.must_be_up("the table is not there yet"))
    assert [path.name for path in (tmp_path / rung.name).iterdir()] == ["main.py"]


def test_half_a_character_cannot_be_printed(tmp_path: Path):
    def must_crash_on_half(server: Server) -> None:
        whole = {"username": "johndoe", "password": "secret"}
        server.post("/token", data=whole).must_have_status(200)
        half = server.post("/token", data=whole | {"client_id": "x"})
        half.must_have_status(500)

    with served(tmp_path, {"main.py": PRINTS}) as server:
        must_crash_on_half(server)
        with server.launched() as launch:
            must_crash_on_half(launch.must_be_up("as before"))
            assert launch.printed().startswith("whole\n")


def test_two_folders_can_both_have_their_models(tmp_path: Path):
    files = {"main.py": f"import models\n{RIGHT}"}
    for name in ("one", "two"):
        source = f"from fastapi import FastAPI\nNAME = {name!r}\n"
        written(tmp_path / name, {**files, "models.py": source})
        main = tmp_path / name / STEP.name / "main.py"
        main.write_text(
            "import models\nfrom fastapi import FastAPI\napp = FastAPI()\n"
            "@app.get('/')\ndef name():\n"
            "    import models as now\n    return [models.NAME, now.NAME]\n",
            "utf-8",
        )
    with (
        serve(STEP, tmp_path / "one", secret_key=None) as one,
        serve(STEP, tmp_path / "two", secret_key=None) as two,
    ):
        for _ in range(2):
            assert one.get("/").json() == ["one", "one"]
            assert two.get("/").json() == ["two", "two"]


def test_a_key_of_ones_own_in_dotenv_is_the_key_of_the_tokens(tmp_path: Path):
    own = "an-own-key-that-is-in-no-tutorial"
    files = {"main.py": edited(FROM_DOTENV), ".env": f"SECRET_KEY={own}\n"}
    with served(tmp_path, files) as server:
        assert server.secret_key == own
    # Where it isn't read, it isn't.
    with served(tmp_path, {"main.py": RIGHT}) as server:
        assert server.secret_key is None


def test_a_key_that_was_not_found_is_said_to_be_none(tmp_path: Path):
    files = {
        "main.py": edited((KEY_LINE, 'import os\nSECRET_KEY = os.getenv("SECRET_KEY")'))
    }
    with served(tmp_path, files) as server:
        assert "The key is None. os.getenv gives None" in raised_at_login(server)
    files[".env"] = f"SECRET_KEY={KEY}"
    with served(tmp_path, files) as server:
        assert "in the .env beside main.py, which nothing" in raised_at_login(server)


def test_a_key_that_is_not_text_is_told_with_its_type(tmp_path: Path):
    secret = (KEY_LINE, 'from pydantic import SecretStr\nSECRET_KEY = SecretStr("x")')
    with served(tmp_path, {"main.py": edited(secret)}) as server:
        raised = raised_at_login(server)
        assert "The key is a SecretStr" in raised
        assert "`.get_secret_value()`" in raised
    with served(tmp_path, {"main.py": edited((KEY_LINE, "SECRET_KEY = 1"))}) as server:
        assert "The key is of the type int" in raised_at_login(server)


def raised_at_login(server: Server) -> str:
    return server.login("johndoe", "secret").raised


STEP6 = find("6")
OWN_SETTINGS = (
    "export SECRET_KEY=a-key-of-the-learners-own-0123456789\n"
    "secret_key='another one, in small letters 0123456789'\n"
    "ACCESS_TOKEN_EXPIRE_MINUTES=1\nDATABASE_URL=sqlite://\nthis is no line\n"
)


@pytest.mark.parametrize(
    "behaviour",
    [
        "test_without_a_key_the_app_does_not_start",
        "test_the_settings_are_read_from_a_dotenv_file_too",
        "test_the_environment_overrides_the_dotenv_file",
        "test_a_bad_key_in_the_environment_is_not_replaced_by_the_file",
        "test_it_expires_thirty_minutes_after_the_login",
    ],
)
@pytest.mark.parametrize("name", [".env", ".env.local"])
def test_from_step_6_on_the_settings_are_the_suites(
    tmp_path: Path, behaviour: str, name: str
):
    """Also where the app reads the file by its path, beside main.py."""
    files = {path.name: path.read_text("utf-8") for path in STEP6.modules}
    old = 'env_file=".env"'
    new = 'env_file=[str(__import__("pathlib").Path(__file__).parent / n) for n in '
    files["settings.py"] = edited(
        (old, f'{new}(".env.local", ".env")]'), source=files["settings.py"]
    )
    files["main.py"] = edited(
        (
            "settings = load_settings()",
            "settings = load_settings()\nfrom dotenv import dotenv_values\n"
            f'assert "DATABASE_URL" in dotenv_values({name!r})',
        ),
        source=files["main.py"],
    )
    written(tmp_path, {**files, name: OWN_SETTINGS}, STEP6)
    outcome = run(STEP6, answers=tmp_path, only=[behaviour])
    assert [str(result.failure or result.reason) for result in outcome.failed] == []
    assert outcome.all_passed, outcome.problem


# Each isn't accepted there either, or can't be here: one sentence says what to write.
REFUSED = {
    "a folder that isn't there": (
        {"main.py": f"from app.security import *\n{RIGHT}", "security.py": SECURITY},
        "has no folder app: security lies there itself. Write `from security import",
    ),
    "a module in another folder": (
        {"main.py": f"import models\n{RIGHT}", "app/models.py": MODELS},
        "models lies in app/.*write `from app.models import",
    ),
    "capitals": (
        {"main.py": f"from models import User\n{RIGHT}", "Models.py": MODELS},
        "The file is called Models, with these capital and small letters",
    ),
    "a module with a dot that isn't there": (
        {"main.py": f"from .models import User\n{RIGHT}"},
        "There is no models.py in .*, and a dot .* means this folder",
    ),
    "beyond the top": (
        {"main.py": f"from ..models import User\n{RIGHT}"},
        "An import with two dots leaves",
    ),
    "one with a dot, one without": (
        {
            "main.py": f"from models import BaseModel\n{RIGHT}",
            "models.py": "from .base import BaseModel\n",
            "base.py": "from pydantic import BaseModel\n",
        },
        "A module that was imported without a dot can't import with one",
    ),
    "a circle": (
        {
            "main.py": f"from models import User\nNAME = 1\n{RIGHT}",
            "models.py": "from main import NAME\nUser = 1\n",
        },
        "import each other in a circle: main.py → models.py",
    ),
    "a name that is in another package": (
        {"main.py": f"from fastapi import OAuth2PasswordBearer\n{RIGHT}"},
        "is in `fastapi.security`: `from fastapi.security import OAuth2PasswordBearer`",
    ),
    "a name that pydantic 1 had": (
        {"main.py": f"from pydantic import BaseSettings\n{RIGHT}"},
        "`from pydantic_settings import BaseSettings`",
    ),
    "a dependency that is called": (
        {"main.py": edited(("Depends(oauth2_scheme)", "Depends(oauth2_scheme())"))},
        r"without parentheses after its name: `Depends\(oauth2_scheme\)`",
    ),
    "a coroutine as a dependency": (
        {
            "main.py": f"{RIGHT}\n\nasync def get_db():\n    pass\n\n\n"
            '@app.get("/x")\ndef x(db: Annotated[int, Depends(get_db())]):\n    pass\n'
        },
        r"without parentheses after its name: `Depends\(get_db\)`",
    ),
    "a form without Depends": (
        {"main.py": edited((FORM, "OAuth2PasswordRequestForm"))},
        r"needs `Depends\(\)`, with parentheses: .*RequestForm, Depends",
    ),
    "a form with a Depends that is not called": (
        {"main.py": edited((FORM, FORM.replace("()", "")))},
        r"needs `Depends\(\)`, with parentheses: .*RequestForm, Depends",
    ),
    "a form that is made at the import": (
        {"main.py": edited((FORM, "OAuth2PasswordRequestForm()"))},
        r"needs `Depends\(\)`, with parentheses: .*RequestForm, Depends",
    ),
    "a scheme that has no tokenUrl": (
        {"main.py": edited(("OAuth2PasswordBearer", "HTTPBearer"))},
        "HTTPBearer reads a token, and can't say .* `OAuth2PasswordBearer` does both",
    ),
    "a tokenUrl that is spelt otherwise": (
        {"main.py": edited(("tokenUrl", "token_url"))},
        'OAuth2PasswordBearer is told .* so: `tokenUrl="token"`',
    ),
    "a scheme without a tokenUrl": (
        {"main.py": edited(('tokenUrl="token"', ""))},
        'OAuth2PasswordBearer is told .* so: `tokenUrl="token"`',
    ),
    "a module by the name of a package": (
        {"main.py": f"import jwt\njwt.encode\n{RIGHT}", "jwt.py": ""},
        "Your jwt.py hides the package `jwt`",
    ),
    "a name that is in another library": (
        {"main.py": f"from jwt import JWTError\n{RIGHT}"},
        "`JWTError` is in `jose`, which is another library than `jwt`",
    ),
    "no app, but a factory": (
        {"main.py": f"{AS_FACTORY}\n\ndef create_app():\n    return FastAPI()\n"},
        r"has no `app`: call what makes it. Write app = create_app\(\)",
    ),
    "an app by another name": (
        {"main.py": edited(("@app.", "@api."), ("app = FastAPI", "api = FastAPI"))},
        "has no `app`: it is called `api`. Write app = api",
    ),
    "an app below the guard": (
        {
            "main.py": "from fastapi import FastAPI\n"
            'if __name__ == "__main__":\n    app = FastAPI()\n'
        },
        'has no `app`: it is made below `if __name__ == "__main__":`, which uvicorn',
    ),
    "a server at its top": (
        {"main.py": f"{RIGHT}\nimport uvicorn\nuvicorn.run(app, port=8123)\n"},
        'starts a server when it is imported. Put that below `if __name__ == "__main',
    ),
    "a server at its top, by its class": (
        {
            "main.py": f"{RIGHT}\nfrom uvicorn import Config, Server\n"
            "Server(Config(app)).run()\n"
        },
        "starts a server when it is imported",
    ),
    "input": (
        {"main.py": f"name = input('your name? ')\n{RIGHT}"},
        "The app asks for input, and under uvicorn no one can type.*line 1",
    ),
    "argparse": (
        {
            "main.py": "import argparse\np = argparse.ArgumentParser()\n"
            f"p.add_argument('--key', required=True)\nargs = p.parse_args()\n{RIGHT}"
        },
        r"ends the program when it is imported \(exit 2\), here:.*line 4.*That's "
        "argparse.*It printed:\nusage:.*error: the following arguments are required",
    ),
    "exit": (
        {"main.py": f"{RIGHT}\nprint('no database')\nexit(1)\n"},
        r"ends the program when it is imported \(exit 1\), here:.*line \d+.*It "
        "printed:\nno database",
    ),
    "exit in a lifespan": (
        {
            "main.py": edited(
                (
                    "app = FastAPI()",
                    "from contextlib import asynccontextmanager\n"
                    "@asynccontextmanager\nasync def lifespan(app):\n    exit(3)\n"
                    "    yield\napp = FastAPI(lifespan=lifespan)",
                )
            )
        },
        r"ends the program in its lifespan \(exit 3\):.*line \d+.*exit\(3\)",
    ),
    "UTF-16": (
        {"main.py": RIGHT.encode("utf-16")},
        "main.py is saved as UTF-16, which Python can't read: save it as UTF-8",
    ),
    "UTF-16 without a mark": (
        {"main.py": RIGHT.encode("utf-16-le")},
        "main.py is saved as UTF-16",
    ),
    "a neighbour in UTF-16": (
        {"main.py": f"import models\n{RIGHT}", "models.py": MODELS.encode("utf-16")},
        "models.py is saved as UTF-16: save it as UTF-8",
    ),
    ".env in UTF-16": (
        {"main.py": edited(FROM_DOTENV), ".env": f"SECRET_KEY={KEY}".encode("utf-16")},
        ".env is saved as UTF-16: save it as UTF-8",
    ),
    "Latin-1": (
        {"main.py": b"NAME = 'caf\xe9'\n" + RIGHT.encode()},
        "main.py is not saved as UTF-8",
    ),
    "a factory that raises": (
        {"main.py": "def app():\n    return {}['no']\n"},
        "main.py cannot be imported:.*line 2, in app.*KeyError",
    ),
    "a key that nothing has read": (
        {
            "main.py": edited(
                (KEY_LINE, 'import os\nSECRET_KEY = os.environ["SECRET_KEY"]')
            ),
            ".env": f"SECRET_KEY={KEY}",
        },
        "SECRET_KEY is in the .env beside main.py, which nothing has read: call",
    ),
    "no main.py, but app.py": (
        {"app.py": RIGHT, "models.py": MODELS},
        "There is no .*main.py, but there's app.py: rename it to main.py",
    ),
    "no main.py, but Main.py": (
        {"Main.py": RIGHT, "app.py": ""},
        "but there's Main.py: rename it to main.py",
    ),
    "no main.py, but main.py.txt": (
        {"main.py.txt": RIGHT},
        "but there's main.py.txt: rename it to main.py",
    ),
    "no main.py, but one in a folder": (
        {"app/main.py": RIGHT, "app/__init__.py": ""},
        "but there's app/main.py: write a main.py with the line `from app.main import",
    ),
}


@pytest.mark.long
@pytest.mark.parametrize(
    "case", ["argparse", "exit in a lifespan", "a server at its top", "input", "UTF-16"]
)
def test_a_sandbox_tells_the_same(tmp_path: Path, case: str):
    files, reason = REFUSED[case]
    written(tmp_path, files)
    with (
        contextlib.closing(Sandbox()) as sandbox,
        pytest.raises(NoApp) as caught,
        sandbox.serve(STEP, tmp_path, {}, secret_key=None),
    ):
        pass
    assert re.search(reason, str(caught.value), re.DOTALL), str(caught.value)
    assert "workbook-" not in str(caught.value) + sandbox.printed


@pytest.mark.parametrize(("files", "reason"), REFUSED.values(), ids=REFUSED)
def test_an_app_that_does_not_run_here_is_told_why(
    tmp_path: Path,
    files: dict[str, str | bytes],
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
):
    # Another test has imported the package, and in a new process nobody has.
    for name in [*sys.modules]:
        if name.partition(".")[0] == "jwt":
            monkeypatch.delitem(sys.modules, name)
    said = refusal_of(tmp_path, files)
    assert re.search(reason, said, re.DOTALL), said
    assert "main.py" in said
    # A path that someone can open, and not one of our copy.
    assert "workbook-" not in said


@pytest.mark.parametrize("module", PLACES)
def test_a_name_is_where_an_advice_says_that_it_is(module: str):
    imported = importlib.import_module(module)
    assert [name for name in PLACES[module] if not hasattr(imported, name)] == []
