"""A stored bcrypt hash in its parts, and what it was computed from."""

from workbook.ladder import Step
from workbook.site.exchanges import started_module
from workbook.site.pictures.drawing import LINE, Drawing

USERNAME = "johndoe"
# What stands before the salt: `$2b$12$`. The salt has 22 letters.
HEAD, SALT = 7, 22


def draw(step: Step) -> Drawing:
    """The hash that johndoe's row holds at this step."""
    stored = started_module(step).fake_users_db[USERNAME]["hashed_password"]
    head, salt, result = stored[:HEAD], stored[HEAD:][:SALT], stored[HEAD + SALT :]
    version, cost = head[1:3], head[4:6]
    rounds = int(cost)
    drawing = Drawing(
        "bcrypt",
        "The parts of a bcrypt hash",
        f"The hash {stored} has four parts: 2b, the version; {rounds}, the cost, "
        f"which means 2 to the {rounds}, that is {2**rounds:,} rounds; {salt}, the "
        f"salt; and {result}, the result. The result is computed from the password, "
        "the salt and the cost.",
        "Version, cost and salt aren't secret: the server needs them to check a "
        "password.",
    )
    pieces = [("$", ""), (version, "part1"), ("$", ""), (cost, "part2"), ("$", "")]
    line = "".join(_span(text, kind) for text, kind in [*pieces, (salt, "part3")])
    drawing.shapes.append(f'<text x="0" y="{LINE}" class="mono">{line}</text>')
    drawing.shapes.append(
        f'<text x="0" y="{2 * LINE}" class="mono">{_span(result, "part4")}</text>'
    )
    drawing.height = 2 * LINE + 6
    y = drawing.height + 8
    legend = [
        (version, "part1", "version of the format"),
        (cost, "part2", f"cost: 2^{rounds} = {2**rounds:,} rounds"),
        (f"{salt[:6]}…", "part3", "salt: random, another for each hash"),
        (f"{result[:6]}…", "part4", "result: what a guess has to match"),
    ]
    for text, kind, meaning in legend:
        y += LINE + 2
        drawing.text(0, y, text, f"mono {kind}")
        drawing.text(64, y, meaning)
    return _computed(drawing, y + 14)


def _computed(drawing: Drawing, y: float) -> Drawing:
    """Password, salt and cost go in at the left, the result comes out at the right."""
    for place, (text, kind) in enumerate(
        [("password", ""), ("salt", "part3"), ("cost", "part2")]
    ):
        top = y + 28 * place
        drawing.box(0, top, 76, 22)
        drawing.text(38, top + 15, text, kind, "middle")
        drawing.arrow(76, top + 11, 122, top + 11)
    drawing.box(122, y, 86, 78)
    drawing.text(165, y + 36, "bcrypt", "head", "middle")
    drawing.text(165, y + 52, "slow", "", "middle")
    drawing.arrow(208, y + 39, 254, y + 39)
    drawing.box(254, y + 28, 76, 22)
    drawing.text(292, y + 43, "result", "part4", "middle")
    return drawing


def _span(text: str, kind: str) -> str:
    return f'<tspan class="{kind}">{text}</tspan>'
