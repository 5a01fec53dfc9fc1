"""The plain cases of a login, before the special ones: a suite takes these first, so
that its first failure states the most general fault."""

from tests.steps.contract.login import (
    test_a_wrong_password_is_rejected,
    test_an_unknown_user_gets_the_same_answer_as_a_wrong_password,
    test_johndoe_logs_in,
    test_the_answer_names_the_token_and_its_type,
    test_the_grant_type_may_be_left_out,
)

# In this order: a suite collects its tests in the order in which their names come.
__all__ = [  # noqa: RUF022
    "test_johndoe_logs_in",
    "test_the_answer_names_the_token_and_its_type",
    "test_a_wrong_password_is_rejected",
    "test_an_unknown_user_gets_the_same_answer_as_a_wrong_password",
    "test_the_grant_type_may_be_left_out",
]
