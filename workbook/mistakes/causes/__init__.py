"""The causes that the answers themselves prove, without the bank of mistakes."""

from workbook.checking import Failure, Outcome
from workbook.ladder import Step
from workbook.mistakes.causes import (
    algorithms,
    bodies,
    forms,
    logins,
    paths,
    printing,
    refused_tokens,
    schemes,
    tokens_made,
)
from workbook.mistakes.causes.cause import Cause, failures, is_written
from workbook.mistakes.causes.coroutines import never_awaited
from workbook.mistakes.causes.crashes import any_crash, crash, most_crashed

__all__ = [
    "LOGINS",
    "SERVED",
    "Cause",
    "cause_of",
    "crash_of",
    "fallback_of",
    "is_written",
]

# Every suite has these: a token of the app's own login is accepted, and a wrong
# password is refused as the step wants it.
SERVED = "test_the_token_of_a_login_is_accepted"
WRONG_PASSWORD = "test_a_wrong_password_is_rejected"
# By the names of the known users the behaviour that says that they can log in.
LOGINS = {
    "johndoe": "test_johndoe_logs_in",
    "alice": "test_a_disabled_user_gets_a_token_too",
}

# The first that is found counts.
PROVEN = (
    crash,
    paths.moved,
    paths.redirect,
    paths.host_refused,
    paths.other_route,
    bodies.returned_exception,
    bodies.returned_tuple,
    bodies.refusal_as_success,
    logins.comparison_inverted,
    logins.token_elsewhere,
    bodies.refusals_rewritten,
    bodies.enveloped,
)
# Where the app refuses the tokens of its own login.
OF_TOKENS = (
    refused_tokens.misspelt,
    refused_tokens.no_subject,
    refused_tokens.good_token_refused,
    refused_tokens.not_read,
    refused_tokens.unknown_subject,
)
# True wherever they are found, and less telling than a mistake that fits.
LESS_TELLING = (
    tokens_made.another_key,
    tokens_made.anothers_token,
    tokens_made.no_expiry,
    forms.no_depends,
    forms.not_understood,
    paths.missing,
    paths.own_404,
    schemes.no_password_flow,
    bodies.null_record,
    bodies.hash_sent,
    bodies.disabled_accepted,
    bodies.other_items,
    printing.secret_printed,
    any_crash,
)


def crash_of(outcome: Outcome) -> Cause | None:
    """What was seen inside the app: a warning of Python's, the exception in most of the
    failures, or that the hashes themselves are wrong or never made."""
    failed = failures(outcome)
    return (
        never_awaited(failed, outcome.printed)
        or algorithms.algorithms_as_text(failed)
        or most_crashed(failed)
        or logins.hashed_anew(outcome)
        or logins.hash_as_password(failed)
        or logins.wrong_hash(failed, outcome.wrong_hashes)
    )


def cause_of(outcome: Outcome) -> Cause | None:
    """What the answers prove, whatever mistake led to it."""
    failed = failures(outcome)
    found = next((cause for find in PROVEN if (cause := find(failed))), None)
    if found is None and all(one.behaviour != SERVED for one in outcome.passed):
        return next((cause for find in OF_TOKENS if (cause := find(failed))), None)
    return found


def fallback_of(outcome: Outcome, step: Step) -> Cause | None:
    """What is true of the outcome where no known mistake fits."""
    failed = failures(outcome)
    passed = {result.behaviour for result in outcome.passed}
    log_in = {name for name, behaviour in LOGINS.items() if behaviour in passed}
    is_served = any(one.behaviour == SERVED for one in outcome.passed)
    return (
        logins.unknown_user_told(failed, known_are_right=WRONG_PASSWORD in passed)
        or logins.one_login_refused(failed, log_in)
        or logins.every_login_refused(failed, step)
        or next((cause for find in LESS_TELLING if (cause := find(failed))), None)
        or (None if is_served else _refused_for_no_reason(failed, step))
    )


def _refused_for_no_reason(failed: list[Failure], step: Step) -> Cause | None:
    """The app refuses the tokens of its own login, and no exception says why."""
    return refused_tokens.username_refused(
        failed, step
    ) or refused_tokens.not_looked_into(failed)
