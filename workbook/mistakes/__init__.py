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
from workbook.mistakes.survivors import Measured, measured_mutants, survivor_kinds

__all__ = [
    "BadBank",
    "BadEdit",
    "Cause",
    "Diagnosis",
    "Edit",
    "Measured",
    "Mistake",
    "Suspect",
    "diagnose",
    "is_written",
    "measured_mutants",
    "mistakes",
    "survivor_kinds",
    "write_answer",
]
