"""The way of a request through the dependencies of a step, with its three exits."""

import json
from collections.abc import Iterator
from typing import Any

from workbook.ladder import Step
from workbook.site.exchanges import Recorded, Request, record, started_module
from workbook.site.pictures.drawing import WIDTH, Drawing

BOX, HIGH, GAP = 170, 44, 26
# What each dependency asks, in the order in which a request passes them, and a request
# that it refuses.
ASKS = {
    "oauth2_scheme": ("is there a token?", None),
    "get_current_user": ("whose token is it?", "Bearer not-a-token"),
    "get_current_active_user": ("is the user active?", "Bearer {alice}"),
}


def draw(step: Step) -> Drawing:
    """The chain in front of /users/me as the app has it, and what the app answers."""
    route = _route(step)
    chain = list(_chain(route.dependant, vars(started_module(step))))
    refused = [_answer(step, route.path, ASKS[name][1]) for name in chain]
    passed = _answer(step, route.path, "Bearer {johndoe}")
    names = ", then ".join(chain)
    drawing = Drawing(
        "dependencies",
        f"A request for {route.path} passes its dependencies, or leaves with an error",
        f"The request passes {names}, and then {route.name} answers {passed.status}. "
        + " ".join(
            f"{name} asks: {ASKS[name][0]} If not, the answer is {told}."
            for name, told in zip(chain, map(_told, refused), strict=True)
        ),
    )
    drawing.text(BOX / 2, 14, f"GET {route.path}", "head", "middle")
    drawing.arrow(BOX / 2, 20, BOX / 2, 20 + GAP)
    y = 20.0 + GAP
    for name, answer in zip(chain, refused, strict=True):
        _dependency(drawing, y, name, answer)
        y += HIGH + GAP
    drawing.box(0, y, BOX, HIGH, "box good-line")
    drawing.text(BOX / 2, y + 18, route.name, "mono head", "middle")
    drawing.text(
        BOX / 2, y + 35, f"{passed.status}: the user's record", "good", "middle"
    )
    return drawing


def _dependency(drawing: Drawing, y: float, name: str, answer: Recorded) -> None:
    drawing.box(0, y, BOX, HIGH)
    drawing.text(BOX / 2, y + 18, name, "mono small", "middle")
    drawing.text(BOX / 2, y + 35, ASKS[name][0], "", "middle")
    drawing.arrow(BOX / 2, y + HIGH, BOX / 2, y + HIGH + GAP, "good-line")
    drawing.text(BOX / 2 + 8, y + HIGH + 17, "yes", "good")
    drawing.arrow(BOX, y + HIGH / 2, BOX + 36, y + HIGH / 2, "bad-line")
    drawing.text(BOX + 16, y + HIGH / 2 - 6, "no", "bad", "middle")
    left = BOX + 42
    drawing.text(left, y + 12, str(answer.status), "head bad")
    words = json.loads(answer.body)["detail"].split()
    half = (len(words) + 1) // 2
    lines = [" ".join(words[:half]), " ".join(words[half:])]
    if len(" ".join(words)) * 6 < WIDTH - left:
        lines = [" ".join(words)]
    for place, line in enumerate(lines):
        drawing.text(left, y + 28 + 15 * place, line, "small")


def _route(step: Step) -> Any:
    """That of the user's own record."""
    routes = started_module(step).app.routes
    (found,) = [r for r in routes if r.path.rstrip("/") == "/users/me"]
    return found


def _chain(dependant: Any, names: dict[str, Any]) -> Iterator[str]:
    """The names of what a route depends on, in the order in which it is called."""
    for inner in dependant.dependencies:
        yield from _chain(inner, names)
        for name, thing in names.items():
            if thing is inner.call and name in ASKS:
                yield name


def _answer(step: Step, path: str, shown: str | None) -> Recorded:
    headers = {"Authorization": shown} if shown else {}
    return record(step, Request("GET", path, headers, ""))


def _told(answer: Recorded) -> str:
    return f"{answer.status} {json.loads(answer.body)['detail']}"
