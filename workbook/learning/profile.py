"""What an app shows in a few requests, and which step shows most of the same.

A profile is a set of traits: a path, the status of a refused login, a claim in a token.
The same requests are sent to our own steps, so nothing here knows what a step adds.
"""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbook import tokens
from workbook.checking import (
    Answer,
    ContractError,
    Sandbox,
    Server,
    reach,
    serve_step,
)
from workbook.ladder import Step, find, steps
from workbook.settings import KEY

Profile = frozenset[str]

# The trait of an app that signs its tokens with the SECRET_KEY of its environment.
SIGNS_WITH_KEY = "its tokens are signed with SECRET_KEY"
RECORDS = ("/users/me", "/users/me/")


@dataclass(frozen=True)
class Resemblance:
    """The step that an app looks most like, and whether it signs its tokens with the
    SECRET_KEY of its environment."""

    step: Step
    signs_with_key: bool = False


def resemblance_of_folder(folder: Path) -> Resemblance:
    """The step that the app in a step's folder looks most like. Where several are
    equally like it, its own wins. Raises `NoApp`, `NotJudged`."""
    own = find(folder.name)
    variables = {"SECRET_KEY": KEY}
    with contextlib.closing(Sandbox()) as sandbox:
        # Meanwhile the sandbox gets ready.
        profiles = profiles_of_steps()
        with sandbox.serve(own, folder.parent, variables, secret_key=None) as server:
            profile = profile_of(server)
    step = most_like(profile, profiles, tie=own)
    return Resemblance(step, SIGNS_WITH_KEY in profile)


def resemblance_of_url(url: str) -> Resemblance:
    """The step that the app at a URL looks most like. Raises `NoApp`, `NotJudged`."""
    with reach(url, secret_key=None) as server:
        profile = profile_of(server)
    # Nothing is known of the environment of another process.
    profiles = {
        step: traits - {SIGNS_WITH_KEY} for step, traits in profiles_of_steps().items()
    }
    return Resemblance(most_like(profile, profiles, tie=steps()[0]))


def profile_of(server: Server) -> Profile:
    """The traits of a running app that finds our SECRET_KEY in its environment."""
    return frozenset(_traits(server))


def profiles_of_steps() -> dict[Step, Profile]:
    """The profile of each of our steps, which run in this process. It is empty for one
    that does not start with the variables that are set here."""
    profiles: dict[Step, Profile] = dict.fromkeys(steps(), frozenset())
    with (
        tempfile.TemporaryDirectory(prefix="workbook-") as empty,
        # The upper steps would read a .env where the learner is.
        contextlib.chdir(empty),
    ):
        for step in steps():
            with contextlib.suppress(SystemExit), serve_step(step) as server:
                profiles[step] = profile_of(server)
    return profiles


def most_like(profile: Profile, profiles: dict[Step, Profile], tie: Step) -> Step:
    """The step whose profile has most in common with this one. Where several have,
    `tie` wins if it is one of them, or else the lowest."""
    likeness = {
        step: len(profile & traits) / (len(profile | traits) or 1)
        for step, traits in profiles.items()
    }
    best = [step for step in profiles if likeness[step] == max(likeness.values())]
    return tie if tie in best else best[0]


def _traits(server: Server) -> Iterator[str]:
    yield from (f"path {path}" for path in _paths(server))
    # Passwords whose hashes are known, so that none has to be computed.
    for password in ("a wrong password", "secret\0"):
        with contextlib.suppress(ContractError):
            refused = server.login("johndoe", password)
            yield from _refusal(f"login with {password!r}", refused)
    token = None
    with contextlib.suppress(ContractError):
        answer = server.login("johndoe", "secret")
        yield from _fields("login", answer)
        token = answer.token
        yield from _token_traits(token)
    for path in RECORDS:
        with contextlib.suppress(ContractError):
            yield from _refusal(f"{path} without a token", server.get(path))
            refused = server.get(path, token="no token")
            yield from _refusal(f"{path} with a bad token", refused)
            if token is not None:
                yield from _fields(path, server.get(path, token=token))


def _paths(server: Server) -> list[str]:
    with contextlib.suppress(ContractError):
        paths = server.get("/openapi.json").fields().get("paths")
        return list(paths) if isinstance(paths, dict) else []
    return []


def _refusal(what: str, answer: Answer) -> Iterator[str]:
    yield f"{what}: {answer.status}"
    yield f"{what}: WWW-Authenticate {answer.challenge}"
    yield f"{what}: {answer.text}"


def _fields(what: str, answer: Answer) -> Iterator[str]:
    yield f"{what}: {answer.status}"
    yield from (f"{what}: has {name}" for name in answer.fields())


def _token_traits(token: str) -> Iterator[str]:
    try:
        header, claims = tokens.read(token)
    except (ValueError, RecursionError):
        yield f"its token is {token}"
        return
    yield from (f"its header has {name} {value}" for name, value in header.items())
    yield from (f"its claims have {name}" for name in claims)
    yield f"its subject is {claims.get('sub')}"
    if tokens.is_signed_with(token, KEY):
        yield SIGNS_WITH_KEY
