"""The locks in `requirements/`: what they promise to who installs only some of them."""

import ast
import functools
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from sys import stdlib_module_names

import pytest

from workbook import bootstrap
from workbook.ladder import ROOT

EACH_LAYER = pytest.mark.parametrize("layer", bootstrap.LAYERS)
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
OURS = {"answers", "steps", "tests", "workbook"}
# It comes for the occasion: `make mutants`.
BROUGHT = {"cosmic_ray"}


def text_of(layer: str) -> str:
    return bootstrap.lock_of(ROOT, layer).read_text("utf-8")


@cache
def pins(layer: str) -> dict[str, set[str]]:
    """The versions of each package. It has two where they depend on the Python."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", text_of(layer)):
        found.setdefault(bootstrap.normal(name), set()).add(version)
    return found


def names_in(requirements: Iterable[str]) -> set[str]:
    return {
        bootstrap.normal(re.match(r"[\w.-]+", requirement)[0])
        for requirement in requirements
    }


@EACH_LAYER
def test_every_package_is_pinned_and_has_a_hash(layer: str):
    entries = re.split(r"\n(?=\S)", text_of(layer).strip())
    assert entries
    assert [
        entry
        for entry in entries
        if not re.match(r"[\w.-]+==\S", entry) or "--hash=sha256:" not in entry
    ] == []


@EACH_LAYER
def test_a_lock_names_no_registry(layer: str):
    assert "://" not in text_of(layer)
    assert "index-url" not in text_of(layer)


@EACH_LAYER
def test_a_lock_agrees_with_all_others(layer: str):
    """The same package may be in several: whatever was installed first is right."""
    for other in bootstrap.LAYERS:
        for name in pins(layer).keys() & pins(other).keys():
            assert pins(layer)[name] == pins(other)[name], name


@EACH_LAYER
def test_a_lock_has_what_pyproject_asks_for(layer: str):
    asked = list(PYPROJECT["dependency-groups"][layer])
    if layer == "run":
        asked += PYPROJECT["project"]["dependencies"]
    missing = names_in(asked) - pins(layer).keys()
    assert not missing, f"make lock renews it: {missing}"


def test_each_group_of_pyproject_is_a_layer_with_a_lock():
    assert PYPROJECT["dependency-groups"].keys() == bootstrap.LAYERS.keys()
    assert {path.stem for path in (ROOT / "requirements").iterdir()} == set(
        bootstrap.LAYERS
    )


def modules(*folders: str) -> list[Path]:
    return [
        path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))
    ]


# It reads all that is installed.
distributions_of_modules = functools.cache(packages_distributions)


def imported_by(paths: Iterable[Path]) -> set[str]:
    """The top of each module that they import, of other packages than ours."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add((node.module or "").partition(".")[0])
    return found - stdlib_module_names - OURS - BROUGHT


def not_brought(imported: Iterable[str], target: str) -> list[str]:
    """Those that no layer brings which the target needs."""
    brought = {name for layer in bootstrap.TARGETS[target] for name in pins(layer)}
    distributions = distributions_of_modules()
    return [
        module
        for module in sorted(imported)
        if not brought.intersection(
            map(bootstrap.normal, distributions.get(module, [module]))
        )
    ]


def test_what_make_run_brings_is_enough_for_the_steps_and_the_command():
    """The site and the notebooks have modules in workbook/ too, with layers of their
    own."""
    others = {ROOT / "workbook" / "site", ROOT / "workbook" / "notebook"}
    paths = [
        path
        for path in modules("steps", "workbook")
        if others.isdisjoint(path.parents) and "checks" not in path.parts
    ]
    imported = imported_by(paths)
    assert {"fastapi", "jose", "click"} <= imported
    assert not_brought(imported, "run") == []


@pytest.mark.long
@pytest.mark.parametrize(
    "module", ["jwt", "pwdlib", "argon2", "sqlalchemy", "sqlmodel", "email_validator"]
)
def test_what_make_run_brings_is_enough_for_apps_as_people_write_them(module: str):
    assert not_brought([module], "run") == []


@pytest.mark.parametrize(
    ("target", "folder"),
    [("docs", "workbook/site"), ("lab", "workbook/notebook"), ("fuzz", "tests/fuzz")],
)
def test_a_target_brings_what_its_modules_import(target: str, folder: str):
    imported = imported_by(modules(folder))
    assert imported
    assert not_brought(imported, target) == []


def test_make_test_brings_what_the_tests_import():
    assert not_brought(imported_by(modules("tests")), "test") == []
