"""A learner's file is begun once, kept always, and told apart by its content."""

import contextlib
from datetime import datetime
from pathlib import Path

import pytest

from workbook.checking import CheckWorker, Outcome, run
from workbook.ladder import Step, find, modules_in, sources, steps
from workbook.learning import answers
from workbook.learning.answers import CannotStart, digest, main_of, start

STEP1, STEP2, STEP3 = find("1"), find("2"), find("3")


def kept_beside(module: Path) -> list[str]:
    """What the old ones hold that were kept beside it."""
    kept = module.parent.glob(f"{module.stem}.*.py")
    return [path.read_text("utf-8") for path in kept]


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_step_begins_with_the_step_before(tmp_path: Path):
    folder = tmp_path / "new" / "answers"
    assert start(STEP3, folder) == []
    assert main_of(STEP3, folder).read_bytes() == STEP2.main.read_bytes()


def test_step_1_begins_with_the_skeleton(tmp_path: Path):
    start(STEP1, tmp_path)
    assert main_of(STEP1, tmp_path).read_bytes() == answers.SKELETON.read_bytes()


def test_what_is_there_is_never_overwritten(tmp_path: Path):
    start(STEP2, tmp_path)
    main_of(STEP2, tmp_path).write_text("mine", "utf-8")
    with pytest.raises(CannotStart, match="already and was left alone"):
        start(STEP2, tmp_path)
    assert main_of(STEP2, tmp_path).read_text("utf-8") == "mine"


def test_a_link_that_leads_nowhere_is_left_alone_too(tmp_path: Path):
    main = main_of(STEP2, tmp_path)
    main.parent.mkdir()
    main.symlink_to(tmp_path / "nowhere.py")
    with pytest.raises(CannotStart, match="left alone"):
        start(STEP2, tmp_path)
    assert not (tmp_path / "nowhere.py").exists()


def test_again_keeps_the_old_file_under_a_dated_name(tmp_path: Path):
    start(STEP2, tmp_path)
    main = main_of(STEP2, tmp_path)
    main.write_text("mine", "utf-8")
    (kept,) = start(STEP2, tmp_path, again=True)
    assert kept.parent == main.parent
    assert f"main.{datetime.now():%Y-%m-}" in kept.name
    assert kept.suffix == ".py"
    assert kept.read_text("utf-8") == "mine"
    assert main.read_bytes() == STEP1.main.read_bytes()


