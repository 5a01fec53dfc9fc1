"""What comes from an app is shortened, and can't write to the terminal itself."""

import json
import unicodedata

import pytest

from workbook import terminal
from workbook.checking import (
    Answer,
    ContractError,
    NoApp,
    Reply,
    Result,
    refusal,
    visible,
)
from workbook.checking.exchange import printable, shorten
from workbook.checking.report import Failure

CLEAR = "\x1b[2J\x1b[H"
LIE = f"{CLEAR}✓ Step 5: all 280 tests pass.\n"
RIGHT = Reply(200, {"username": "johndoe"}, challenge="Bearer")


def answer(body: object, **headers: str) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    return Answer(
        "curl -i http://127.0.0.1:8000/token",
        200,
        {"content-type": "application/json", **headers},
        text,
    )


def failure_of(answer: Answer, reply: Reply = RIGHT) -> Failure:
    with pytest.raises(ContractError) as caught:
        answer.must_be(reply)
    error = caught.value
    return Failure(
        error.request,
        error.actual,
        error.expected,
        "\n".join(error.difference),
        "why",
        [],
        error.raised,
    )


def must_be_harmless(text: str) -> None:
    """It is printed as it stands: no control character but line ends and tabs."""
    assert [
        char
        for char in text
        if char not in "\n\t" and unicodedata.category(char) in ("Cc", "Cf", "Cs")
    ] == []
    text.encode()


HOSTILE = {
    "a key that clears the screen": {LIE: 1},
    "a value that clears the screen": {"username": LIE},
    "eight bits": {"username": "\x9b2J", "\x9b2J": 1},
    "a delete": {"a\x7f": "\x7f"},
    "another direction": {"username": "\u202eeodnhoj", "\u2066": 1},
    "half a character": {"username": "\ud800", "\udfff": 1},
    "no width": {"user\u200bname": "\ufeff"},
    "a new line of its own": {"x\n✓ all tests pass": 1},
    "a list": [LIE],
    "a text": LIE,
    "no JSON": f"no JSON {LIE}\r\x00\x08",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_an_answer_prints_nothing_by_itself(
    body: object, capsys: pytest.CaptureFixture[str]
):
    failure = failure_of(answer(body))
    must_be_harmless(str(failure))
    # No line of it looks like one of ours.
    assert "\n✓" not in failure.difference
    terminal.show_failure(Result("test_it", "failed", failure))
    must_be_harmless(capsys.readouterr().out)


def test_a_key_that_is_more_than_a_word_is_in_quotes():
    difference = failure_of(answer({"x\n✓ all": 1, "detail": 2})).difference
    assert 'the body also holds "x\\n✓ all", detail' in difference


LONG = {
    "a value": answer({"username": "x" * 20_000_000}),
    "a key": answer({"x" * 20_000_000: 1}),
    "many keys": answer({f"key{n}": n for n in range(100_000)}),
    "many lines": answer("x\n" * 1_000_000),
    "a challenge": answer(
        {"username": "johndoe"}, **{"www-authenticate": "x" * 60_000}
    ),
    "a traceback": Answer("curl", 500, {}, "", raised="x\n" * 1_000_000),
    "one long line": Answer("curl", 500, {}, "", raised="x" * 20_000_000),
    "a warning": Answer("curl", 200, {}, "", warned=lambda: "x" * 20_000_000),
}


@pytest.mark.parametrize("answer", LONG.values(), ids=LONG)
def test_a_report_stays_short(answer: Answer):
    text = str(failure_of(answer))
    assert len(text) < 10_000
    assert text.count("\n") < 120


def test_a_body_that_is_nested_too_deeply_is_no_json():
    deep = "[" * 1_000_000
    failure = failure_of(answer(deep))
    assert "the body is not JSON" in failure.difference
    with pytest.raises(ContractError, match="the body is not JSON"):
        answer(deep).json()


def test_what_is_compared_is_what_was_sent():
    """A picture of a control character is not that character."""
    with pytest.raises(ContractError):
        answer({"detail": "␡"}).must_be(Reply(200, {"detail": "\x7f"}))
    answer({"detail": "\x7f"}).must_be(Reply(200, {"detail": "\x7f"}))


def test_a_problem_is_harmless_and_short():
    said = str(NoApp(f"main.py cannot be imported:\n{LIE}{'x' * 20_000_000}"))
    must_be_harmless(said)
    assert len(said) < 10_000


def test_shortening_once_more_changes_nothing():
    for text in ("x" * 1000, "x\n" * 1000, "xy" * 299, ""):
        once = shorten(text)
        assert shorten(once) == once
        assert len(once) <= 600
    assert printable(visible("\x1b")) == "␛"


def test_tabs_and_line_ends_stay():
    assert visible("a\tb\nc") == "a\tb\nc"
    assert visible("Grüße, 日本 🙂") == "Grüße, 日本 🙂"


def test_the_wrong_detail_is_shown_whole():
    difference = failure_of(answer({"detail": "No"}), refusal(200, "Yes", "Bearer"))
    assert 'detail is "No", not "Yes"' in difference.difference
