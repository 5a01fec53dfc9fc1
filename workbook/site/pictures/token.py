"""An access token in its three parts, beside what each of them says."""

import json

from workbook import tokens
from workbook.ladder import Step
from workbook.site.exchanges import logged_in
from workbook.site.pictures.drawing import LINE, MONO, WIDTH, Drawing, cut
from workbook.site.problems import Wrong

# So many letters fit into the box of a part.
MOST = 43
PARTS = ("header", "payload", "signature")


def draw(step: Step) -> Drawing:
    """The token that johndoe gets when he logs in at this step."""
    token = logged_in(step)
    try:
        header, claims = tokens.read(token)
    except ValueError:
        raise Wrong(f"the token of {step.name} has no parts: it is {token}") from None
    drawing = Drawing(
        "token",
        "A token in its three parts",
        f"The token is {token}. The header says {json.dumps(header)}. The payload says "
        f"{json.dumps(claims)}. The signature is the HMAC with SHA-256 of header, dot "
        "and payload, made with the key.",
        "The first two parts are only encoded, so anyone can read them. The third "
        "can be made only with the key.",
    )
    y = _written(drawing, token)
    said = [json.dumps(part, indent=1).splitlines() for part in (header, claims)]
    said.append(["HMAC-SHA256(", "  key,", '  header + "." + payload)'])
    for number, (name, lines) in enumerate(zip(PARTS, said, strict=True), 1):
        y = _part(drawing, y + 10, number, name, lines)
    return drawing


def _written(drawing: Drawing, token: str) -> float:
    """The token in lines that fit; each letter in the colour of its part."""
    y = 0.0
    dots = 0
    for line in cut(token, WIDTH):
        y += LINE
        spans = []
        for place, piece in enumerate(line.split(".")):
            spans += ['<tspan class="dot">.</tspan>'] if place else []
            spans.append(f'<tspan class="part{dots + place + 1}">{piece}</tspan>')
        dots += line.count(".")
        drawing.shapes.append(
            f'<text x="0" y="{y:g}" class="mono">{"".join(spans)}</text>'
        )
    drawing.height = y + 4
    return y


def _part(
    drawing: Drawing, y: float, number: int, name: str, lines: list[str]
) -> float:
    height = LINE * len(lines) + 10
    drawing.box(0, y, WIDTH, height, f"box part{number}-line")
    drawing.text(WIDTH - 8, y + 17, name, f"head part{number}", "end")
    for place, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        shown = line.strip()
        if len(shown) > MOST:
            shown = f"{shown[: MOST - 2]}…{shown[-1]}"
        drawing.text(8 + MONO * indent, y + 17 + LINE * place, shown, "mono")
    return y + height
