"""What is printed of a verdict, also of those that no check of ours comes to."""

from dataclasses import replace

import pytest

from workbook import terminal, tokens
from workbook.checking import Evidence, Failure, Outcome, Result
from workbook.ladder import find
from workbook.learning import Verdict, verdict_on
from workbook.mistakes import Cause, Suspect, mistakes

STEP1 = find("1")
FAILURE = Failure(
    request="curl -i http://127.0.0.1:8000/users/me",
    actual="200 {}",
    expected="401 {}",
    difference="the status is 200, not 401",
    why="Nobody may read a record without a token.",
    standards=["RFC 6750, section 3"],
)
PASSED = Result("test_johndoe_logs_in", "passed")
FIRST = Result("test_no_token_is_rejected", "failed", FAILURE)
SECOND = Result("test_a_wrong_password_is_rejected[secret2]", "failed", FAILURE)
THIRD = Result("test_a_wrong_password_is_rejected[SECRET]", "failed", FAILURE)

Captured = pytest.CaptureFixture[str]


def lines_of(capsys: Captured) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_a_failure_is_shown_as_request_answer_expected_answer_and_reason(
    capsys: Captured,
):
    terminal.show_failure(FIRST)
    assert lines_of(capsys) == [
        "",
        "✗ no token is rejected",
        "",
        "  curl -i http://127.0.0.1:8000/users/me",
        "",
        "  got         200 {}",
        "  expected    401 {}",
        "  difference  the status is 200, not 401",
        "  why         Nobody may read a record without a token.",
        "  standard    RFC 6750, section 3",
    ]


def test_the_first_failure_is_shown_in_full_and_the_others_in_a_line_each(
    capsys: Captured,
):
    outcome = Outcome([FIRST, PASSED, SECOND, THIRD])
    terminal.show_verdict(Verdict(STEP1, outcome, []), "main.py")
    lines = lines_of(capsys)
    assert lines[0] == "✗ Step 1, main.py: 1 of 4 tests pass, 3 fail."
    assert lines[2] == "✗ no token is rejected"
    assert lines[-3:] == [
        "",
        "Also failing, 2 tests:",
        "  ✗ a wrong password is rejected (2 cases)",
    ]


def test_a_failure_that_is_on_the_screen_already_is_not_shown_again(capsys: Captured):
    outcome = Outcome([FIRST, SECOND])
    terminal.show_verdict(Verdict(STEP1, outcome, []), shown=[FIRST])
    shown = capsys.readouterr().out
    assert shown.startswith(
        "✗ Step 1: 0 of 2 tests pass, 2 fail.\n\nAlso failing, 1 test:\n"
    )
    assert "curl" not in shown


def test_one_failure_is_shown_in_full_also_where_it_is_not_the_first(
    capsys: Captured,
):
    """Tests that failed last time run first, and are shown when they fail again."""
    outcome = Outcome([FIRST, SECOND])
    terminal.show_verdict(Verdict(STEP1, outcome, []), shown=[SECOND])
    assert lines_of(capsys) == [
        "✗ Step 1: 0 of 2 tests pass, 2 fail.",
        "",
        "Also failing, 1 test:",
        "  ✗ no token is rejected",
    ]


def test_the_tests_that_are_not_listed_are_counted_with_their_cases(capsys: Captured):
    results = [FIRST, SECOND, THIRD, *(Result(f"test_{n}", "failed") for n in "abc")]
    detail = terminal.Detail(others=2)
    verdict = Verdict(STEP1, Outcome(results), [])
    terminal.show_verdict(verdict, shown=[FIRST], detail=detail)
    assert lines_of(capsys) == [
        "✗ Step 1: 0 of 6 tests pass, 6 fail.",
        "",
        "Also failing, 5 tests:",
        "  ✗ a wrong password is rejected (2 cases)",
        "  ✗ a",
        "  … 2 more tests fail",
    ]


def test_tests_that_were_not_run_are_counted_too(capsys: Captured):
    outcome = Outcome([FIRST], hashes_anew=True, unrun=130)
    terminal.show_verdict(verdict_on(STEP1, outcome), shown=[FIRST])
    lines = lines_of(capsys)
    assert lines[0] == "✗ Step 1: 0 of 131 tests pass, 1 fail, 130 weren't run."
    assert lines[1].startswith("  They weren't run because johndoe can't log in:")
    assert "What happened: each hash has a new salt, so two hashes are never equal" in (
        lines
    )


def test_the_failure_that_the_diagnosis_explains_is_the_one_that_is_shown(
    capsys: Captured,
):
    cause = Cause("a wrong password is accepted", "Your login accepts it.")
    verdict = Verdict(STEP1, Outcome([FIRST, SECOND]), [], cause, [SECOND.name])
    terminal.show_verdict(verdict)
    assert lines_of(capsys)[2] == "✗ a wrong password is rejected (secret2)"


