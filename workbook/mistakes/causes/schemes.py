"""The security schemes that the app documents in its openapi.json."""

from collections.abc import Sequence
from typing import Any

from workbook.checking import Failure
from workbook.mistakes.causes.cause import Cause, body_of, listed

WANTED = (
    '`OAuth2PasswordBearer(tokenUrl="token")` reads the same header, and tells clients '
    "where to log in: Swagger UI's Authorize button asks for name and password then."
)


def no_password_flow(failed: Sequence[Failure]) -> Cause | None:
    """No scheme is an OAuth2 password flow, or none of the path that was looked at.

    That explains the documents and nothing else: it isn't told where the suite's first
    failure is about an answer of the app's.
    """
    document = _document(failed[0]) if failed else None
    if document is None:
        return None
    schemes = _schemes(document)
    if any(_has_password_flow(scheme) for scheme in schemes.values()):
        return _not_where_it_is_needed(document, schemes)
    if schemes:
        kinds = listed([_kind(name, scheme) for name, scheme in schemes.items()])
        return Cause(
            f"the security scheme is {kinds}",
            f"Your app documents {kinds} in its openapi.json, and this step wants an "
            f"OAuth2 password flow. {WANTED}",
        )
    return Cause(
        "there is no security scheme",
        "Your app's openapi.json has no security scheme. Does your code read the "
        f"Authorization header itself? {WANTED}",
    )


def _not_where_it_is_needed(document: Any, schemes: dict[str, Any]) -> Cause | None:
    """There is a password flow, and a path that reads a token documents another one."""
    paths = document.get("paths")
    for path, operations in paths.items() if isinstance(paths, dict) else ():
        operation = operations.get("get") if isinstance(operations, dict) else None
        if not path.startswith("/users/me") or not isinstance(operation, dict):
            continue
        security = operation.get("security", document.get("security", []))
        used = [name for entry in security for name in entry if name in schemes]
        if any(_has_password_flow(schemes[name]) for name in used):
            continue
        has = listed([_kind(name, schemes[name]) for name in used]) or "no scheme"
        return Cause(
            f"`GET {path}` documents {has}",
            f"Your app has an OAuth2 password flow, and `GET {path}` documents {has}. "
            "Take the token from `Depends(oauth2_scheme)` in the dependency that this "
            "path uses.",
        )
    return None


def _has_password_flow(scheme: Any) -> bool:
    flows = scheme.get("flows") if isinstance(scheme, dict) else None
    if not isinstance(flows, dict) or scheme.get("type") != "oauth2":
        return False
    return "password" in flows


def _kind(name: str, scheme: Any) -> str:
    """What FastAPI calls a scheme of this kind, whatever its author calls it."""
    if not isinstance(scheme, dict):
        return name
    match scheme.get("type"), scheme.get("scheme"), scheme.get("in"):
        case "http", str(word), _:
            return f"HTTP{word.capitalize()}"
        case "apiKey", _, str(place):
            return f"APIKey{place.capitalize()}"
        case "openIdConnect", _, _:
            return "OpenIdConnect"
        case "oauth2", _, _:
            flows = scheme.get("flows")
            if isinstance(flows, dict) and "authorizationCode" in flows:
                return "OAuth2AuthorizationCodeBearer"
    return name


def _document(failure: Failure) -> Any:
    """The openapi.json that a failure is about; `None` where it's about another
    answer."""
    if failure.evidence.asked != "GET /openapi.json":
        return None
    body = body_of(failure)
    return body if isinstance(body, dict) and "openapi" in body else None


def _schemes(document: Any) -> dict[str, Any]:
    """The documented schemes by their names."""
    parts = document.get("components", {})
    schemes = parts.get("securitySchemes", {}) if isinstance(parts, dict) else {}
    return schemes if isinstance(schemes, dict) else {}
