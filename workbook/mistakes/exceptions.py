"""What an exception says: the one that an app crashed with, and the one it caught."""

import re
from dataclasses import dataclass

# The packages whose exceptions say why a token or a password is refused.
LIBRARIES = ("jwt.", "jose.", "joserfc.", "authlib.", "passlib.", "pwdlib.")
# What a library's message is about, whatever the library: what is found first counts.
MEANINGS = {
    "no algorithms": r'"algorithms" argument|algorithms.*required',
    "expired": r"expired",
    "subject": r"[Ss]ubject|'sub'|\bsub\b",
    "audience": r"[Aa]udience|'aud'|\baud\b",
    "issuer": r"[Ii]ssuer|'iss'|\biss\b",
    "expiration": r"[Ee]xpiration|'exp'|\bexp\b",
    "not yet valid": r"not yet valid|\bnbf\b|\biat\b",
    "missing claim": r"[Mm]issing|required",
    "algorithm": r"\balg\b|[Aa]lgorithm",
    "signature": r"[Ss]ignature",
    "no JWT": r"segments|[Pp]adding|[Dd]ecod|[Hh]eader|[Pp]ayload|JWT|JWS|[Tt]oken",
    "hash": r"\bhash",
}


@dataclass(frozen=True)
class Raised:
    """An exception: its class with its module, what it says, and the app's own last
    line, with the name of the file and the number where they are known."""

    kind: str
    message: str
    line: str = ""
    file: str = ""
    number: int = 0

    @property
    def name(self) -> str:
        """The class without its module."""
        return self.kind.rpartition(".")[2]


def crash_in(traceback: str) -> Raised | None:
    """The exception that a traceback ends with; `None` where there is none. What is
    before it, such as our advice, is left out."""
    lines = traceback.splitlines()
    begins = [n for n, line in enumerate(lines) if line.startswith("Traceback")]
    lines = lines[begins[0] + 1 :] if begins else lines
    end = next((n for n, text in enumerate(lines) if text[:1].strip()), None)
    if end is None:
        return None
    kind, _, message = "\n".join(lines[end:]).partition(": ")
    file = line = ""
    number = 0
    for above, text in zip(lines, [*lines[1:], ""], strict=True):
        found = re.match(r' +File "(.*)", line (\d+)', above)
        if found and lines.index(above) < end:
            file = re.split(r"[/\\\\]", found[1])[-1]
            number, line = int(found[2]), text.strip()
    return Raised(kind.strip(), message.strip(), line, file, number)


def caught_in(note: str) -> Raised | None:
    """The exception that `Evidence.caught` tells of; `None` where it tells of none."""
    said, _, rest = note.partition("\n")
    kind, _, message = said.partition(": ")
    return Raised(kind, message, rest.partition("\n")[0]) if kind else None


def first_of(note: str) -> str:
    """Of a note on an exception that the app made of another: what it says of the
    other. Else the note itself."""
    lines = note.split("\n")
    return "\n".join(lines[2:]) or note


def meaning(note: str) -> str:
    """What `Evidence.caught` is about, in words that do not depend on the library. Of
    other exceptions, the name."""
    caught = caught_in(note)
    if caught is None:
        return ""
    if not caught.kind.startswith(LIBRARIES):
        return caught.name
    said = f"{caught.name} {caught.message}"
    found = (name for name, words in MEANINGS.items() if re.search(words, said))
    return next(found, "another reason")
