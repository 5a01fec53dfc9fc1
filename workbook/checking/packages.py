"""What an exception means, where it's about the packages of this environment."""

import os
import re
import sys
from difflib import get_close_matches
from pathlib import Path

from workbook.checking.submission import show
from workbook.checking.surroundings import Surroundings
from workbook.checking.tracebacks import is_below

# What pip calls a package whose module has another name, or needs an extra.
DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyopenssl",
    "PIL": "pillow",
    "argon2": "argon2-cffi",
    "bs4": "beautifulsoup4",
    "bson": "pymongo",
    "dateutil": "python-dateutil",
    "decouple": "python-decouple",
    "dotenv": "python-dotenv",
    "jose": "python-jose[cryptography]",
    "jwt": "pyjwt",
    "magic": "python-magic",
    "multipart": "python-multipart",
    "nacl": "pynacl",
    "passlib": "passlib[bcrypt]",
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "pwdlib": "pwdlib[argon2]",
    "slugify": "python-slugify",
    "socketio": "python-socketio",
    "tortoise": "tortoise-orm",
    "yaml": "pyyaml",
}
# Packages that someone got in the place of another, because the module's name was taken
# for the package's: what is missing in each, and what they need.
WRONG_PACKAGES = {
    "jwt": ("PyJWT", "PyJWT", "pyjwt"),
    "jose": ("jwt", "python-jose", "python-jose[cryptography]"),
}
# Modules that Python had, and no longer has.
GONE = {
    "asynchat",
    "asyncore",
    "cgi",
    "crypt",
    "distutils",
    "imp",
    "pipes",
    "smtpd",
    "telnetlib",
}


def install(distribution: str, around: Surroundings) -> str:
    """The command that adds a package to the environment that runs apps here."""
    return f"{_pip(around)} install {_quoted(distribution)}"


def environment_name(around: Surroundings) -> str:
    """The environment as the learner finds it."""
    return show(Path(sys.prefix), around.here)


def missing_module(error: BaseException, around: Surroundings) -> str:
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return ""
    name = error.name
    inner = name.removeprefix(f"{around.step.name}.")
    asked = inner.split(".")
    if inner != name:
        return (
            f"There is no {'/'.join(asked)}.py in {around.shown}, and a dot at the "
            "beginning of an import means this folder."
        )
    if asked[0] in GONE:
        version = ".".join(map(str, sys.version_info[:2]))
        return f"Python {version}, which runs your app here, has no `{asked[0]}`."
    if len(asked) > 1 and asked[0] in sys.modules:
        return _hidden(asked[0], around)
    top = asked[0]
    if near := _nearly(top):
        return f"There's no module `{top}`. Did you mean `{near}`?"
    return (
        f"The package with `{top}` isn't installed in the environment that runs your "
        f"app here, {environment_name(around)}. If it's no file of your own, add it:\n"
        f"  {install(DISTRIBUTIONS.get(top, top.replace('_', '-')), around)}"
    )


def _nearly(name: str) -> str:
    """A module that can be imported and is called nearly like this: `jwt` for `JWT`."""
    from importlib.metadata import packages_distributions

    there = {*sys.stdlib_module_names, *packages_distributions()}
    if name in there or name in DISTRIBUTIONS:
        return ""
    by_letters = {one.casefold(): one for one in there if not one.startswith("_")}
    near = get_close_matches(name.casefold(), by_letters, n=1, cutoff=0.85)
    return by_letters[near[0]] if near else ""


def wrong_package(error: BaseException, around: Surroundings) -> str:
    """Another package of the same name was installed, or a file hides it."""
    name = ""
    if isinstance(error, SyntaxError):
        path = Path(error.filename or "")
        if path.name == "jose.py" and not is_below(str(path), around.code):
            name = "jose"
    elif isinstance(error, ImportError):
        name = (error.name or "").partition(".")[0]
    elif isinstance(error, AttributeError):
        match = re.match(r"(?:partially initialized )?module '(\w+)", str(error))
        name = match[1] if match else ""
    if not name:
        return ""
    if hidden := _hidden(name, around):
        return hidden
    is_missing = isinstance(error, ModuleNotFoundError) and error.name == name
    if name not in WRONG_PACKAGES or is_missing:
        return ""
    sign, right, distribution = WRONG_PACKAGES[name]
    module = sys.modules.get(name)
    if module is not None and (hasattr(module, sign) or _has_submodule(module, sign)):
        return ""
    pip = _pip(around)
    return (
        f"The package `{name}` in {environment_name(around)} is not {right}, which has "
        f"a module of the same name. Replace it:\n  {pip} uninstall -y {name}\n"
        f"  {pip} install --force-reinstall {_quoted(distribution)}"
    )


def _has_submodule(module: object, name: str) -> bool:
    folders = getattr(module, "__path__", ())
    return any((Path(folder) / f"{name}.py").is_file() for folder in folders)


def _hidden(name: str, around: Surroundings) -> str:
    """A file of the learner's that is imported in the place of a package."""
    name = name.partition(".")[0]
    for file in (around.folder / f"{name}.py", around.folder / name / "__init__.py"):
        if file.is_file() and _is_a_package(name):
            inner = file.relative_to(around.folder)
            return (
                f"Your {inner} hides the package `{name}`, which is imported by the "
                "same name: give your file another name."
            )
    return ""


def _is_a_package(name: str) -> bool:
    if name in sys.stdlib_module_names or name in DISTRIBUTIONS:
        return True
    from importlib.metadata import packages_distributions

    return name in packages_distributions()


def asked_for_with_pip(error: BaseException, around: Surroundings) -> str:
    """A library that says itself which package it lacks."""
    text = str(error)
    if "multipart" in text and "instead" in text:
        return f"Add it:\n  {install('python-multipart', around)}"
    match = re.search(r"pip3? install ['\"`]?([\w.\-]+(?:\[[\w.,\-]+\])?)", text)
    if match is None:
        match = re.search(r"No module named '(email_validator)'", text)
    if match is None:
        return ""
    package = match[1].replace("pydantic[email]", "email-validator").replace("_", "-")
    return (
        f"A package isn't installed in the environment that runs your app here, "
        f"{environment_name(around)}. Add it:\n  {install(package, around)}"
    )


def _pip(around: Surroundings) -> str:
    scripts = Path(sys.prefix) / ("Scripts" if os.name == "nt" else "bin")
    for name in ("pip", "pip.exe"):
        if sys.prefix != sys.base_prefix and (scripts / name).exists():
            return show(scripts / name, around.here)
    return f"{sys.executable} -m pip"


def _quoted(distribution: str) -> str:
    # A shell takes the brackets of an extra for a pattern.
    return f"'{distribution}'" if "[" in distribution else distribution
