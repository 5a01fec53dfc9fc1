"""A name that no cell has made yet, explained in the place of a traceback."""

from types import TracebackType
from typing import Any

from IPython.core.getipython import get_ipython


def explain_unknown_names() -> None:
    """From now on, a cell that meets an unknown name says which cells to run.

    Outside a notebook it does nothing.
    """
    shell: Any = get_ipython()
    if shell is not None:
        shell.set_custom_exc((NameError,), _explain)


def _explain(
    shell: Any,
    kind: type[NameError],
    error: NameError,
    traceback: TracebackType,
    tb_offset: int | None = None,
) -> None:
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    if kind is not NameError or traceback.tb_frame.f_globals is not shell.user_ns:
        # Not a cell's: the traceback is the best there is.
        shell.showtraceback((kind, error, error.__traceback__), tb_offset=tb_offset)
        return
    print(
        f"`{error.name}` is not known here. Either a letter is wrong, or you haven't "
        "run the cell that makes it yet.\nRun the cell under Set-up and those between "
        "it and here (in JupyterLab: Run, Run All Above Selected Cell), then this one "
        "again."
    )
