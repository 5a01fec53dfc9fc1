"""The set-up, on a project of two files whose pip only writes down what it is asked."""

import ast
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from workbook import bootstrap, timeouts

ITSELF = "install --no-compile --no-deps --no-build-isolation -e ."

# Installs what the lock names by making its metadata, and tells as pip does.
PIP = """
import sys
from pathlib import Path

*options, what = sys.argv[1:]
with open("asked.txt", "a") as asked:
    print(*options, Path(what).name or what, file=asked)
if Path("no-network").exists():
    sys.exit("ERROR: Could not find a version that satisfies the requirement")
pins = Path(what).read_text().split() if what != "." else []
for pin in pins:
    print("Collecting", pin)
print("Installing collected packages:", *pins)
for pin in pins:
    metadata = Path(__file__).parent.parent / (pin.replace("==", "-") + ".dist-info")
    metadata.mkdir(exist_ok=True)
    (metadata / "INSTALLER").touch()
"""


def of(layer: str) -> str:
    """How pip is asked for a layer."""
    lock = f"{layer}.txt"
    return f"install --no-compile --no-deps --require-hashes -r {lock}"


RUN = [of("run"), ITSELF]


def create_with_fake_pip(home: str, *, symlinks: bool, with_pip: bool) -> None:
    assert with_pip
    venv.EnvBuilder(symlinks=symlinks).create(home)
    scripts = bootstrap.scripts_in(Path(home))
    pip = packages_in(Path(home)) / "pip"
    pip.mkdir()
    (pip / "__main__.py").write_text(PIP)
    script = scripts / ("pip.exe" if bootstrap.WINDOWS else "pip")
    script.write_text(f"#!{scripts / 'python'}\n")


