"""The commands that README and the pages print, as scripts that run them.

The blocks of a page are one session of a shell, from top to bottom, since later ones
use what earlier ones have set. A server is started in the background, and its port is a
free one. All else is run as it's printed, from the folder of the workbook, with no
environment active.
"""

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from workbook.ladder import ROOT

README = ROOT / "README.md"

# What isn't run, and why. Each is matched at the start of a command.
NOT_RUN = {
    r"make (setup|docs|lab|site|lint|test|test-all)\b": "has tests of its own",
    r"\.venv/bin/workbook watch\b": "waits for saves and keys, in a terminal",
    r"read -rs\b": "waits for what you paste",
    r".*--url http": "takes minutes, since each password is really hashed there",
    r".*/proc/": "needs Linux, and the server that its page speaks of",
    r"uv run\b": "needs uv, which the workbook doesn't",
    r".*(path/to/|…|--secret-key KEY|me@example\.com)": "has a gap for you to fill",
}

# Commands that serve until you end them: these run in the background.
SERVES = re.compile(
    r"(\w+=\S+ )*(make run\b|\.venv/bin/workbook run\b|\.venv/bin/uvicorn\b|serve$)"
    r"|.*\buvicorn\.run\(",
    re.DOTALL,
)
PORT = re.compile(r"\b80\d\d\b")

PRELUDE = r"""
set -m
check() {
    case "$1 $2" in
    # Something was found: a test that fails, a difference, an attack that gets through.
    "1 .venv/bin/workbook "* | "1 .venv/bin/pytest "* | "1 diff "*) ;;
    *) echo "exit status $1: $2" >> failed.txt ;;
    esac
}
stop_server() {
    if [ -f "server-$1" ]; then
        server=$(cat "server-$1")
        while kill -- "-$server" 2>/dev/null; do sleep 0.1; done
        rm "server-$1"
    fi
}
# Waits until it answers, or has ended because it refuses to start. A `wait` of the page
# is for the page's own jobs, and not for this one.
start_server() {
    stop_server "$1"
    eval "$2" >> servers.txt 2>&1 &
    disown
    echo $! > "server-$1"
    until curl -s -o /dev/null "http://127.0.0.1:$1/openapi.json"; do
        kill -0 "$(cat "server-$1")" 2>/dev/null || return 0
        sleep 0.1
    done
}
stop_all() {
    for file in server-*; do stop_server "${file#server-}"; done
}
trap stop_all EXIT
trap 'check $? "$BASH_COMMAND"' ERR
"""


@dataclass(frozen=True)
class Block:
    """A fenced block of shell commands."""

    page: Path
    line: int
    text: str


def blocks(page: Path, language: str = "bash") -> list[Block]:
    """The blocks of a page, also those that are indented."""
    text = page.read_text("utf-8")
    fence = rf"(?ms)^([ >]*)```{language}\b[^\n]*\n(.*?)^\1```"
    return [
        Block(
            page,
            text.count("\n", 0, match.start()) + 1,
            re.sub(rf"(?m)^{match[1]}", "", match[2]),
        )
        for match in re.finditer(fence, text)
    ]


def commands(text: str) -> Iterator[str]:
    """The lines of a script, each with those that belong to it: after a backslash, in
    quotes, in a here-document."""
    waiting: list[str] = []
    end = None
    for line in text.splitlines():
        waiting.append(line)
        if end is not None:
            if line != end:
                continue
        elif found := re.search(r"<<-?\s*['\"]?(\w+)", line):
            end = found[1]
            continue
        elif line.endswith("\\") or in_quotes("\n".join(waiting)):
            continue
        yield "\n".join(waiting)
        waiting, end = [], None
    assert not waiting, f"it doesn't end: {waiting}"


def in_quotes(text: str) -> bool:
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return True
    return False


def reason_not_to_run(command: str) -> str | None:
    for pattern, reason in NOT_RUN.items():
        if re.match(pattern, command.strip()):
            return reason
    return None


def script(
    blocks: list[Block], first: str, folder: Path, free_port: Callable[[str], int]
) -> str:
    """The blocks as one script. `first` is what serves before the first of them."""
    lines = [PRELUDE, run(first)]
    for block in blocks:
        text = "\n".join(map(run, commands(block.text)))
        # An active environment must be of no use to the others.
        lines.append(f"(\n{text}\n)" if "bin/activate" in text else text)
    text = "\n".join(lines).replace("/tmp/", f"{folder}/")
    ports: dict[str, str] = {}
    return PORT.sub(lambda m: ports.setdefault(m[0], str(free_port(m[0]))), text)


def run(command: str) -> str:
    """The command as the session runs it."""
    if reason_not_to_run(command):
        return ":"
    if started := re.match(r"\.venv/bin/workbook start (\d+)", command):
        # It leaves alone what is there, and a page may say twice how to begin.
        return f"rm -rf answers/step{int(started[1]):02}_*\n{command}"
    command = re.sub(r"(uvicorn [\w.]+:app)(?! --port)", r"\1 --port 8000", command)
    if not SERVES.match(command):
        return command
    command = re.sub(r"workbook run(?!.*--port)", "workbook run --port 8000", command)
    command = re.sub(r"make run(?!.*PORT=)", "make run PORT=8000", command)
    command = re.sub(r"(uvicorn\.run\([\w.]+)\)", r"\1, port=8000)", command)
    (port,) = {*PORT.findall(command)} or {"8000"}
    return f"start_server {port} {shlex.quote(command)}"
