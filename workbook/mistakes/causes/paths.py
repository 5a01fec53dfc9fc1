"""The app has the paths, and has them elsewhere."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from workbook.checking import Failure
from workbook.mistakes.causes.cause import Cause, body_of, leading, listed


def redirect(failed: Sequence[Failure]) -> Cause | None:
    """The app redirects to another path, most often one without a slash at its end."""
    found = leading(failed, lambda failure: failure.evidence.location)
    if not found:
        return None
    evidence = found[0].evidence
    asked = evidence.asked.partition(" ")[2]
    place = urlsplit(evidence.location)
    answer = (
        f"`{evidence.asked}` is answered {evidence.status}, "
        f"`Location: {evidence.location}`."
    )
    if place.path.rstrip("/") != asked.rstrip("/"):
        return Cause(
            f"`{evidence.asked}` is a redirect",
            f"{answer} This step wants the answer itself at that path.",
        )
    if place.path == asked:
        return Cause(
            f"every request is redirected to {place.scheme}",
            f"{answer} Something sends every request to another address, perhaps an "
            "HTTPSRedirectMiddleware. Leave it out here.",
        )
    wanted = list(dict.fromkeys(f.evidence.asked.partition(" ")[2] for f in found))
    return _slash(wanted, place.path.endswith("/"), answer)


def moved(failed: Sequence[Failure]) -> Cause | None:
    """A path that isn't there, with the one that the app documents in its place."""
    found = leading(failed, lambda failure: failure.evidence.elsewhere)
    if not found:
        return None
    routes = dict.fromkeys((f.evidence.asked, f.evidence.elsewhere) for f in found)
    asked, has = next(iter(routes))
    if asked.rstrip("/") == has.rstrip("/"):
        return _slash(
            [asked.partition(" ")[2]],
            has.endswith("/"),
            f"`{asked}` is answered {found[0].evidence.status}.",
        )
    pairs = [
        f"your app has `{has}`; this step asks for `{asked}`" for asked, has in routes
    ]
    told = ". ".join(pair[0].upper() + pair[1:] for pair in pairs[:3])
    look = (
        "Look at the decorators, at the `prefix` of a router and at `include_router`."
    )
    if not has.partition(" ")[2].startswith("/"):
        look = "A path begins with a slash: write it in the decorator, too."
    return Cause(f"`{asked}` is at `{has}`", f"{told}. {look}")


def host_refused(failed: Sequence[Failure]) -> Cause | None:
    """Starlette's TrustedHostMiddleware doesn't know the host of the tests."""
    found = leading(
        failed,
        lambda f: f.evidence.status == 400 and f.evidence.body == "Invalid host header",
    )
    if not found:
        return None
    return Cause(
        "every request is refused for its host",
        "Your app answers 400 Invalid host header. That's TrustedHostMiddleware, and "
        "its `allowed_hosts` don't have the address of the tests: add `127.0.0.1`, or "
        "leave it out here.",
    )


def other_route(failed: Sequence[Failure]) -> Cause | None:
    """A route with a parameter in its path takes what the next one is there for."""

    def shows(failure: Failure) -> list[str]:
        body = body_of(failure)
        errors = body.get("detail") if isinstance(body, dict) else None
        return [
            str(error["loc"][1])
            for error in (errors if isinstance(errors, list) else [])
            if isinstance(error, dict)
            and isinstance(error.get("loc"), list)
            and len(error["loc"]) == 2
            and error["loc"][0] == "path"
            and str(error.get("input")) in failure.evidence.asked.split("/")
        ]

    found = leading(failed, shows)
    if not found:
        return None
    asked, name = found[0].evidence.asked, shows(found[0])[0]
    return Cause(
        f"another route answers `{asked}`",
        f"`{asked}` is answered by your route with `{{{name}}}` in its path. FastAPI "
        "takes the first route that fits, from the top down: move the one with the "
        "parameter below the other.",
    )


def own_404(failed: Sequence[Failure]) -> Cause | None:
    """A right request is answered 404 by the app's own code."""
    found = leading(
        failed,
        lambda f: (
            f.evidence.status == 404
            and f.expected.startswith("200")
            and isinstance(body := body_of(f), dict)
            and body.get("detail") not in (None, "Not Found")
        ),
    )
    if not found:
        return None
    evidence = found[0].evidence
    return Cause(
        f"`{evidence.asked}` is answered 404 by your own code",
        f"`{evidence.asked}` is answered 404 {body_of(found[0])['detail']!r}. FastAPI "
        "itself says Not Found, so this is a line of yours. Does it look for a user "
        "that isn't there? Or does another route answer, such as one with "
        "`{username}` in its path that stands above?",
    )


def missing(failed: Sequence[Failure]) -> Cause | None:
    """A path that FastAPI itself answers 404 for, and nothing like it is documented."""
    found = leading(
        failed,
        lambda f: (
            f.evidence.status == 404
            and "not found" in f.evidence.body.lower()
            and len(f.evidence.body) < len('{"detail":"Not Found"} ')
        ),
    )
    if not found:
        return None
    asked = list(dict.fromkeys(failure.evidence.asked for failure in found))
    return Cause(
        f"there is no {listed(asked[:2])}",
        f"Your app answers 404 Not Found for {listed(asked[:3])}: it has no such path."
        + (
            " If they are on an APIRouter, is it included with `app.include_router(…)`?"
            if len(asked) > 1
            else ""
        ),
    )


def _slash(wanted: Sequence[str], has_one: bool, answer: str) -> Cause:
    if has_one:
        return Cause(
            "paths with a slash at the end",
            f"{answer} Your path has a slash at its end. This step asks for "
            f"{listed(wanted)}, without one. To FastAPI these are two paths.",
        )
    return Cause(
        "paths without a trailing slash",
        f"{answer} Your path has no slash at its end. This step asks for "
        f"{listed(wanted)}, with one. To FastAPI these are two paths.",
    )
