"""What came of one start of an app."""

from dataclasses import dataclass


@dataclass
class Trial:
    """One start of an app. `said` is what it printed, with the message that it ended
    with; `raised` is its traceback, where it ended in one; else it ended, or it is up.
    """

    said: str = ""
    raised: str = ""
    ended: bool = False
