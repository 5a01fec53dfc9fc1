"""The life of a token on a time line: from the login to its `exp`, and a thief."""

from datetime import UTC, datetime

from workbook import tokens
from workbook.ladder import Step
from workbook.site.exchanges import NOW, Request, logged_in, record
from workbook.site.pictures.drawing import WIDTH, Drawing
from workbook.site.problems import Wrong

LEFT, RIGHT, AXIS = 12, 12, 74
STOLEN, AFTER = 10 * 60, 10 * 60


def draw(step: Step) -> Drawing:
    """johndoe's token at this step: the server is asked before and after its end."""
    token = logged_in(step)
    try:
        exp = float(tokens.read(token)[1]["exp"])
    except (ValueError, KeyError):
        raise Wrong(f"the token of {step.name} has no exp") from None
    moments = [NOW + STOLEN, exp - 60, exp + 60]
    stolen, last, late = (_status(step, token, moment) for moment in moments)
    minutes = round((exp - NOW) / 60)
    drawing = Drawing(
        "expiry",
        "How long a stolen token works",
        f"johndoe logs in at {_clock(NOW)}. The token is stolen at "
        f"{_clock(NOW + STOLEN)} and works for the thief: {stolen}. It still works at "
        f"{_clock(exp - 60)}: {last}. Its exp is {_clock(exp)}, {minutes} minutes "
        f"after the login. At {_clock(exp + 60)} the answer is {late}.",
        "The server wasn't told about the theft. It compares exp with its clock.",
    )

    def place(moment: float) -> float:
        share = (moment - NOW) / (exp + AFTER - NOW)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    end = place(exp)
    drawing.box(LEFT, AXIS - 12, end - LEFT, 24, "good-fill")
    drawing.box(end, AXIS - 12, WIDTH - RIGHT - end, 24, "bad-fill")
    thief = place(NOW + STOLEN)
    drawing.text((thief + end) / 2, AXIS + 4, f"accepted: {last}", "", "middle")
    drawing.text((end + WIDTH - RIGHT) / 2, AXIS + 4, str(late), "", "middle")
    for moment, told, anchor in [
        (NOW, "login", "start"),
        (NOW + STOLEN, "stolen", "middle"),
        (exp, "exp", "middle"),
    ]:
        x = place(moment)
        drawing.line(x, AXIS - 22, x, AXIS + 18)
        drawing.text(
            x if anchor == "middle" else x - 6, AXIS - 28, told, "head", anchor
        )
        clock = _clock(moment)
        drawing.text(x if anchor == "middle" else x - 6, AXIS + 32, clock, "", anchor)
    drawing.arrow(thief, 16, end, 16, "bad-line")
    left = round((exp - NOW - STOLEN) / 60)
    drawing.text(
        (thief + end) / 2, 11, f"{left} minutes for the thief", "bad", "middle"
    )
    return drawing


def _status(step: Step, token: str, moment: float) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    request = Request("GET", "/users/me/", headers, "")
    return record(step, request, moment).status


def _clock(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%H:%M}"
