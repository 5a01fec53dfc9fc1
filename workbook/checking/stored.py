"""What an app stores of its users, looked at where the app runs.

HTTP doesn't show what is in a table: an app with real hashes and one that stores the
password answer alike. So the modules of a learner's version are searched, for the
records of the two users: for a value in them from which the password can be read or
quickly guessed, and for a bcrypt hash that was made from another password.
"""

import base64
import hashlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any

import bcrypt

PASSWORDS = {"johndoe": "secret", "alice": "secret2"}
# johndoe's password. alice's contains it.
PASSWORD = "secret"
# A whole hash of bcrypt, of a cost that takes no longer than a second.
HASH = r"\$2[abxy]\$(0[4-9]|1[0-3])\$[./A-Za-z0-9]{53}"
# Where the salt stands in it.
SALT = slice(7, 29)
# What a computer tries millions of a second of.
FAST_HASHES = (
    *("md5", "sha1", "sha224", "sha256", "sha384", "sha512"),
    *("sha3_256", "sha3_512", "blake2b", "blake2s"),
)
# A table has a few dozen values. What has more isn't one, and may never end.
AT_MOST = 20_000


@dataclass(frozen=True)
class Stored:
    """A text that is stored for a user, or for nobody (`""`): `where`, such as
    `fake_users_db['johndoe']['hashed_password']`, and what it is."""

    user: str
    where: str
    value: str


def weak_values(folder: Path) -> list[str]:
    """What is stored for a user and gives the password away, each as a sentence without
    its dot, such as `users['johndoe']['hash'] is 'fakehashedsecret'`: the password
    itself, a fast hash of it, or a salt that another user has, too. A fast hash counts
    wherever it is, such as in a cache of passwords that were right."""
    everything = _stored_texts(folder)
    texts = [one for one in everything if one.user]
    found = [
        f"{one.where} is {one.value[:80]!r}"
        for one in texts
        if PASSWORD in one.value.lower()
    ]
    for user, password in PASSWORDS.items():
        fast = _fast_hashes(password.encode())
        found += [
            f"{one.where} is the {name} of the password"
            for one in everything
            for name, hashed in fast
            if one.user in ("", user) and hashed in one.value
        ]
    hashes = [one for one in texts if re.fullmatch(HASH, one.value)]
    found += [
        f"{one.where} and {other.where} have the same salt"
        for one, other in combinations(hashes, 2)
        if one.user != other.user
        and one.value != other.value
        and one.value[SALT] == other.value[SALT]
    ]
    return found


def _fast_hashes(password: bytes) -> list[tuple[str, str]]:
    """Such hashes of a password without a salt, with their names, in hex and base64."""
    found = []
    for name in FAST_HASHES:
        digest = hashlib.new(name, password).digest()
        # Without the padding, which base64url may leave out.
        for text in (
            digest.hex(),
            base64.b64encode(digest).decode().rstrip("="),
            base64.urlsafe_b64encode(digest).decode().rstrip("="),
        ):
            found.append((name, text))
    return list({text: (name, text) for name, text in found}.values())


def wrong_hashes(folder: Path) -> dict[str, str]:
    """Where a bcrypt hash is stored for a user that was made from another password than
    theirs, by their username. Empty for a user who has the right hash as well."""
    right: set[str] = set()
    wrong: dict[str, str] = {}
    for one in _stored_texts(folder):
        # What isn't a whole hash makes the app crash, and that says more.
        if one.user and re.fullmatch(HASH, one.value):
            password = PASSWORDS[one.user].encode()
            if bcrypt.checkpw(password, one.value.encode()):
                right.add(one.user)
            else:
                wrong.setdefault(one.user, one.where)
    return {user: where for user, where in wrong.items() if user not in right}


def _stored_texts(folder: Path) -> list[Stored]:
    """The texts that are stored, for a user or not.

    Searched are the globals of all imported modules below the folder: dicts, lists and
    objects of the app's own classes, at any depth.
    """
    modules = _modules_below(folder)
    return list(_Search({module.__name__ for module in modules}).in_modules(modules))


def _modules_below(folder: Path) -> list[ModuleType]:
    """The imported modules of the folder, `main.py` first."""
    found = []
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and Path(file).resolve().is_relative_to(folder):
            found.append(module)
    return sorted(found, key=lambda module: Path(str(module.__file__)).stem != "main")


class _Search:
    """One search: each container is looked at once, and there may be circles."""

    def __init__(self, modules: set[str]) -> None:
        self._modules = modules
        self._seen: set[int] = set()

    def in_modules(self, modules: list[ModuleType]) -> Iterator[Stored]:
        for module in modules:
            file = Path(str(module.__file__)).name
            prefix = "" if file == "main.py" else f"{file}: "
            for name, value in list(vars(module).items()):
                if not name.startswith("__"):
                    yield from self._in(value, f"{prefix}{name}", user="")

    def _in(self, value: Any, where: str, *, user: str) -> Iterator[Stored]:
        """What is found in a value, which belongs to the `user` if there is one."""
        if isinstance(value, bytes):
            value = value.decode("latin-1")
        if isinstance(value, str):
            yield Stored(user, where, value)
            return
        if id(value) in self._seen or len(self._seen) > AT_MOST:
            return
        items = self._items(value)
        if items:
            self._seen.add(id(value))
        named = (self._named_user(one) for _, _, one in items)
        user = user or next(filter(None, named), "")
        for key, place, one in items:
            whose = user or (key if key in PASSWORDS else "")
            yield from self._in(one, f"{where}{place}", user=whose)

    def _named_user(self, value: Any) -> str:
        """The user whose name a value is, or whose name an object has: a profile inside
        an account."""
        if isinstance(value, str):
            return value if value in PASSWORDS else ""
        if not self._is_own(value):
            return ""
        texts = (one for _, _, one in self._items(value) if isinstance(one, str))
        return next((one for one in texts if one in PASSWORDS), "")

    def _items(self, value: Any) -> list[tuple[str, str, Any]]:
        """What is inside a value: for each its key, how the key is written, and it."""
        if isinstance(value, dict):
            return [(str(key), f"[{key!r}]", one) for key, one in list(value.items())]
        if isinstance(value, list | tuple | set | frozenset):
            return [("", f"[{n}]", one) for n, one in enumerate(list(value))]
        if self._is_own(value):
            named = list(vars(value).items())
            return [
                (name, f".{name}", one)
                for name, one in named
                # A model's own settings may have an example in them.
                if not name.startswith(("_", "model_"))
            ]
        return []

    def _is_own(self, value: Any) -> bool:
        """An object of a class of the app, or the class itself."""
        kind = value if isinstance(value, type) else type(value)
        return hasattr(value, "__dict__") and kind.__module__ in self._modules
