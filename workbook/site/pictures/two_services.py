"""Two services, one key: a token of one is shown to the other."""

from workbook import tokens
from workbook.ladder import Step, find
from workbook.site.exchanges import NOW, SETTINGS, Request, record
from workbook.site.pictures.drawing import WIDTH, Drawing

BEFORE, AFTER = "step07_safe_login", "step08_strict_tokens"
# What the service that mails reset links writes, in a quarter of an hour's token.
CLAIMS = {"sub": "johndoe", "purpose": "reset-password", "exp": int(NOW) + 15 * 60}


def draw() -> Drawing:
    """The token is made with the key of the pages, and shown to both steps."""
    statuses = {step: _status(step) for step in map(find, (BEFORE, AFTER))}
    told = [f"step {step.number} answers {n}" for step, n in statuses.items()]
    drawing = Drawing(
        "two_services",
        "Two services with one key, and a token at the wrong door",
        "A service that mails reset links and our API have the same key. The service "
        "signs a token for johndoe that says purpose: reset-password. An attacker who "
        f"saw the mail shows it to the API as a login: {', '.join(told)}.",
        "The signature is right in both cases. What differs is who reads the claims.",
    )
    box = 128
    right = WIDTH - box - 2
    for x, name, makes in [
        (2, "Reset mails", "signs reset tokens"),
        (right, "Our API", "signs access tokens"),
    ]:
        drawing.box(x, 4, box, 48)
        drawing.text(x + box / 2, 24, name, "head", "middle")
        drawing.text(x + box / 2, 42, makes, "small", "middle")
    middle = WIDTH / 2
    drawing.line(2 + box, 28, right, 28, "line dashed")
    drawing.text(middle, 20, "same key", "small", "middle")

    drawing.arrow(66, 52, 66, 92)
    drawing.text(74, 76, "a link by mail", "small")
    drawing.box(2, 92, box, 64, "box part2-line")
    drawing.text(12, 110, "sub: johndoe", "mono small")
    drawing.text(12, 128, "purpose:", "mono small")
    drawing.text(12, 146, " reset-password", "mono small")
    drawing.line(2 + box, 124, WIDTH - 66, 124, "line bad-line")
    drawing.text(2 + box + 8, 118, "the attacker shows it", "small bad")
    drawing.arrow(WIDTH - 66, 124, WIDTH - 66, 52, "bad-line")
    for place, (step, status) in enumerate(statuses.items()):
        kind = "bad" if status == 200 else "good"
        means = "taken for a login" if status == 200 else "refused"
        told_line = f"Step {step.number}: {status}, {means}"
        drawing.text(2 + box + 8, 146 + 18 * place, told_line, f"head {kind}")
    return drawing


def _status(step: Step) -> int:
    token = tokens.sign(CLAIMS, SETTINGS["SECRET_KEY"])
    headers = {"Authorization": f"Bearer {token}"}
    return record(step, Request("GET", "/users/me/", headers, "")).status
