"""Tracebacks, cut to the lines of the learner's own."""

import traceback
from functools import lru_cache
from pathlib import Path


def own_lines(error: BaseException, folder: Path) -> str:
    """The traceback cut to the frames below `folder`, the learner's own lines."""
    summary = traceback.TracebackException.from_exception(error)
    summary.stack = traceback.StackSummary.from_list(
        [frame for frame in summary.stack if is_below(frame.filename, folder)]
    )
    summary.__cause__ = summary.__context__ = None
    return "".join(summary.format()).rstrip()


# An app that crashes does so at a hundred requests, in the same files of its libraries.
@lru_cache(maxsize=4096)
def is_below(filename: str, folder: Path) -> bool:
    # Such as <frozen importlib._bootstrap>, which would lie in the working directory.
    if filename.startswith("<"):
        return False
    return Path(filename).resolve().is_relative_to(folder.resolve())
