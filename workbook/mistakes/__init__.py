"""The mistakes that people make at each step, and which of them an outcome shows."""

from workbook.mistakes.bank import (
    BadBank,
    BadEdit,
    Edit,
    Mistake,
    mistakes,
    write_answer,
)
from workbook.mistakes.causes import Cause, is_written
from workbook.mistakes.diagnosis import Diagnosis, Suspect, diagnose

__all__ = [
    "BadBank",
    "BadEdit",
    "Cause",
    "Diagnosis",
    "Edit",
    "Mistake",
    "Suspect",
    "diagnose",
    "is_written",
    "mistakes",
    "write_answer",
]
