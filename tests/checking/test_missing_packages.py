"""What the environment lacks is said as that, with the command that adds it."""

import re
import sys
from pathlib import Path

import pytest

from tests.checking.apps import RIGHT, edited, must_work, refusal_of, served

PIP = r"\S*pip install"

# What is missing, and what pip calls it.
MISSING = {
    "jose": r"'python-jose\[cryptography\]'",
    "jwt": "pyjwt",
    "dotenv": "python-dotenv",
    "PIL": "pillow",
    "yaml": "pyyaml",
    "pwdlib": r"'pwdlib\[argon2\]'",
    "passlib": r"'passlib\[bcrypt\]'",
    "sqlmodel": "sqlmodel",
    "psycopg2": "psycopg2-binary",
    "fastapi_mail": "fastapi-mail",
}


@pytest.mark.parametrize(("module", "package"), MISSING.items(), ids=MISSING)
def test_a_missing_package_is_named_with_the_command_that_adds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, package: str
):
    monkeypatch.setitem(sys.modules, module, None)
    said = refusal_of(tmp_path, {"main.py": f"import {module}\n{RIGHT}"})
    assert f"The package with `{module}` isn't installed" in said
    assert re.search(f"add it:\n  {PIP} {package}\n", said), said
    environment = re.search(r"runs your app here, (\S+)\. If", said)
    assert environment is not None
    assert Path.cwd() / environment[1] == Path(sys.prefix)


@pytest.mark.parametrize(("typed", "meant"), [("JWT", "jwt"), ("fastpi", "fastapi")])
def test_a_module_that_is_nearly_there_needs_no_package(
    tmp_path: Path, typed: str, meant: str
):
    said = refusal_of(tmp_path, {"main.py": f"import {typed}\n{RIGHT}"})
    assert f"There's no module `{typed}`. Did you mean `{meant}`?" in said
    assert "pip" not in said


def test_paths_are_those_from_where_the_learner_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "jwt", None)
    monkeypatch.chdir(tmp_path)
    said = refusal_of(Path("mine"), {"main.py": f"import jwt\n{RIGHT}"})
    assert said.startswith("mine/step05_expiry/main.py cannot be imported. ")
    assert 'File "mine/step05_expiry/main.py", line 1' in said
    monkeypatch.chdir(Path(sys.prefix).parent)
    said = refusal_of(tmp_path / "mine", {"main.py": f"import jwt\n{RIGHT}"})
    name = Path(sys.prefix).name
    assert f"runs your app here, {name}." in said
    if Path(sys.prefix, "bin", "pip").exists():
        assert f"add it:\n  {name}/bin/pip install pyjwt" in said


def test_a_package_that_is_missed_in_a_handler_is_named_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "argon2", None)
    line = "    user = authenticate"
    files = {"main.py": edited((line, f"    import argon2\n{line}"))}
    with served(tmp_path, files) as server:
        raised = server.login("johndoe", "secret").raised
    assert "argon2-cffi" in raised
    # What a diagnosis reads is at its end.
    assert raised.splitlines()[-1].startswith("ModuleNotFoundError")


@pytest.mark.parametrize(
    ("raises", "package"),
    [
        (
            'RuntimeError(\'Form data requires "python-multipart" to be installed. \\n'
            'You can install "python-multipart" with: \\n\\npip install '
            "python-multipart\\n')",
            "python-multipart",
        ),
        (
            "ImportError('email-validator is not installed, run `pip install "
            "\\'pydantic[email]\\'`')",
            "email-validator",
        ),
        (
            "RuntimeError('Try to run: pip install pwdlib[argon2]')",
            r"'pwdlib\[argon2\]'",
        ),
    ],
)
def test_a_library_that_says_what_to_install_means_this_environment(
    tmp_path: Path, raises: str, package: str
):
    said = refusal_of(tmp_path, {"main.py": f"raise {raises}\n"})
    assert re.search(rf"isn't installed.*Add it:\n  {PIP} {package}\n", said), said


def test_what_the_tutorial_uses_today_is_there(tmp_path: Path):
    files = {
        "main.py": "import jwt, sqlalchemy, sqlmodel, email_validator\n"
        "from pwdlib import PasswordHash\nPasswordHash.recommended()\n"
        f"from pydantic import EmailStr\n{edited(('email: str', 'email: EmailStr'))}"
    }
    with served(tmp_path, files) as server:
        must_work(server)


WRONG_JWT = "class JWT:\n    pass\n"
WRONG_JOSE = "def main():\n    print 'decrypted'\n"


@pytest.mark.parametrize(
    ("packages", "source", "right"),
    [
        ({"jwt/__init__.py": WRONG_JWT}, "import jwt\njwt.encode({}, 'k')", "PyJWT"),
        (
            {"jwt/__init__.py": WRONG_JWT},
            "from jwt import InvalidTokenError",
            "PyJWT",
        ),
        ({"jose.py": WRONG_JOSE}, "from jose import jwt", "python-jose"),
    ],
    ids=["jwt, an attribute", "jwt, a name", "jose"],
)
def test_another_package_of_the_same_name_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    packages: dict[str, str],
    source: str,
    right: str,
):
    for name, text in packages.items():
        file = tmp_path / "site-packages" / name
        file.parent.mkdir(parents=True)
        file.write_text(text, "utf-8")
    for name in [n for n in sys.modules if n.split(".")[0] in ("jwt", "jose")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    said = refusal_of(tmp_path / "answers", {"main.py": f"{source}\n{RIGHT}"})
    wrong = source.split()[1]
    assert f"The package `{wrong}` in " in said
    assert f"is not {right}, which has a module of the same name" in said
    assert re.search(rf"pip uninstall -y {wrong}\n  \S*pip install --force-re", said)
    for name in [n for n in sys.modules if n.split(".")[0] in ("jwt", "jose")]:
        sys.modules.pop(name)


def test_a_wrong_name_from_the_right_package_is_the_learners_own(tmp_path: Path):
    said = refusal_of(tmp_path, {"main.py": f"from jwt import JWTErrror\n{RIGHT}"})
    assert "cannot import name 'JWTErrror'" in said
    assert "pip" not in said


def test_a_module_that_python_no_longer_has_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "imp", None)
    said = refusal_of(tmp_path, {"main.py": f"import imp\n{RIGHT}"})
    assert re.search(r"Python 3\.\d+, which runs your app here, has no `imp`", said)
