"""What the terminal shows: verdicts, the ladder, hints, diffs, attacks."""

from workbook.terminal.all_failures import show_failing, show_way, ways_to_fail
from workbook.terminal.attacks import show_attempt, show_results, show_summary
from workbook.terminal.commands import print_command, show_commands, show_plain
from workbook.terminal.console import console, print_indented, print_line, print_words
from workbook.terminal.diffs import (
    show_behaviour,
    show_changes,
    show_same_behaviour,
)
from workbook.terminal.failures import Detail, Served, show_failure
from workbook.terminal.hints import show_hint
from workbook.terminal.ladder import show_ladder
from workbook.terminal.placements import show_placement
from workbook.terminal.progress import counting_tests, passing_line
from workbook.terminal.screen import (
    clear,
    show_keys,
    show_keys_of_all,
    show_list_that_fits,
    show_what_fits,
)
from workbook.terminal.verdicts import (
    show_checking,
    show_next,
    show_opening,
    show_verdict,
)

__all__ = [
    "Detail",
    "Served",
    "clear",
    "console",
    "counting_tests",
    "passing_line",
    "print_command",
    "print_indented",
    "print_line",
    "print_words",
    "show_attempt",
    "show_behaviour",
    "show_changes",
    "show_checking",
    "show_commands",
    "show_failing",
    "show_failure",
    "show_hint",
    "show_keys",
    "show_keys_of_all",
    "show_ladder",
    "show_list_that_fits",
    "show_next",
    "show_opening",
    "show_placement",
    "show_plain",
    "show_results",
    "show_same_behaviour",
    "show_summary",
    "show_verdict",
    "show_way",
    "show_what_fits",
    "ways_to_fail",
]
