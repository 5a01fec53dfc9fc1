"""Pictures are drawn from data and real answers, fit a phone, and are told in words."""

import re
from xml.etree import ElementTree

import pytest

from workbook.attacks import ATTACKS
from workbook.ladder import Step, find, steps
from workbook.site import pictures
from workbook.site.page import Fence, Page
from workbook.site.pictures import OF_A_STEP, OF_THE_LADDER, drawing
from workbook.site.pictures import ladder as ladder_picture
from workbook.site.problems import Wrong

NAMES = [*OF_A_STEP, *OF_THE_LADDER]


def drawn(*words: str) -> str:
    return pictures.picture(Page(), Fence("picture", list(words), []))


def svg(*words: str) -> ElementTree.Element:
    figure = drawn(*words)
    return ElementTree.fromstring(
        figure[figure.index("<svg") :].partition("\n<figc")[0]
    )


@pytest.fixture(scope="module", params=NAMES)
def picture(request: pytest.FixtureRequest) -> str:
    return drawn(request.param)


def test_a_picture_is_told_in_words(picture: str):
    text = picture[picture.index("<svg") : picture.index("</svg>")] + "</svg>"
    root = ElementTree.fromstring(text)
    assert root.attrib["role"] == "img"
    title, told = root.attrib["aria-labelledby"].split()
    assert root.findtext(f"title[@id='{title}']")
    assert len(root.findtext(f"desc[@id='{told}']") or "") > 80


def test_a_picture_is_one_block_of_html_for_markdown(picture: str):
    assert picture.startswith("<figure")
    assert picture.endswith("</figure>")
    assert "\n\n" not in picture


def test_all_of_a_picture_is_inside_it(picture: str):
    root = ElementTree.fromstring(
        picture[picture.index("<svg") : picture.index("</svg>")] + "</svg>"
    )
    width, height = map(float, root.attrib["viewBox"].split()[2:])
    assert width == drawing.WIDTH
    for text in root.iter("text"):
        said = "".join(text.itertext())
        letter = drawing.MONO if "mono" in text.attrib["class"] else drawing.LETTER
        wide = len(said) * letter * (11 / 12 if "small" in text.attrib["class"] else 1)
        anchor = text.attrib.get("text-anchor", "start")
        left = (
            float(text.attrib["x"])
            - wide * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        )
        assert left >= -4, said
        assert left + wide <= width + 8, said
        assert 0 < float(text.attrib["y"]) <= height, said
    for box in root.iter("rect"):
        assert float(box.attrib["x"]) + float(box.attrib["width"]) <= width
        assert float(box.attrib["y"]) + float(box.attrib["height"]) <= height


def test_the_ladder_has_every_step_and_the_attacks_that_it_stops():
    picture = drawn("ladder")
    for step in steps():
        assert f">{step.title}</text>" in picture
    for attack in ATTACKS:
        assert picture.count(f">stops: {attack.title}</text>") == 1
    dots = sum(attack.is_open_at(step) for attack in ATTACKS for step in steps())
    assert picture.count('class="bad-dot"') == dots


def test_another_ladder_is_another_picture(
    monkeypatch: pytest.MonkeyPatch, small_ladder: tuple[Step, ...]
):
    monkeypatch.setattr(ladder_picture, "steps", lambda: small_ladder)
    picture = drawn("ladder")
    assert all(step.title in picture for step in small_ladder)
    assert "Strict tokens" not in picture


@pytest.mark.parametrize(
    ("step", "refusals"),
    [
        ("1", ["401 Not authenticated", "401 Invalid authentication credentials"]),
        ("5", ["401 Not authenticated", "401 Could not validate credentials"]),
    ],
)
def test_the_exits_of_the_dependencies_are_what_the_step_answers(
    step: str, refusals: list[str]
):
    (told,) = re.findall("<desc.*?>(.*)</desc>", drawn("dependencies", step))
    for refusal in [*refusals, "400 Inactive user"]:
        assert f"the answer is {refusal}." in told
    assert "oauth2_scheme, then get_current_user, then get_current_active_user" in told


@pytest.mark.parametrize("step", ["4", "8"])
def test_a_token_is_written_whole_and_in_the_colours_of_its_three_parts(step: str):
    root = svg("token", step)
    spans = list(root.iter("tspan"))
    token = "".join(span.text or "" for span in spans)
    parts = [
        "".join(s.text or "" for s in spans if s.attrib["class"] == f"part{n}")
        for n in (1, 2, 3)
    ]
    assert token.split(".") == parts
    assert token in (root.findtext("desc") or root[1].text or "")


def test_the_parts_of_a_hash_make_the_hash_that_the_step_holds():
    spans = list(svg("bcrypt").iter("tspan"))
    whole = "".join(span.text or "" for span in spans)
    assert whole in find("3").main.read_text("utf-8")


def test_a_token_is_accepted_before_its_exp_and_refused_after_it():
    (told,) = re.findall("<desc.*?>(.*)</desc>", drawn("expiry"))
    assert "stolen at 12:10 and works for the thief: 200" in told
    assert "Its exp is 12:30, 30 minutes after the login" in told
    assert "At 12:31 the answer is 401" in told


def test_the_wrong_door_is_open_at_step_7_and_closed_at_step_8():
    assert "Step 7: 200, taken for a login" in drawn("two_services")
    assert "Step 8: 401, refused" in drawn("two_services")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "say which picture: there are bcrypt, dependencies"),
        (("cat",), "say which picture"),
        (("ladder", "3"), "say which picture"),
        (("token", "99"), "There is no step '99'"),
        (("token", "1"), "the token of step01_fake_hash has no parts: it is johndoe"),
        (("expiry", "4"), "the token of step04_jwt has no exp"),
    ],
)
def test_a_picture_that_cannot_be_drawn_says_why(words: tuple[str, ...], why: str):
    with pytest.raises(Wrong, match=re.escape(why)):
        drawn(*words)


def test_a_text_with_signs_of_html_is_shown_as_it_is():
    one = drawing.Drawing("x", "a < b", "a & b")
    one.text(0, 12, "<b>")
    assert "&lt;b&gt;" in one.svg()
