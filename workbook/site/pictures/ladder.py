"""The ladder as a picture: each step a rung, with the attacks that it stops."""

from workbook.attacks import ATTACKS
from workbook.ladder import Step, steps
from workbook.site.pictures.drawing import LINE, WIDTH, Drawing, wrapped

RAILS, TEXT = (6, 28), 46
HEAD, GAP = 20, 9


def draw() -> Drawing:
    """From the last step at the top down to the first, as one climbs."""
    drawing = Drawing(
        "ladder",
        "The steps as a ladder, with the attacks that each step stops",
        " ".join(_told(step) for step in steps()),
        "Read it from the bottom up. Dots are the attacks that still get through.",
    )
    y = 4.0
    for step in reversed(steps()):
        y = _rung(drawing, step, y)
    drawing.height = y
    rails = [f'<line x1="{x}" y1="0" x2="{x}" y2="{y:g}" class="rail"/>' for x in RAILS]
    drawing.shapes[:0] = rails
    return drawing


def _rung(drawing: Drawing, step: Step, y: float) -> float:
    """Draws one step and returns where the next one begins."""
    middle = y + HEAD / 2
    drawing.line(RAILS[0], middle, RAILS[1], middle, "rung")
    drawing.shapes.append(f'<circle cx="17" cy="{middle:g}" r="10" class="number"/>')
    drawing.text(17, middle + 4, str(step.number), "on-number", "middle")
    drawing.text(TEXT, middle + 4.5, step.title, "head")
    _dots(drawing, middle, sum(attack.is_open_at(step) for attack in ATTACKS))
    y += HEAD
    for title in _stopped(step):
        for line in wrapped(f"stops: {title}", WIDTH - TEXT):
            drawing.text(TEXT, y + 11, line, "good")
            y += LINE
    return y + GAP


def _dots(drawing: Drawing, y: float, count: int) -> None:
    """One for each attack that gets through, from the right."""
    for place in range(count):
        drawing.shapes.append(
            f'<circle cx="{WIDTH - 6 - 11 * place}" cy="{y:g}" r="4" class="bad-dot"/>'
        )
    if not count:
        drawing.text(WIDTH - 2, y + 4.5, "none", "good", "end")


def _stopped(step: Step) -> list[str]:
    return [attack.title for attack in ATTACKS if attack.closes == step.name]


def _told(step: Step) -> str:
    count = sum(attack.is_open_at(step) for attack in ATTACKS)
    stopped = ", ".join(_stopped(step)) or "no attack"
    return (
        f"Step {step.number}, {step.title}: stops {stopped}; {count} of "
        f"{len(ATTACKS)} attacks get through."
    )
