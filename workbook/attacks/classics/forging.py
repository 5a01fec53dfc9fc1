"""Forged tokens: made from one that the server issued, and shown to it one by one."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbook import tokens
from workbook.attacks.answers import summary
from workbook.attacks.target import CannotBeTried, Target

RANDOM_SIGNATURE = "a signature made at random"


@dataclass(frozen=True)
class Original:
    """The token that a forger begins with: the user's own, or one that looks like what
    a server would issue, where the server's tokens are no JWT."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signature: str

    @property
    def hmac(self) -> str:
        """The HMAC algorithm that a server like this one would accept."""
        alg = self.header.get("alg")
        return alg if isinstance(alg, str) and alg in tokens.HASHES else "HS256"

    def unsigned(self, **header: object) -> str:
        """Header and payload, with these parameters in the header."""
        return tokens.unsigned(self.claims, header={**self.header, **header})

    def signed(self, key: str | bytes, **header: object) -> str:
        """The same claims, signed by the forger with this key."""
        unsigned = self.unsigned(**{"alg": self.hmac, **header})
        return tokens.signed(unsigned, key, alg=self.hmac)

    def changed(self) -> dict[str, "Original"]:
        """With other claims than the server signed, by what is changed."""
        copies: dict[str, dict[str, object]] = {
            "one claim more": {"jti": str(uuid.uuid4())}
        }
        expires = self.claims.get("exp")
        if isinstance(expires, int | float):
            copies["an hour more to live"] = {"exp": expires + 60 * 60}
        return {
            what: Original(self.header, {**self.claims, **claims}, self.signature)
            for what, claims in copies.items()
        }


def original(target: Target) -> Original:
    """The token to begin with. Raises `CannotBeTried` when nobody can log in."""
    header, claims = target.own_jwt()
    if claims:
        return Original(header, claims, target.own_token().rpartition(".")[2])
    header = {"alg": "HS256", "typ": "JWT"}
    claims = {"sub": target.username, "exp": int(time.time()) + 15 * 60}
    return Original(header, claims, random_key())


def random_key() -> str:
    """What nobody has ever signed with, and no signature of anything."""
    return uuid.uuid4().hex + uuid.uuid4().hex


def show_each(
    target: Target,
    forged: Mapping[str, str],
    *,
    control: str,
    without: str = RANDOM_SIGNATURE,
) -> tuple[bool, str]:
    """Shows these tokens until one opens the record, and returns the evidence.

    `control` is a token without what the attack is about, described by `without`. Where
    it opens the record too, the attack would prove nothing: raises `CannotBeTried`.
    """
    if target.is_own_record(target.show(control)):
        raise CannotBeTried(
            f"A token with {without} opens the record as well: this attack would "
            "prove nothing of its own."
        )
    refused: dict[str, list[str]] = {}
    for name, token in forged.items():
        answer = target.show(token)
        if target.is_own_record(answer):
            return True, f"A token with {name}: {summary(answer)}."
        refused.setdefault(summary(answer), []).append(name)
    return False, "Refused: " + "; ".join(
        f"{answer} for a token with {', '.join(names)}"
        for answer, names in refused.items()
    ) + "."
