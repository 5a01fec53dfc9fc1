"""The learner's answers, progress and hints, and which step an app is at."""

from workbook.learning.answers import (
    SKELETON,
    AlreadyBegun,
    CannotStart,
    digest,
    is_begun,
    main_of,
    start,
    starting_point,
)
from workbook.learning.beginnings import Beginning, beginning, is_untouched, mine, ours
from workbook.learning.checks import Verdict, verdict_on, waits_for
from workbook.learning.hints import NoHint, first_with_hints, hints_for
from workbook.learning.launching import launch_of
from workbook.learning.placement import Placement, place
from workbook.learning.progress import (
    LEVELS,
    CannotRemember,
    Record,
    current_step,
    last_worked_on,
    read_progress,
    remember_check,
    remember_hint,
    step_at_hand,
)

__all__ = [
    "LEVELS",
    "SKELETON",
    "AlreadyBegun",
    "Beginning",
    "CannotRemember",
    "CannotStart",
    "NoHint",
    "Placement",
    "Record",
    "Verdict",
    "beginning",
    "current_step",
    "digest",
    "first_with_hints",
    "hints_for",
    "is_begun",
    "is_untouched",
    "last_worked_on",
    "launch_of",
    "main_of",
    "mine",
    "ours",
    "place",
    "read_progress",
    "remember_check",
    "remember_hint",
    "start",
    "starting_point",
    "step_at_hand",
    "verdict_on",
    "waits_for",
]
