"""A command in a pseudo-terminal, which it takes for a real one."""

import contextlib
import os
import re
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from workbook import timeouts

pexpect = pytest.importorskip("pexpect")

# In the environment of the command and of all that it starts.
MARK = "WORKBOOK_TEST"
COMMAND = Path(sys.executable).with_name("workbook")

in_a_terminal = [
    # Each has a terminal of its own.
    pytest.mark.apart,
    pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are for POSIX"),
    # What is forked becomes the command at once, and no thread of ours lives on in it.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded"),
]


class Terminal:
    """`workbook WORDS` in a terminal: what is on it, and keys to press."""

    def __init__(
        self,
        words: Iterable[str],
        folder: Path,
        mark: str,
        *,
        program: str = str(COMMAND),
        rows: int = 50,
        columns: int = 80,
        **environment: str,
    ) -> None:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not re.match("COLUMNS|LINES|NO_COLOR|FORCE_COLOR|PYTEST_", name)
        }
        settings = {"TERM": "xterm-256color", "PYTHONUTF8": "1", MARK: mark}
        # What is killed leaves its files here, where they are cleared away.
        settings["TMPDIR"] = str(folder)
        # Unless a test wants colours: they stand between the words it waits for.
        settings["NO_COLOR"] = "1"
        self.child: Any = pexpect.spawn(
            program,
            list(words),
            cwd=folder,
            env=kept | settings | environment,
            # A shell has what it runs in the background ignore Ctrl-C: us, perhaps.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            dimensions=(rows, columns),
            encoding="utf-8",
            codec_errors="replace",
            timeout=timeouts.TERMINAL,
        )
        # pexpect waits before each key, for programs that are not ready to read them.
        self.child.delaybeforesend = None

    def shows(self, *texts: str) -> str:
        """Waits until each text has been shown, one after the other; all that came."""
        came = ""
        for text in texts:
            self.child.expect_exact(text)
            came += self.child.before + self.child.after
        return plain(came)

    @contextlib.contextmanager
    def read_by_a_thread(self) -> Iterator[None]:
        """What is shown in this block is read, and forgotten."""
        over = threading.Event()

        def read() -> None:
            while not over.is_set():
                with contextlib.suppress(pexpect.TIMEOUT, pexpect.EOF):
                    self.child.read_nonblocking(65536, timeout=0.1)

        reader = threading.Thread(target=read)
        reader.start()
        try:
            yield
        finally:
            over.set()
            reader.join()

    def press(self, key: str) -> None:
        self.child.send(key)

    def ends(self) -> str:
        """Waits for the end; what was shown until then."""
        self.child.expect(pexpect.EOF)
        came = self.child.before
        self.child.close()
        return plain(came)

    @property
    def has_ended(self) -> bool:
        return not self.child.isalive()

    @property
    def status(self) -> int:
        return int(self.child.exitstatus)

    def close(self) -> None:
        self.child.close(force=True)


def plain(text: str) -> str:
    """Without colours and without the carriage returns of a terminal."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).replace("\r\n", "\n")