def test_a_diagnosis_of_another_failure_than_the_one_that_is_shown_says_so(
    capsys: Captured,
):
    """A check shows the first failure at once, and has its diagnosis only later."""
    cause = Cause("a wrong password is accepted", "Your login accepts it.")
    verdict = Verdict(STEP1, Outcome([FIRST, SECOND]), [], cause, [SECOND.name])
    terminal.show_verdict(verdict, shown=[FIRST])
    said = " ".join(line.strip() for line in lines_of(capsys))
    assert said.endswith(
        "That explains a different failure: a wrong password is rejected (secret2)."
    )
    verdict = Verdict(STEP1, Outcome([FIRST]), [], cause, [FIRST.name])
    terminal.show_verdict(verdict, shown=[FIRST])
    assert lines_of(capsys)[-1] == "  Your login accepts it."


def test_one_guess_is_not_called_one_of_several(capsys: Captured):
    one, other = mistakes(STEP1)[:2]
    outcome = Outcome([FIRST])
    terminal.show_verdict(Verdict(STEP1, outcome, [Suspect(one, 0.5)]))
    said = " ".join(line.strip() for line in lines_of(capsys))
    assert f"Perhaps this: {one.name}." in said
    assert f"If it's right: {one.diagnosis}" in said
    both = [Suspect(one, 0.5), Suspect(other, 0.4)]
    terminal.show_verdict(Verdict(STEP1, outcome, both))
    said = " ".join(lines_of(capsys))
    assert f"Perhaps one of these: {one.name}; {other.name}." in said


def test_a_check_that_judged_nothing_is_not_shown_as_a_failure(capsys: Captured):
    outcome = Outcome([FIRST], not_judged="The machine is too busy to judge this.")
    terminal.show_verdict(verdict_on(STEP1, outcome), "main.py")
    assert lines_of(capsys) == [
        "? Step 1, main.py: not judged.",
        "",
        "  The machine is too busy to judge this.",
    ]


def test_an_app_that_cannot_be_tested_is_a_failure_with_its_reason(capsys: Captured):
    outcome = Outcome(problem="main.py is empty.", printed="hello\n")
    terminal.show_verdict(verdict_on(STEP1, outcome), "main.py")
    assert lines_of(capsys) == [
        "✗ Step 1, main.py: nothing could be tested.",
        "",
        "main.py is empty.",
        "",
        "Your app printed, at the end:",
        "  hello",
    ]


def test_nothing_is_said_of_mistakes_where_none_is_known(capsys: Captured):
    outcome = Outcome([FIRST], problem="stopped half-way")
    terminal.show_verdict(Verdict(STEP1, outcome, []), "main.py")
    printed = capsys.readouterr().out
    assert "stopped half-way" in printed
    assert "mistake" not in printed


def not_written(test: str, name: str) -> Result:
    """A test that a function still to be written has answered."""
    actual = f'501 {{"detail": "Not written yet: {name}"}}'
    return Result(test, "failed", replace(FAILURE, actual=actual))


def test_code_that_is_not_written_yet_is_one_line_for_all_its_tests(capsys: Captured):
    waiting = [not_written(f"test_{number}", "login") for number in range(31)]
    outcome = Outcome([PASSED, *waiting, not_written("test_me", "get_current_user")])
    terminal.show_verdict(verdict_on(STEP1, outcome), "main.py")
    assert lines_of(capsys) == [
        "✗ Step 1, main.py: 1 of 33 tests pass, 32 wait for your code.",
        "",
        "Not written yet: login, get_current_user (32 tests wait for them).",
    ]


def test_what_no_test_has_reached_yet_is_named_behind_what_it_waits_for(
    capsys: Captured,
):
    outcome = Outcome([not_written("test_login", "login")])
    verdict = Verdict(STEP1, outcome, [], unwritten=["get_user", "login"])
    terminal.show_verdict(verdict)
    assert lines_of(capsys)[-1] == (
        "Not written yet: login (1 test waits for it; behind it: get_user)."
    )


def test_what_is_unwritten_after_a_pass_is_named(capsys: Captured):
    verdict = Verdict(STEP1, Outcome([PASSED]), [], unwritten=["get_user"])
    terminal.show_verdict(verdict)
    assert "No test asks for get_user, which you haven't" in " ".join(lines_of(capsys))


def test_a_real_failure_comes_before_what_is_not_written_yet(capsys: Captured):
    outcome = Outcome([not_written("test_login", "login"), FIRST])
    terminal.show_verdict(Verdict(STEP1, outcome, []), "main.py")
    lines = lines_of(capsys)
    assert lines[2] == "✗ no token is rejected"
    assert lines[-1] == "Not written yet: login (1 test waits for it)."


