"""Step 3: a bcrypt hash cut in two, costs and days worked out, accounts found."""

import random
from collections.abc import Mapping
from typing import Any

import bcrypt

from steps.step03_bcrypt.main import fake_users_db, pwd_context
from workbook.notebook.tasks import must, task

STORED = str(fake_users_db["johndoe"]["hashed_password"]).encode()
SETTING_LENGTH = 29
ALLOWED = 500  # milliseconds
USERS, WORDS, DAY = 2_000_000, 1_000, 24 * 60 * 60
NAMES = ["carol", "dave", "erin", "frank", "grace", "heidi"]


@task("my_setting is the beginning of stored: stored[:n], with the right n.")
def setting(my_setting: Any) -> str:
    raw = my_setting.encode() if isinstance(my_setting, str) else my_setting
    must(isinstance(raw, bytes), f"It's {my_setting!r}, and it must be text or bytes.")
    must(STORED.startswith(raw), "It must be the beginning of stored, unchanged.")
    must(
        len(raw) <= SETTING_LENGTH,
        f"It has {len(raw)} characters, and the last ones belong to the hash.",
    )
    must(
        len(raw) == SETTING_LENGTH,
        f"It has {len(raw)} characters, and bcrypt needs the whole salt.",
    )
    must(bcrypt.hashpw(b"secret", raw) == STORED, "It doesn't make the same hash.")
    return (
        f"With it, bcrypt makes {STORED[-31:].decode()} from johndoe's password again."
    )


@task("my_cost is a whole number, such as 10.")
def cost(my_cost: Any, milliseconds: Mapping[int, float]) -> str:
    must(type(my_cost) is int, f"It's {my_cost!r}, and it must be a whole number.")
    takes, next_takes = (
        milliseconds[12] * 2.0 ** (tried - 12) for tried in (my_cost, my_cost + 1)
    )
    must(takes <= ALLOWED, f"Cost {my_cost} takes about {takes:.0f} ms here.")
    must(
        next_takes > ALLOWED,
        f"Cost {my_cost} takes about {takes:.0f} ms, and cost {my_cost + 1} about "
        f"{next_takes:.0f}: there's room for more.",
    )
    return (
        f"Cost {my_cost} takes about {takes:.0f} ms here, and {my_cost + 1} would take "
        f"{next_takes:.0f}. A thief has to wait that long for each guess."
    )


@task('my_days is a number; seconds["bcrypt, cost 12"] is what one guess takes.')
def days(my_days: Any, seconds: Mapping[str, float]) -> str:
    must(
        isinstance(my_days, int | float), f"It's {my_days!r}, and it must be a number."
    )
    one = seconds["bcrypt, cost 12"]
    real = USERS * WORDS * one / DAY
    must(
        abs(my_days - WORDS * one / DAY) > 0.05 * WORDS * one / DAY,
        "That's for one user. Every hash has its own salt, so each guess has to be "
        "hashed again for every user.",
    )
    must(
        abs(my_days - real) <= 0.05 * real,
        f"It isn't {my_days:,.4g} days. A day has {DAY:,} seconds, and each guess has "
        "to be hashed again for every user.",
    )
    return (
        f"About {real:,.0f} days, or {real / 365:.0f} years. Without salts, the thief "
        "could hash each word once and look it up in the whole table. That would take "
        f"{WORDS * one / 60:.0f} minutes."
    )


@task("my_twin is a text that differs from passphrase.")
def twin(my_twin: Any, passphrase: str) -> str:
    must(isinstance(my_twin, str), f"It's {my_twin!r}, and it must be text.")
    must(my_twin != passphrase, "That is the passphrase itself.")
    cheap = pwd_context.copy(bcrypt__rounds=4)
    must(
        cheap.verify(my_twin, cheap.hash(passphrase)),
        f"It doesn't open the account: its first 72 bytes differ. The "
        f"passphrase has {len(passphrase.encode())}.",
    )
    return "passlib accepts it as the passphrase: the first 72 bytes are the same."


def draw_lots() -> list[str]:
    """Six names. Three of them, at random, now have an account at step 3."""
    for name in NAMES:
        fake_users_db.pop(name, None)
    for name in random.sample(NAMES, 3):
        fake_users_db[name] = fake_users_db["alice"] | {"username": name}
    return NAMES


@task("my_accounts is a list of names.")
def accounts(my_accounts: Any) -> str:
    drawn = {name for name in NAMES if name in fake_users_db}
    must(drawn, "There are no accounts yet. Run the cell that draws lots.")
    must(
        isinstance(my_accounts, list | tuple | set),
        f"It's {my_accounts!r}, and it must be a list of names.",
    )
    said = {name for name in my_accounts if name in NAMES}
    must(
        said == drawn,
        f"{len(said & drawn)} of your {len(said)} names have an account, and "
        f"{len(drawn - said)} people with one are missing. Did you draw "
        "the lots again?",
    )
    return (
        f"They are {', '.join(sorted(drawn))}. You didn't need a password or an "
        f"account of your own, only {len(NAMES)} requests and a clock."
    )
