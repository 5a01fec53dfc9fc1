"""Who waits for a hash: one event loop that computes it, against threads that do."""

from workbook.bench import FILE, number, read
from workbook.ladder import find
from workbook.site.pictures.drawing import WIDTH, Drawing
from workbook.site.problems import Wrong

LOGINS = 4
LEFT, HIGH, LANE = 62, 24, 30
BEFORE, AFTER = "step06_settings", "step07_safe_login"


def draw() -> Drawing:
    """As many logins at once as the benchmark has, with the times that it measured."""
    try:
        figures = read(FILE)
    except (OSError, ValueError):
        raise Wrong("there are no figures yet: make bench") from None
    one = figures.steps[BEFORE]["known"].median
    waits = [figures.steps[n][f"p99_{LOGINS}"].median for n in (BEFORE, AFTER)]
    cores = int(figures.machine["cores"])
    before, after = find(BEFORE).number, find(AFTER).number
    drawing = Drawing(
        "event_loop",
        "An event loop that computes hashes, and one that leaves them to threads",
        f"{LOGINS} logins arrive at once, and then a request for /users/me. At step "
        f"{before} the event loop computes one hash after the other, {number(one)} ms "
        f"each, and the request waits for all of them. At step {after} {cores} threads "
        "compute the hashes, and the event loop answers the request at once. Measured: "
        f"99 in 100 requests are answered within {number(waits[0])} ms at step "
        f"{before} and within {number(waits[1])} ms at step {after}.",
        f"Drawn for {cores} cores. Measured with {LOGINS} clients logging in all the "
        f"time: 99 in 100 requests for /users/me take less than {number(waits[0])} ms "
        f"at step {before}, and less than {number(waits[1])} ms at step {after}.",
    )
    wide = (WIDTH - LEFT - 44) / LOGINS
    _head(drawing, 14, f"Step {before}: the event loop hashes")
    y = 26.0
    drawing.text(0, y + 16, "event loop", "small")
    for place in range(LOGINS):
        _hash(drawing, LEFT + wide * place, y, wide, place)
    end = LEFT + wide * LOGINS
    drawing.box(end + 2, y, 36, HIGH, "good-fill")
    drawing.text(end + 20, y + 16, "/me", "small", "middle")
    _waits(drawing, y + HIGH + 12, end + 2, "/users/me waits", "bad")

    y += 84
    _head(drawing, y, f"Step {after}: threads hash")
    y += 12
    drawing.text(0, y + 16, "event loop", "small")
    drawing.box(LEFT, y, WIDTH - LEFT - 4, HIGH, "box")
    drawing.box(LEFT + 10, y, 36, HIGH, "good-fill")
    drawing.text(LEFT + 28, y + 16, "/me", "small", "middle")
    drawing.text(LEFT + 54, y + 16, "answered at once", "small good")
    for place in range(LOGINS):
        thread, turn = place % cores, place // cores
        top = y + LANE * (1 + thread)
        if not turn:
            drawing.text(0, top + 16, f"thread {thread + 1}", "small")
        # Computed side by side, so one takes as long as one alone.
        _hash(drawing, LEFT + wide * turn, top, wide, place)
    bottom = y + LANE * (1 + min(cores, LOGINS)) + 8
    drawing.arrow(LEFT, bottom, WIDTH - 4, bottom)
    drawing.text(WIDTH - 4, bottom + 15, "time", "small", "end")
    return drawing


def _head(drawing: Drawing, y: float, text: str) -> None:
    drawing.text(0, y, text, "head")


def _hash(drawing: Drawing, x: float, y: float, width: float, place: int) -> None:
    drawing.box(x, y, width - 2, HIGH, "busy-fill")
    drawing.text(x + width / 2 - 1, y + 16, f"hash {place + 1}", "small", "middle")


def _waits(drawing: Drawing, y: float, end: float, text: str, kind: str) -> None:
    drawing.arrow(LEFT + 10, y, end, y, f"{kind}-line")
    drawing.text(LEFT + 10, y + 16, text, f"small {kind}")
