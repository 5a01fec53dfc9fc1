"""What a cell puts out after a question that isn't answered yet: hidden until it is."""

from typing import Any

from IPython.core.getipython import get_ipython
from IPython.utils.capture import capture_output


def hide_the_rest() -> None:
    """Hides whatever this cell puts out from here on, its plots included.

    The cell still runs to its end, so the cells after it find all names. When it fails,
    everything is shown. Outside a notebook it does nothing.
    """
    shell: Any = get_ipython()
    if shell is None:
        return
    hiding = capture_output()
    hidden: Any = hiding.__enter__()

    def show_again(result: Any) -> None:
        shell.events.unregister("post_run_cell", show_again)
        hiding.__exit__(None, None, None)
        if not result.success:
            hidden.show()

    shell.events.register("post_run_cell", show_again)
