"""What the fuzz has found, each by the smallest request that shows it."""

import pytest

from tests.fuzz.asking import ME, App
from tests.fuzz.forged import Recipe
from tests.fuzz.forms import MULTIPART, Form, Part
from tests.fuzz.test_fuzz import bearer, login
from tests.promises import steps_that_take

pytestmark = pytest.mark.apart


def each_app_that_takes(behaviours: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "app", steps_that_take(behaviours), indirect=True, ids=lambda step: step.name
    )


EACH_SAFE_APP = each_app_that_takes("safe_login")
EACH_STRICT_APP = each_app_that_takes("strict_tokens")

# UTF-7 and Python's escapes can spell half of a surrogate pair, which no answer can
# repeat: it has no UTF-8. Starlette decodes a field with whatever codec is named.
SURROGATES = {
    "a grant_type in UTF-7": Form(
        (Part("grant_type", b"+2AA-"),), MULTIPART, charset="utf-7"
    ),
    "a grant_type in escapes": Form(
        (Part("grant_type", b"\\ud800"),), MULTIPART, charset="unicode_escape"
    ),
    "the name of a file": Form(
        (Part("username", b"", filename="\ud800"),), MULTIPART, charset="utf-7"
    ),
}

# No key is needed: python-jose passes over what base64 passes over. Another text for
# the same token gets past whatever remembers tokens by their text.
ALTERED = {
    "padding": "{token}=",
    "anything behind padding": "{token}=anything",
    "characters that are no base64": "{token}!!!!",
    "spare bits": "{stem}{next}",
}

# Signed with the right key, and no JWT: RFC 7515, section 3.1; RFC 7519, section 7.2.
MISMADE = {
    "four parts": Recipe(before=((60, 0, "...."),)),
    "padding": Recipe(before=((10**6, 0, "===="),)),
    "UTF-16": Recipe(codec="utf-16"),
    "a byte order mark": Recipe(codec="utf-8-sig"),
}


@EACH_SAFE_APP
@pytest.mark.parametrize("form", SURROGATES.values(), ids=SURROGATES)
def test_what_cannot_be_repeated_is_no_crash(app: App, form: Form):
    assert login(app, form).status == (400 if app.is_standard else 422)


@EACH_STRICT_APP
@pytest.mark.parametrize("text", ALTERED.values(), ids=ALTERED)
def test_an_altered_text_is_no_token(app: App, text: str):
    good = app.token()
    # The last of 43 characters holds four bits, and the next one holds the same four.
    token = text.format(token=good, stem=good[:-1], next=chr(ord(good[-1]) + 1))
    header = (b"authorization", f"Bearer {token}".encode())
    assert app.ask("GET", ME, (header,)).status in refused(app)


@EACH_STRICT_APP
@pytest.mark.parametrize("recipe", MISMADE.values(), ids=MISMADE)
def test_a_mismade_text_is_no_token(app: App, recipe: Recipe):
    good = app.token()
    header = (b"authorization", bearer(recipe, good, app.key))
    assert app.ask("GET", ME, (header,)).status in refused(app)


def refused(app: App) -> tuple[int, ...]:
    """What can't be one token may be a malformed request, by RFC 6750."""
    return (400, 401) if app.is_standard else (401,)