def test_a_501_of_any_app_names_the_request_that_has_no_answer_yet(capsys: Captured):
    unfinished = replace(
        FAILURE, actual="501 Not Implemented", evidence=Evidence("GET /users/me", 501)
    )
    asked = replace(unfinished, evidence=Evidence("POST /token", 501))
    outcome = Outcome(
        [Result("test_a", "failed", unfinished), Result("test_b", "failed", asked)]
    )
    terminal.show_verdict(Verdict(STEP1, outcome, []))
    last = lines_of(capsys)[-1]
    assert last == (
        "Not written yet: GET /users/me, POST /token (2 tests wait for them)."
    )


def test_a_table_with_a_readable_password_is_a_finding_of_its_own(capsys: Captured):
    outcome = Outcome([PASSED], stored=["users['johndoe'] is 'fakehashedsecret'"])
    terminal.show_verdict(Verdict(find("3"), outcome, []), "main.py")
    lines = lines_of(capsys)
    assert lines[0] == (
        "✗ Step 3, main.py: all 1 tests pass, but look at what you store."
    )
    assert lines[2:4] == [
        "✗ what you store gives a password away",
        "  users['johndoe'] is 'fakehashedsecret'",
    ]


def test_the_rest_of_a_long_list_says_what_it_is_a_rest_of(capsys: Captured):
    failed = [Result(f"test_number_{n}", "failed", FAILURE) for n in range(45)]
    terminal.show_verdict(Verdict(STEP1, Outcome(failed), []))
    assert lines_of(capsys)[-1] == "  … 32 more tests fail"


def show_each_way(verdict: Verdict) -> None:
    for failed in terminal.ways_to_fail(verdict):
        terminal.show_way(failed)


def test_failures_with_the_same_request_and_answer_are_shown_once(capsys: Captured):
    another = replace(FAILURE, actual="500 Internal Server Error")
    other = Result("test_another_way", "failed", another)
    same = Result("test_the_scheme_is_checked", "failed", FAILURE)
    show_each_way(Verdict(STEP1, Outcome([FIRST, other, SECOND, THIRD, same]), []))
    lines = lines_of(capsys)
    titles = [line for line in lines if line.startswith("✗")]
    assert titles == ["✗ no token is rejected", "✗ another way"]
    assert lines.count("  curl -i http://127.0.0.1:8000/users/me") == 2
    begins = lines.index("  These also fail, with the same request and answer:")
    assert lines[begins + 1 : begins + 3] == [
        "  ✗ a wrong password is rejected (2 cases)",
        "  ✗ the scheme is checked",
    ]


@pytest.mark.parametrize(
    ("claims", "difference", "shown"),
    [
        ({"sub": "johndoe", "exp": 2}, "the status is 200, not 401", 1),
        # What is wrong with the body comes from the status.
        (
            {"sub": "johndoe", "exp": 2},
            "the status is 200, not 401; it lacks detail",
            1,
        ),
        ({"sub": "alice", "exp": 1}, "the status is 200, not 401", 2),
        ({"sub": "johndoe", "exp": 1}, "the status is 200, not 400", 2),
    ],
)
def test_tokens_of_two_logins_do_not_make_two_failures(
    claims: dict[str, object], difference: str, shown: int, capsys: Captured
):
    def failed(name: str, claims: dict[str, object], difference: str) -> Result:
        bearer = (
            f"{FAILURE.request} -H 'Authorization: Bearer {tokens.sign(claims, 'key')}'"
        )
        return Result(
            name, "failed", replace(FAILURE, request=bearer, difference=difference)
        )

    first = failed("test_a", {"sub": "johndoe", "exp": 1}, "the status is 200, not 401")
    outcome = Outcome([first, failed("test_b", claims, difference)])
    show_each_way(Verdict(STEP1, outcome, []))
    assert capsys.readouterr().out.count("curl -i ") == shown


def test_what_was_learnt_is_said_after_a_pass_with_two_things_to_do(capsys: Captured):
    terminal.show_verdict(verdict_on(STEP1, Outcome([PASSED])), "main.py")
    terminal.show_next(STEP1, "workbook attack 1 --answers", "workbook start 2")
    printed = capsys.readouterr().out
    assert f"What you've learnt: {STEP1.takeaway[:30]}" in printed
    assert printed.endswith(
        "\n  workbook attack 1 --answers   attack your own version\n"
        "  workbook start 2              begin step 2\n"
    )


def test_a_request_is_sent_to_the_app_that_was_checked_and_not_to_ours(
    capsys: Captured,
):
    served = terminal.Served("workbook run 1 --answers --port 8001", "http://x:8001")
    terminal.show_failure(FIRST, served)
    assert lines_of(capsys)[3:6] == [
        "  Serve your version in another terminal, then send the request:",
        "  workbook run 1 --answers --port 8001",
        "  curl -i http://x:8001/users/me",
    ]