def packages_in(home: Path) -> Path:
    return next(home.glob("[Ll]ib/**/site-packages"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(venv, "create", create_with_fake_pip)
    # Without uv, but for the tests that are about it.
    monkeypatch.setattr(shutil, "which", lambda name: None)
    root = tmp_path / "project"
    (root / "requirements").mkdir(parents=True)
    for layer in bootstrap.LAYERS:
        (root / "requirements" / f"{layer}.txt").write_text(f"{layer}-Thing_x==1.0\n")
    (root / "pyproject.toml").write_text('[project]\nname = "tiny"\nversion = "1"\n')
    return root


@pytest.fixture
def ready(project: Path) -> Path:
    """The project after its first set-up, with a file by which to know its .venv."""
    assert bootstrap.set_up(project, "run")
    (project / ".venv" / "the-first").touch()
    (project / "asked.txt").unlink()
    return project


def asked(root: Path) -> list[str]:
    log = root / "asked.txt"
    return log.read_text().splitlines() if log.exists() else []


def is_the_first(root: Path) -> bool:
    return (root / ".venv" / "the-first").exists()


def test_a_fresh_checkout_gets_what_is_locked_and_then_itself(project: Path) -> None:
    assert bootstrap.set_up(project, "run")
    assert asked(project) == RUN


def test_the_second_time_nothing_happens(ready: Path) -> None:
    assert not bootstrap.set_up(ready, "run")
    assert asked(ready) == []


def test_a_target_brings_what_it_needs_beyond_what_is_there(ready: Path) -> None:
    assert bootstrap.set_up(ready, "docs")
    assert asked(ready) == [of("docs")]
    assert not bootstrap.set_up(ready, "docs")
    assert not bootstrap.set_up(ready, "run")


def test_without_a_target_everything_is_installed(project: Path) -> None:
    assert bootstrap.set_up(project)
    assert asked(project) == [*RUN, *map(of, list(bootstrap.LAYERS)[1:])]
    for target in bootstrap.TARGETS:
        assert not bootstrap.set_up(project, target)


def test_every_layer_is_some_targets_and_every_target_begins_with_the_command() -> None:
    assert {layer for needs in bootstrap.TARGETS.values() for layer in needs} == set(
        bootstrap.LAYERS
    )
    assert {needs[0] for needs in bootstrap.TARGETS.values()} == {"run"}


def test_each_layer_is_told_in_a_line_and_its_progress_in_lines_without_a_terminal(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lock = project / "requirements" / "docs.txt"
    lock.write_text("".join(f"docs{n}==1\n" for n in range(25)))
    bootstrap.set_up(project, "docs")
    said = capfd.readouterr().out
    assert "Installing what builds the site.\n" in said
    assert said.endswith("  25 of 25 packages installed\n")
    assert "\r" not in said


def test_in_a_terminal_the_progress_is_one_line_that_changes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    line = bootstrap.ProgressLine()
    line.show("fetched", 3, 25)
    line.show("fetched", 4, 25)
    line.clear()
    said = capsys.readouterr().out
    assert "\n" not in said
    assert [part.strip() for part in said.split("\r")] == [
        "3 of 25 packages fetched",
        "4 of 25 packages fetched",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("option", "said"),
    [([], "Nothing to do: .venv is up to date.\n"), (["--quiet"], "")],
)
def test_the_script_says_so_unless_it_is_to_be_quiet(
    ready: Path, option: list[str], said: str
) -> None:
    script = ready / "workbook" / "bootstrap.py"
    script.parent.mkdir()
    script.write_text(Path(bootstrap.__file__).read_text("utf-8"), "utf-8")
    run = subprocess.run(
        [sys.executable, script, *option, "run"],
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, said, "")


@pytest.mark.parametrize("name", ["requirements/run.txt", "pyproject.toml"])
def test_a_change_is_installed_into_the_venv_that_is_there(
    ready: Path, name: str
) -> None:
    with (ready / name).open("a") as file:
        file.write("\n")
    assert bootstrap.set_up(ready, "run")
    assert asked(ready) == RUN
    assert is_the_first(ready)


def test_a_change_of_one_layer_leaves_the_others_alone(ready: Path) -> None:
    bootstrap.set_up(ready, "docs")
    (ready / "asked.txt").unlink()
    (ready / "requirements" / "docs.txt").write_text("docs-Thing_x==2.0\n")
    assert not bootstrap.set_up(ready, "run")
    assert bootstrap.set_up(ready, "docs")
    assert asked(ready) == [of("docs")]


def test_a_package_that_was_removed_or_changed_by_hand_is_installed_again(
    ready: Path,
) -> None:
    (metadata,) = packages_in(ready / ".venv").glob("run-*.dist-info")
    metadata.rename(metadata.with_name("run-Thing_x-2.0.dist-info"))
    assert bootstrap.set_up(ready, "run")
    assert asked(ready) == RUN
    assert not bootstrap.set_up(ready, "run")


def test_what_was_added_by_hand_stays(ready: Path) -> None:
    added = packages_in(ready / ".venv") / "mine-1.0.dist-info"
    added.mkdir()
    (added / "INSTALLER").touch()
    assert not bootstrap.set_up(ready, "run")


def fake_uv(folder: Path, code: str) -> str:
    uv = folder / "uv"
    uv.write_text(f"#!/bin/sh\n{code}\n")
    uv.chmod(0o755)
    return str(uv)


@pytest.mark.skipif(bootstrap.WINDOWS, reason="a shell script stands in for uv")
def test_uv_installs_the_same_lock_where_it_is_present(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uv = fake_uv(project, 'echo "$@" >> by-uv.txt')
    monkeypatch.setattr(shutil, "which", lambda name: {"uv": uv}.get(name))
    assert bootstrap.set_up(project, "run")
    assert asked(project) == []
    python = bootstrap.python_in(project / ".venv")
    options = f"pip install --quiet --python {python} --no-deps"
    assert (project / "by-uv.txt").read_text().splitlines() == [
        f"{options} --require-hashes -r {project / 'requirements' / 'run.txt'}",
        f"{options} --no-build-isolation -e .",
    ]


@pytest.mark.skipif(bootstrap.WINDOWS, reason="a shell script stands in for uv")
def test_where_uv_cannot_do_it_pip_does(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    uv = fake_uv(project, "echo no such index >&2; exit 1")
    monkeypatch.setattr(shutil, "which", lambda name: {"uv": uv}.get(name))
    assert bootstrap.set_up(project, "run")
    assert asked(project) == RUN
    assert capfd.readouterr().err == ""


def test_a_venv_that_another_tool_made_is_taken_over(ready: Path) -> None:
    bootstrap.stamp_of(ready).unlink()
    assert bootstrap.set_up(ready, "run")
    assert asked(ready) == RUN
    assert is_the_first(ready)


@pytest.mark.parametrize("stamp", ["f00d" * 16, "run", "run \n\n", "\0", "", "é"])
def test_a_stamp_that_says_nothing_vouches_for_nothing(ready: Path, stamp: str) -> None:
    """One digest alone is what an earlier version of the set-up wrote."""
    bootstrap.stamp_of(ready).write_text(stamp, "latin-1")
    assert bootstrap.set_up(ready, "run")
    assert asked(ready) == RUN
    assert is_the_first(ready)


def remove_python(root: Path) -> None:
    Path(bootstrap.python_in(root / ".venv")).unlink()


def break_python(root: Path) -> None:
    remove_python(root)
    Path(bootstrap.python_in(root / ".venv")).symlink_to(root / "gone")


def remove_pip(root: Path) -> None:
    bootstrap.stamp_of(root).unlink()
    for script in bootstrap.scripts_in(root / ".venv").glob("pip*"):
        script.unlink()


def become_another_python(root: Path) -> None:
    """The packages are then in a folder that the new version doesn't read."""
    bootstrap.stamp_of(root).unlink()
    packages = packages_in(root / ".venv")
    packages.rename(packages.with_name("of-the-old-version"))


@pytest.mark.parametrize(
    "damage", [remove_python, break_python, remove_pip, become_another_python]
)
def test_a_venv_that_cannot_install_is_made_anew(
    ready: Path, damage: Callable[[Path], None]
) -> None:
    damage(ready)
    assert bootstrap.set_up(ready, "run")
    assert asked(ready) == RUN
    assert not is_the_first(ready)
    assert not bootstrap.set_up(ready, "run")


def test_a_checkout_that_was_moved_gets_a_venv_of_its_new_place(ready: Path) -> None:
    """Every script in a .venv starts the Python of the place where it was installed."""
    moved = ready.rename(ready.with_name("moved"))
    assert bootstrap.set_up(moved, "run")
    assert not is_the_first(moved)


@pytest.mark.parametrize("left", ["bin/python", "pyvenv.cfg", "lib/pip.part"])
def test_a_making_that_was_interrupted_is_taken_up_again(
    project: Path, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    def interrupted(home: str, **options: bool) -> None:
        file = Path(home) / left
        file.parent.mkdir(exist_ok=True)
        file.touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(venv, "create", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bootstrap.set_up(project, "run")

    assert bootstrap.set_up(project, "run")
    assert asked(project) == RUN


def test_a_clearing_that_was_interrupted_leaves_what_we_know_for_ours(
    ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without pyvenv.cfg it would be left alone, for somebody else's files."""

    def interrupted(home: str, **options: bool) -> None:
        raise KeyboardInterrupt

    remove_python(ready)
    monkeypatch.setattr(venv, "create", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.set_up(ready, "run")
    assert [path.name for path in (ready / ".venv").iterdir()] == ["pyvenv.cfg"]


def test_a_package_over_which_pip_was_killed_is_installed_again(ready: Path) -> None:
    packages = packages_in(ready / ".venv")
    for name in ("whole-1.dist-info", "half-1.dist-info"):
        (packages / name).mkdir()
        (packages / name / "METADATA").touch()
    (packages / "whole-1.dist-info" / "INSTALLER").touch()
    bootstrap.stamp_of(ready).unlink()

    assert bootstrap.set_up(ready, "run")
    assert {path.name for path in packages.glob("*.dist-info")} == {
        "run-Thing_x-1.0.dist-info",
        "whole-1.dist-info",
    }


def test_when_pip_fails_its_own_words_come_before_ours(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "no-network").touch()
    with pytest.raises(bootstrap.CannotSetUp, match="run the same command again"):
        bootstrap.set_up(project, "run")
    assert "ERROR: Could not find a version" in capfd.readouterr().err
    assert asked(project) == RUN[:1]

    (project / "no-network").unlink()
    assert bootstrap.set_up(project, "run")


def test_an_old_stamp_does_not_vouch_for_what_a_failed_install_left(
    ready: Path,
) -> None:
    lock = ready / "requirements" / "run.txt"
    lock.write_text("# changed\n")
    (ready / "no-network").touch()
    with pytest.raises(bootstrap.CannotSetUp):
        bootstrap.set_up(ready, "run")

    lock.write_text("")
    (ready / "no-network").unlink()
    assert bootstrap.set_up(ready, "run")


@pytest.mark.parametrize("name", [".venv", ".venv/thesis.txt"])
def test_what_somebody_else_put_there_is_left_alone(project: Path, name: str) -> None:
    theirs = project / name
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text("chapter one")
    with pytest.raises(bootstrap.CannotSetUp, match="move it away or delete it"):
        bootstrap.set_up(project, "run")
    assert theirs.read_text() == "chapter one"


def test_a_link_to_the_venv_of_another_copy_is_left_alone(
    ready: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("another copy")
    shutil.copytree(ready, other, dirs_exist_ok=True)
    shutil.rmtree(other / ".venv")
    (other / ".venv").symlink_to(ready / ".venv", target_is_directory=True)
    before = sorted((ready / ".venv").rglob("*"))
    with pytest.raises(bootstrap.CannotSetUp, match="delete the link"):
        bootstrap.set_up(other, "run")
    assert sorted((ready / ".venv").rglob("*")) == before


def test_pip_never_installs_to_another_place(
    ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it would with `user = true` in its configuration, or a PYTHONPATH."""
    fake_pip = packages_in(ready / ".venv") / "pip" / "__main__.py"
    fake_pip.write_text(
        "import os, sys\n"
        "assert os.environ['PIP_USER'] == '0'\n"
        "assert os.environ['PIP_REQUIRE_VIRTUALENV'] == '1'\n"
        "assert os.environ['PYTHONPATH'] not in sys.path\n"
    )
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    bootstrap.pip(ready, 1, "-e", ".")


@pytest.mark.skipif(bootstrap.WINDOWS, reason="Windows cannot lock a directory")
def test_of_two_at_once_one_waits_and_finds_the_work_done(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    waiting = Event()
    flock = fcntl.flock

    def tell_and_lock(directory: int, operation: int) -> None:
        if not operation & fcntl.LOCK_NB:
            waiting.set()
        flock(directory, operation)

    monkeypatch.setattr(fcntl, "flock", tell_and_lock)
    with ThreadPoolExecutor() as threads:
        with bootstrap.one_at_a_time(project):
            second = threads.submit(bootstrap.set_up, project, "run")
            assert waiting.wait(timeout=timeouts.COMMAND)
            assert asked(project) == []
            bootstrap.make(project / ".venv")
            bootstrap.install(project, "run")
        assert second.result(timeout=timeouts.COMMAND) is False
    assert asked(project) == RUN


@pytest.mark.parametrize(
    ("running", "version", "wanted"),
    [
        ((3, 12), (3, 12), True),
        ((3, 12), (3, 11), False),
        ((3, 12), (3, 13), False),
        ((3, 10), (3, 12), True),
        ((3, 10), (3, 10), False),
        ((3, 12), (), False),
        ((3, 10), (), False),
    ],
)
def test_the_venv_is_of_the_python_that_runs_unless_that_is_too_old(
    monkeypatch: pytest.MonkeyPatch,
    running: tuple[int, ...],
    version: tuple[int, ...],
    wanted: bool,
) -> None:
    """`make PYTHON=python3.12 setup`, once, makes up for an old `python3`."""
    monkeypatch.setattr(bootstrap, "RUNNING", running)
    assert bootstrap.is_wanted(version) is wanted


def test_a_venv_of_another_python_than_the_one_asked_for_is_not_up_to_date(
    ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bootstrap.missing(ready, "run") == []
    monkeypatch.setattr(bootstrap, "RUNNING", (3, 99))
    assert bootstrap.missing(ready, "run") == ["run"]
    assert not bootstrap.is_usable(ready / ".venv")


@pytest.mark.parametrize(
    ("on_the_path", "advice"),
    [
        ({"python3.11": (3, 11), "python3.12": (3, 12)}, "Run: make PYTHON=python3.12"),
        ({}, "Install a newer one, then run: make PYTHON=python3.13"),
    ],
)
def test_a_python_that_is_too_old_gets_one_line_that_says_what_to_do(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    on_the_path: dict[str, tuple[int, ...]],
    advice: str,
) -> None:
    monkeypatch.setattr(bootstrap, "RUNNING", (3, 8))
    monkeypatch.setattr(bootstrap, "version_of", lambda name: on_the_path.get(name, ()))
    with pytest.raises(bootstrap.CannotSetUp) as stop:
        bootstrap.set_up(project, "run")
    assert str(stop.value) == (
        f"The workbook needs Python 3.11 or newer, and this is 3.8. {advice} setup"
    )
    assert not (project / ".venv").exists()


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_venv_gets_one_line_that_says_what_to_install(
    project: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.setattr(bootstrap, "RUNNING", (3, 12))
    with pytest.raises(bootstrap.CannotSetUp) as stop:
        bootstrap.set_up(project, "run")
    assert "sudo apt install python3.12-venv" in str(stop.value)
    assert "\n" not in str(stop.value)
    assert not (project / ".venv").exists()


@pytest.mark.parametrize(
    ("reason", "status", "line"),
    [
        (bootstrap.CannotSetUp("Do this."), 1, "Do this."),
        (PermissionError(13, "No", ".venv"), 1, "The set-up stopped: [Errno 13] No"),
        (KeyboardInterrupt(), 130, "Stopped."),
    ],
)
def test_whatever_stops_the_set_up_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    reason: BaseException,
    status: int,
    line: str,
) -> None:
    def stop(root: Path, target: str) -> bool:
        raise reason

    monkeypatch.setattr(bootstrap, "set_up", stop)
    assert bootstrap.main(["run"]) == status
    said = capsys.readouterr().err
    assert said.startswith(line)
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "words", [["--help"], ["everything"], ["run", "docs"], ["run", "--quiet"]]
)
def test_wrong_usage_is_told_the_right_one(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert bootstrap.main(words) == 2
    assert capsys.readouterr().err == (
        "Usage: python3 workbook/bootstrap.py [--quiet] [TARGET]\n"
        "TARGET is one of run, docs, lab, lint, fuzz, test, all.\n"
    )


SOURCE = Path(bootstrap.__file__).read_text("utf-8")


def test_an_old_python_understands_the_script_well_enough_to_be_refused() -> None:
    """Annotations are evaluated where they stand: `list[str]` needs Python 3.9."""
    tree = ast.parse(SOURCE, feature_version=(3, 6))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    annotations = [function.returns for function in functions] + [
        argument.annotation
        for argument in ast.walk(tree)
        if isinstance(argument, ast.arg)
    ]
    assert functions
    assert not [
        ast.unparse(node)
        for node in annotations
        if isinstance(node, ast.Subscript | ast.BinOp)
    ]


def test_the_script_imports_nothing_that_is_still_to_be_installed() -> None:
    imported = set()
    for node in ast.walk(ast.parse(SOURCE)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or ".").partition(".")[0])
    assert "subprocess" in imported
    assert imported <= sys.stdlib_module_names
