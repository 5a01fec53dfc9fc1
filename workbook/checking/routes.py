"""The routes that an app documents, compared with the one that a suite asks for."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
FORM = "application/x-www-form-urlencoded"
LOGIN = ("POST", "/token")
# Below this, two paths have nothing to do with each other.
ALIKE = 0.6


@dataclass(frozen=True)
class Route:
    """One operation of an OpenAPI document. A login reads a username and a password
    from a form; `function` is what answers, as FastAPI names it."""

    method: str
    path: str
    is_login: bool = False
    function: str = ""


def routes_in(document: Any) -> list[Route]:
    """Each operation of an OpenAPI document."""
    return [
        Route(
            method.upper(),
            path,
            _is_login(operations[method], document),
            # FastAPI makes "Read Users Me" of read_users_me.
            str(operations[method].get("summary", "")).lower().replace(" ", "_"),
        )
        for path, operations in document["paths"].items()
        for method in METHODS
        if method in operations
    ]


def function_of(method: str, path: str, routes: list[Route]) -> str:
    """The function that answers `method path`; empty where that isn't documented."""
    found = (route for route in routes if (route.method, route.path) == (method, path))
    return next((route.function for route in found), "")


def closest(method: str, path: str, routes: list[Route]) -> str:
    """The route that does what `method path` is asked for, under another path or
    another method; empty where none looks like it, or where that route is there."""
    if any((route.method, route.path) == (method, path) for route in routes):
        return ""
    scored = [
        (_alikeness(method, path, route), f"{route.method} {route.path}")
        for route in routes
    ]
    alike, name = max(scored, default=(0, ""))
    return name if alike >= ALIKE else ""


def _alikeness(method: str, path: str, route: Route) -> float:
    asked, other = path.lower().rstrip("/"), route.path.lower().rstrip("/")
    if route.method != method:
        return 1.9 if asked == other else 0
    if asked == other:
        return 2
    if (asked.endswith(other) or other.endswith(asked)) and asked and other:
        return 1.5
    if (method, path) == LOGIN:
        return 1 if route.is_login else 0
    if asked.rpartition("/")[2] != other.rpartition("/")[2]:
        return 0
    return SequenceMatcher(None, asked, other).ratio()


def _is_login(operation: Any, document: Any) -> bool:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get(FORM, {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = document.get("components", {}).get("schemas", {}).get(name, schema)
    return {"username", "password"} <= set(schema.get("properties", {}))
