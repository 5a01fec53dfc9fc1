"""The fingerprint of a mistake: what it leaves in the outcome of a suite.

Which tests fail says much, and what they report says the rest: a 403 and a 400 fail the
same tests. A fingerprint is a set of marks. `fingerprint` makes it, `diagnosis.py`
compares it, `store.py` keeps it.
"""

import json
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from workbook import tokens
from workbook.checking import Outcome, Result
from workbook.mistakes.exceptions import crash_in, meaning


@dataclass(frozen=True, order=True)
class Mark:
    """One thing that was seen. `kind` says what was looked at, `value` what it was,
    and `test` where: a behaviour, if all its failed cases agree, or else a case of it.
    """

    kind: str
    test: str
    value: str = ""

    @property
    def behaviour(self) -> str:
        """The test without its case."""
        return self.test.partition("[")[0]


Fingerprint = frozenset[Mark]

# The mark of a test that failed; it has no value. All others are of a failed test.
FAILED = "failed"
# A login may answer with these or not (RFC 6749, section 5.1).
OPTIONAL = {"expires_in", "refresh_token", "scope"}
NUMBERS = {"int": "number", "float": "number"}
DAY = 24 * 60 * 60
# The address that a redirect of an app in this process begins with.
LOCAL = "http://127.0.0.1:8000"


def fingerprint(outcome: Outcome) -> Fingerprint:
    """What an outcome shows: the behaviours that failed, in which cases, and how.

    A behaviour whose every case failed is one mark, whatever the number of its cases.
    What differs from run to run, such as tokens and times, is left out.
    """
    cases = Counter(result.behaviour for result in outcome.results)
    failed: dict[str, list[Result]] = defaultdict(list)
    for result in outcome.failed:
        failed[result.behaviour].append(result)
    found: set[Mark] = set()
    for behaviour, results in failed.items():
        every_case = len(results) == cases[behaviour]
        names = {behaviour} if every_case else {result.name for result in results}
        found |= {Mark(FAILED, name) for name in names}
        found |= _agreed(behaviour, {r.name: _details(r) for r in results})
    return frozenset(found)


def _details(result: Result) -> dict[str, str]:
    """What is compared of a failed test beside that it failed, by the kind of mark."""
    failure = result.failure
    if failure is None:
        return {"difference": "broke off"}
    evidence = failure.evidence
    difference, cases = _without_cases(failure.difference)
    details = {
        "difference": _lasting(difference),
        "cases": cases,
        "status": str(evidence.status or ""),
        "location": _lasting(evidence.location.removeprefix(LOCAL)),
        "caught": meaning(evidence.caught),
        "elsewhere": evidence.elsewhere,
        **_of_the_body(evidence.body),
    }
    if crash := crash_in(failure.raised):
        details["raised"] = crash.kind
        # Of two requests at once, either may have crashed last, with its own statement.
        details["message"] = _lasting(crash.message.partition("\n[SQL: ")[0])
    return {kind: value for kind, value in details.items() if value}


def _without_cases(difference: str) -> tuple[str, str]:
    """The difference, and the line on which cases fail, that a table of them adds."""
    lines = difference.splitlines()
    cases = [line for line in lines if re.match(r"\d+ of \d+ cases fail", line)]
    return "\n".join(line for line in lines if line not in cases), _lasting(
        "".join(cases)
    )


def _of_the_body(text: str) -> dict[str, str]:
    """The keys of a JSON object, its detail, and what its token is made of."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(body, dict):
        return {}
    optional = OPTIONAL if "access_token" in body else set()
    found = {"keys": " ".join(sorted(set(body) - optional))}
    if isinstance(body.get("detail"), str):
        found["detail"] = _lasting(body["detail"])
    if isinstance(body.get("access_token"), str):
        found["token"] = _token(body["access_token"])
    return found


def _token(token: str) -> str:
    """The claims of a token with the types of their values."""
    try:
        _, claims = tokens.read(token)
    except (ValueError, RecursionError):
        return "not a JWT"
    kinds = ((name, type(claims[name]).__name__) for name in sorted(claims))
    return " ".join(f"{name}:{NUMBERS.get(kind, kind)}" for name, kind in kinds)


def _agreed(behaviour: str, details: dict[str, dict[str, str]]) -> set[Mark]:
    """The marks of a behaviour's failed cases: one of each kind where they all have the
    same value, or else one for each case."""
    found = set()
    for kind in {kind for one in details.values() for kind in one}:
        values = {case: one[kind] for case, one in details.items() if kind in one}
        if len(values) == len(details) and len(set(values.values())) == 1:
            found.add(Mark(kind, behaviour, *set(values.values())))
        else:
            found |= {Mark(kind, case, value) for case, value in values.items()}
    return found


def _lasting(text: str) -> str:
    """Without moments, numbers of five digits and more, tokens, and where a file is."""
    text = re.sub(r'File "[^"]*/', 'File "', text)
    moment = r"\d{4}-\d\d-\d\dT[\d:.#+]+"
    text = re.sub(r"(-?\d+) seconds from now", _about, text)
    text = re.sub(r"0x[0-9a-f]+", "#", text)
    # The long ones first: a UUID may begin with five digits.
    return re.sub(rf"{moment}|[\w-]{{20,}}(\.[\w-]+)*|\d{{5,}}(\.\d+)?", "#", text)


def _about(seconds: re.Match[str]) -> str:
    """Up to the next five minutes: an expiry that was worked out at the start is the
    further off the longer the suite has taken. One worked out now may be some seconds
    too late, as a login takes time. From two days on, the number of days."""
    number = int(seconds[1])
    if abs(number) > 2 * DAY:
        days = round(number / DAY, 1 - len(str(abs(number) // DAY)))
        return f"{days:.0f} days from now"
    return f"{math.ceil((number - 30) / 300) * 300 / 60:.0f} minutes from now"
