"""The fence `picture`: drawings made from data and from the answers of real steps."""

from collections.abc import Callable

from workbook.ladder import Step
from workbook.site.page import Fence, Page, step_of
from workbook.site.pictures import (
    bcrypt_hash,
    dependencies,
    event_loop,
    expiry,
    ladder,
    token,
    two_services,
)
from workbook.site.pictures.drawing import Drawing
from workbook.site.problems import Wrong

# A picture of one step, with the step that it shows when the fence names none.
OF_A_STEP: dict[str, tuple[Callable[[Step], Drawing], str]] = {
    "bcrypt": (bcrypt_hash.draw, "step03_bcrypt"),
    "dependencies": (dependencies.draw, "step01_fake_hash"),
    "expiry": (expiry.draw, "step05_expiry"),
    "token": (token.draw, "step04_jwt"),
}
# A picture of the whole ladder, or of two of its steps.
OF_THE_LADDER: dict[str, Callable[[], Drawing]] = {
    "event_loop": event_loop.draw,
    "ladder": ladder.draw,
    "two_services": two_services.draw,
}


def picture(page: Page, fence: Fence) -> str:
    """```picture NAME [STEP]: a drawing as inline SVG, with its text alternative.

    `ladder` shows the steps and the attacks that each one stops. `dependencies` shows
    how a request passes a step, `bcrypt` the parts of a stored hash, `token` those of
    an access token. `expiry` is the life of a token, `event_loop` who waits for a hash,
    and `two_services` one key in two places.
    """
    name, *words = fence.words or [""]
    if name in OF_A_STEP:
        draw, usual = OF_A_STEP[name]
        return draw(step_of(page, words or [usual])).svg()
    if name in OF_THE_LADDER and not words:
        return OF_THE_LADDER[name]().svg()
    known = ", ".join(sorted({*OF_A_STEP, *OF_THE_LADDER}))
    raise Wrong(f"say which picture: there are {known}")