def test_again_keeps_modules_that_the_new_beginning_does_not_have(tmp_path: Path):
    """They'd look like modules of it. Data and hidden files stay where they are."""
    start(STEP2, tmp_path)
    folder = main_of(STEP2, tmp_path).parent
    for name in ("passwords.py", "db/models.py", "users.json", ".env"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("mine", "utf-8")
    kept = start(STEP2, tmp_path, again=True)
    assert [path.name.partition(".")[0] for path in kept] == [
        "main",
        "models",
        "passwords",
    ]
    assert not (folder / "passwords.py").exists()
    assert not (folder / "db" / "models.py").exists()
    assert (folder / "users.json").read_text("utf-8") == "mine"
    assert (folder / ".env").read_text("utf-8") == "mine"
    assert len(start(STEP2, tmp_path, again=True)) == 1


def test_again_where_nothing_was_begun_is_a_beginning(tmp_path: Path):
    assert start(STEP2, tmp_path, again=True) == []
    assert main_of(STEP2, tmp_path).exists()


def test_again_several_times_within_a_second_keeps_every_file(tmp_path: Path):
    main = main_of(STEP2, tmp_path)
    main.parent.mkdir()
    for text in ("one", "two", "three", "four"):
        main.write_text(text, "utf-8")
        start(STEP2, tmp_path, again=True)
    assert sorted(kept_beside(main)) == ["four", "one", "three", "two"]


def test_two_terminals_never_keep_their_files_under_one_name(tmp_path: Path):
    """Each asks before the other has moved its file: the second to move would put the
    fresh file over the one that was to be kept."""
    main = tmp_path / "main.py"
    assert len({answers._dated(main) for _ in range(5)}) == 5


def test_a_folder_in_the_place_of_the_file_is_told_and_left(tmp_path: Path):
    main = main_of(STEP2, tmp_path)
    main.mkdir(parents=True)
    for again in (False, True):
        with pytest.raises(CannotStart, match=r"main\.py is a folder"):
            start(STEP2, tmp_path, again=again)
    assert files_in(main.parent) == ["main.py"]


def test_a_file_in_the_place_of_the_folder_is_told_and_left(tmp_path: Path):
    (tmp_path / STEP2.name).write_text("mine", "utf-8")
    with pytest.raises(CannotStart, match="in the way: it isn't a folder"):
        start(STEP2, tmp_path)
    assert (tmp_path / STEP2.name).read_text("utf-8") == "mine"


def test_a_step_that_cannot_be_copied_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    main = main_of(STEP1, tmp_path)
    main.parent.mkdir()
    main.write_text("mine", "utf-8")
    monkeypatch.setattr(answers, "SKELETON", tmp_path / "nowhere.py")
    with pytest.raises(CannotStart, match="cannot be written: No such file"):
        start(STEP1, tmp_path, again=True)
    assert main.read_text("utf-8") == "mine"
    assert files_in(main.parent) == ["main.py"]


# A step of several files.


def test_all_files_of_the_step_before_are_copied(
    tmp_path: Path, small_ladder: tuple[Step, ...]
):
    _, lower, upper = small_ladder
    folder = main_of(upper, tmp_path / "answers").parent
    start(upper, tmp_path / "answers")
    assert sources(modules_in(folder)) == sources(lower.modules)
    assert files_in(folder) == ["main.py", "settings.py"]


@pytest.mark.parametrize("name", ["main.py", "settings.py"])
def test_where_one_of_the_files_is_there_none_is_written(
    tmp_path: Path, small_ladder: tuple[Step, ...], name: str
):
    folder = main_of(small_ladder[2], tmp_path / "answers").parent
    folder.mkdir(parents=True)
    (folder / name).write_text("mine", "utf-8")
    with pytest.raises(CannotStart, match=rf"{name} exists already and was left alone"):
        start(small_ladder[2], tmp_path / "answers")
    assert files_in(folder) == [name]
    assert (folder / name).read_text("utf-8") == "mine"


def test_again_keeps_each_module_of_the_old_version(
    tmp_path: Path, small_ladder: tuple[Step, ...]
):
    _, lower, upper = small_ladder
    folder = main_of(upper, tmp_path / "answers").parent
    folder.mkdir(parents=True)
    for name in ("main.py", "settings.py", "users.py"):
        (folder / name).write_text(f"my {name}", "utf-8")
    kept = start(upper, tmp_path / "answers", again=True)
    assert [path.name.partition(".")[0] for path in kept] == [
        "main",
        "settings",
        "users",
    ]
    assert kept_beside(folder / "main.py") == ["my main.py"]
    assert kept_beside(folder / "settings.py") == ["my settings.py"]
    assert kept_beside(folder / "users.py") == ["my users.py"]
    assert sources(modules_in(folder)) == sources(lower.modules)


@pytest.mark.parametrize("again", [False, True])
def test_a_folder_in_the_place_of_one_file_leaves_the_others(
    tmp_path: Path, small_ladder: tuple[Step, ...], again: bool
):
    folder = main_of(small_ladder[2], tmp_path / "answers").parent
    (folder / "settings.py").mkdir(parents=True)
    (folder / "main.py").write_text("mine", "utf-8")
    with pytest.raises(CannotStart, match=r"left alone|settings\.py is a folder"):
        start(small_ladder[2], tmp_path / "answers", again=again)
    assert files_in(folder) == ["main.py", "settings.py"]
    assert (folder / "main.py").read_text("utf-8") == "mine"


def test_a_file_that_came_in_between_leaves_nothing_half_written(
    tmp_path: Path, small_ladder: tuple[Step, ...], monkeypatch: pytest.MonkeyPatch
):
    """Another terminal may be faster, after we have looked and before we write."""
    folder = main_of(small_ladder[2], tmp_path / "answers").parent
    folder.mkdir(parents=True)
    (folder / "settings.py").write_text("mine", "utf-8")
    monkeypatch.setattr(answers.os.path, "lexists", lambda path: False)
    monkeypatch.setattr(Path, "is_file", lambda path: False)
    with pytest.raises(CannotStart, match=r"settings\.py exists already"):
        start(small_ladder[2], tmp_path / "answers")
    assert files_in(folder) == ["settings.py"]
    assert (folder / "settings.py").read_text("utf-8") == "mine"


def test_what_was_kept_is_no_module(tmp_path: Path, small_ladder: tuple[Step, ...]):
    upper = small_ladder[2]
    start(upper, tmp_path / "answers")
    start(upper, tmp_path / "answers", again=True)
    modules = modules_in(main_of(upper, tmp_path / "answers").parent)
    assert [module.name for module in modules] == ["main.py", "settings.py"]


# The digest says whether a version must be checked again.


@pytest.fixture
def main(tmp_path: Path) -> Path:
    """A version of step 2, with a module beside it."""
    main = main_of(STEP2, tmp_path)
    main.parent.mkdir()
    main.write_text("from .users import users\n", "utf-8")
    main.with_name("users.py").write_text("users = {}\n", "utf-8")
    return main


def test_the_digest_changes_with_each_python_file(tmp_path: Path, main: Path):
    seen = {digest(STEP2, tmp_path)}
    main.write_text("from .users import users as them\n", "utf-8")
    seen.add(digest(STEP2, tmp_path))
    main.with_name("users.py").write_text("users = []\n", "utf-8")
    seen.add(digest(STEP2, tmp_path))
    main.with_name("more.py").write_text("", "utf-8")
    seen.add(digest(STEP2, tmp_path))
    main.with_name("more.py").rename(main.with_name("other.py"))
    seen.add(digest(STEP2, tmp_path))
    main.with_name("other.py").unlink()
    main.with_name("users.py").unlink()
    seen.add(digest(STEP2, tmp_path))
    assert len(seen) == 6


def test_the_digest_stays_where_no_python_file_has_changed(tmp_path: Path, main: Path):
    before = digest(STEP2, tmp_path)
    main.touch()
    main.with_name("notes.txt").write_text("mine", "utf-8")
    (tmp_path / "progress.jsonl").write_text("{}", "utf-8")
    main_of(STEP3, tmp_path).parent.mkdir()
    main_of(STEP3, tmp_path).write_text("other", "utf-8")
    assert digest(STEP2, tmp_path) == before


def test_without_a_python_file_there_is_no_digest(tmp_path: Path):
    assert digest(STEP2, tmp_path) == ""
    main_of(STEP2, tmp_path).mkdir(parents=True)
    assert digest(STEP2, tmp_path) == ""


# The skeleton is a beginning: all is asked, nothing is answered.


@pytest.fixture(scope="module")
def skeleton(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the first check says, before anything is written."""
    folder = tmp_path_factory.mktemp("answers")
    start(STEP1, folder)
    return run(STEP1, answers=folder)


@pytest.mark.long
def test_the_skeleton_can_be_judged(tmp_path: Path):
    start(STEP1, tmp_path)
    with contextlib.closing(CheckWorker()) as worker:
        outcome = worker.check(STEP1, answers=tmp_path)
    assert outcome.problem == ""
    assert outcome.printed == ""


def test_the_skeleton_answers_501_to_the_first_thing_that_is_asked(skeleton: Outcome):
    first = skeleton.failed[0]
    assert first.name == "test_johndoe_logs_in"
    assert first.failure is not None
    assert first.failure.actual == '501 {"detail": "Not written yet: login"}'
    assert first.failure.raised == ""


def test_the_skeleton_passes_no_test_of_a_password_or_a_token(skeleton: Outcome):
    """What it passes is what FastAPI does by itself: forms, and who has no token."""
    failed = {result.behaviour for result in skeleton.failed}
    assert failed.issuperset(
        {
            "test_johndoe_logs_in",
            "test_a_disabled_user_gets_a_token_too",
            "test_a_wrong_password_is_rejected",
            "test_an_unknown_user_gets_the_same_answer_as_a_wrong_password",
            "test_the_stored_hash_does_not_log_in",
            "test_a_login_is_for_the_user_who_asks",
            "test_the_token_of_a_login_is_accepted",
        }
    )


def test_the_skeleton_names_what_the_tutorial_names():
    """Who has filled it in can compare it with ours, function by function."""
    skeleton = answers.SKELETON.read_text("utf-8")
    ours = STEP1.main.read_text("utf-8")
    for line in ours.splitlines():
        if line.startswith(("def ", "async def ", "class ", "@app", "oauth2_scheme")):
            assert line in skeleton.splitlines()


def test_every_step_above_the_first_begins_with_one_of_ours():
    assert [answers.starting_point(step) for step in steps()[1:]] == [
        step.modules for step in steps()[:-1]
    ]
