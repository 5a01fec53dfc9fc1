"""The company's other service, which signs with the same key as the server.

One key for all services is a common shortcut. Nobody steals it here: the service does
its job, and an attacker takes one of its tokens to a door that it was not made for.
"""

from collections.abc import Mapping

from workbook import tokens
from workbook.attacks.sign_with_published_key import PUBLISHED_KEY
from workbook.attacks.target import CannotBeTried, Target


def issue(
    target: Target,
    claims: dict[str, object],
    *,
    header: Mapping[str, object] | None = None,
) -> str:
    """A token of the other service. Raises `CannotBeTried` when its key is unknown."""
    return tokens.sign(claims, _company_key(target), header=header)


def _company_key(target: Target) -> str:
    if target.secret_key is not None:
        return target.secret_key
    issued = target.log_in()
    try:
        tokens.read(issued)
    except ValueError:
        # This server signs nothing. The other service does all the same.
        return PUBLISHED_KEY
    if tokens.is_signed_with(issued, PUBLISHED_KEY):
        return PUBLISHED_KEY
    raise CannotBeTried(
        "The other service signs with this server's key, which is not known here: it "
        "is not the published one, and no SECRET_KEY in a main.py came with it."
    )
