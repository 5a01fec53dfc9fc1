"""Which worker gets which tests, where pytest-xdist runs them in several.

xdist can keep groups together itself, with `--dist loadgroup`. But it writes the group
into the test's id, which has no effect from pytest 9.2 on: the tests are spread as if
they had no group, and nothing says so (pytest-xdist issue 1386). So each worker writes
its groups to a file, and the scheduler reads one: all workers have collected the same.
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from workbook.ladder import ROOT

# What takes longest begins first, or one worker is waited for while others are idle.
LONGEST_FIRST = (
    "tests/tooling/test_next_step.py",
    "tests/end_to_end",
    "tests/mistakes/test_trials.py",
    "tests/site",
    "tests/notebooks",
    "tests/attacks",
    "tests/checking",
)

FOLDER: pytest.StashKey[Path] = pytest.StashKey()
# In what the controller tells a worker: the file for its groups.
FILE = "file_of_groups"


class GroupScheduling(LoadScopeScheduling):
    """Gives each group to one worker, in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        self.groups: dict[str, str] = {}
        # It would begin with the groups of most tests, and not with the longest.
        config.option.loadscopereorder = False

    def schedule(self) -> None:
        if not self.groups:
            written = next(self.config.stash[FOLDER].iterdir())
            self.groups = json.loads(written.read_text("utf-8"))
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        return self.groups[nodeid]


def ask_for_groups(node: Any) -> None:
    """On the controller, before it starts a worker."""
    config: pytest.Config = node.config
    if FOLDER not in config.stash:
        folder = config.stash[FOLDER] = Path(tempfile.mkdtemp(prefix="workbook-"))
        config.add_cleanup(lambda: shutil.rmtree(folder))
    node.workerinput[FILE] = str(config.stash[FOLDER] / f"{node.gateway.id}.json")


def write_groups(session: pytest.Session) -> None:
    """In a worker that has collected."""
    groups = {item.nodeid: group_of(item) for item in session.items}
    file: str = session.config.workerinput[FILE]  # type: ignore[attr-defined]
    Path(file).write_text(json.dumps(groups), "utf-8")


def group_of(item: pytest.Item) -> str:
    """What its marks say, or else its file."""
    if item.get_closest_marker("apart"):
        return item.nodeid
    group = item.get_closest_marker("group")
    return group.args[0] if group else path_of(item)


def rank(item: pytest.Item) -> int:
    """Its place among what begins first; all others come after that, as they are."""
    path = path_of(item)
    for place, folder in enumerate(LONGEST_FIRST):
        if path.startswith(folder):
            return place
    return len(LONGEST_FIRST)


def path_of(item: pytest.Item) -> str:
    """Its file, from the project's folder: files of two folders may have one name."""
    return item.path.relative_to(ROOT).as_posix()