def test_a_token_is_sent_to_an_app_that_has_the_key_which_signed_it(capsys: Captured):
    bearer = "curl -i http://127.0.0.1:8000/users/me -H 'Authorization: Bearer ey'"
    served = terminal.Served("workbook run 6 --answers", "http://x:8001", key="abc")
    terminal.show_failure(
        Result("test_it", "failed", replace(FAILURE, request=bearer)), served
    )
    assert "  SECRET_KEY=abc workbook run 6 --answers" in lines_of(capsys)


def shown_of(request: str, capsys: Captured) -> list[str]:
    """The commands that are shown for a request to an app with a key."""
    served = terminal.Served("workbook run 6 --answers", "http://x:8001", key="abc")
    terminal.show_failure(
        Result("test_it", "failed", replace(FAILURE, request=request)), served
    )
    lines = lines_of(capsys)
    return [line.strip() for line in lines[3 : lines.index("", 3)]]


def test_an_app_that_was_started_once_more_is_served_with_the_same_variables(
    capsys: Captured,
):
    start = "env -u DEBUG SECRET_KEY=good uvicorn main:app"
    assert shown_of(f"{start}\n{FAILURE.request}", capsys) == [
        "Serve your version in another terminal, then send the request:",
        "env -u DEBUG SECRET_KEY=good workbook run 6 --answers",
        "curl -i http://x:8001/users/me",
    ]


def test_an_app_without_a_key_is_served_by_our_command_alone(capsys: Captured):
    request = f"env -u SECRET_KEY uvicorn main:app\n{FAILURE.request}"
    served = terminal.Served("workbook run 1 --answers", "http://x:8001")
    result = Result("test_it", "failed", replace(FAILURE, request=request))
    terminal.show_failure(result, served)
    assert lines_of(capsys)[3:6] == [
        "  Serve your version in another terminal, then send the request:",
        "  workbook run 1 --answers",
        "  curl -i http://x:8001/users/me",
    ]


@pytest.mark.parametrize(
    ("start", "shown"),
    [
        (
            "SECRET_KEY=short uvicorn main:app",
            [
                "Start your version in another terminal:",
                "SECRET_KEY=short workbook run 6 --answers",
            ],
        ),
        (
            "mkdir -p x; cd x; SECRET_KEY=short uvicorn main:app --app-dir ..",
            [
                "The test starts the app like this, in an empty folder:",
                "mkdir -p x; cd x; SECRET_KEY=short uvicorn main:app --app-dir ..",
            ],
        ),
    ],
)
def test_a_failure_at_the_start_says_how_to_start_the_app(
    start: str, shown: list[str], capsys: Captured
):
    assert shown_of(start, capsys) == shown


@pytest.mark.parametrize(
    "start",
    [
        "printf '%s' SECRET_KEY=good > .env; SECRET_KEY=other uvicorn main:app",
        "env -u SECRET_KEY uvicorn main:app",
    ],
)
def test_what_our_command_cannot_start_is_shown_as_the_test_started_it(
    capsys: Captured, start: str
):
    """It would write no .env, and it gives a key to an app that has none."""
    assert shown_of(f"{start}\n{FAILURE.request}", capsys) == [
        "The test starts the app like this, in an empty folder, and sends:",
        start,
        FAILURE.request,
    ]


def test_a_command_that_is_too_long_to_be_pasted_is_shortened(capsys: Captured):
    (_, _, shown) = shown_of(f"{FAILURE.request} -d {'s' * 3000}", capsys)
    assert "characters left out" in shown
    assert len(shown) < 750


def test_an_escape_code_in_an_answer_is_shown_and_not_obeyed(capsys: Captured):
    terminal.show_failure(Result("test_it", "failed", reason="\x1b[2Jgone"))
    assert "␛[2Jgone" in capsys.readouterr().out


def test_a_cause_is_shown_in_the_place_of_known_mistakes(capsys: Captured):
    cause = Cause("KeyError at the login", "The login crashed: KeyError in `\x1b[2Jx`.")
    terminal.show_verdict(Verdict(STEP1, Outcome([FIRST]), [], cause))
    lines = lines_of(capsys)
    assert lines[-2:] == [
        "What happened: KeyError at the login",
        "  The login crashed: KeyError in `␛[2Jx`.",
    ]


def test_what_is_not_written_yet_is_named_and_has_no_diagnosis(capsys: Captured):
    evidence = Evidence("POST /token", 501, function="login")
    empty = Failure("curl", "501", "200", "501, not 200", "why", [], "", evidence)
    outcome = Outcome([Result("test_it", "failed", empty)])
    terminal.show_verdict(verdict_on(STEP1, outcome))
    assert lines_of(capsys)[-1] == "Not written yet: login (1 test waits for it)."
