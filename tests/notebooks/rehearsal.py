"""A notebook run in one kernel: backwards, forwards, answered wrong and right.

A kernel takes longer to start than most notebooks to run, so all of it happens in one.
"""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from tests.notebooks.answers import answer_key
from workbook import timeouts

# As in pytest's own settings, warnings are errors. And no cell leaves this machine.
GUARD = """
def guard():
    import os
    import socket
    import warnings

    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "'crypt' is deprecated", DeprecationWarning)
    # What the kernel warns itself of is not the notebook's doing.
    warnings.filterwarnings("ignore", module="ipykernel")
    usual = socket.socket.connect

    def connect(self, address):
        network = self.family in (socket.AF_INET, socket.AF_INET6)
        assert not network or address[0] == "127.0.0.1", f"a cell asks for {address}"
        return usual(self, address)

    socket.socket.connect = connect
    return os.getpid()


guard()
"""


@dataclass(frozen=True)
class Said:
    """What a cell put out."""

    text: str
    pictures: int
    errors: tuple[str, ...]


@dataclass(frozen=True)
class Rehearsal:
    """What came of it, by the cell's id; of answers, by task and what was written.

    Forwards, every prediction has the right guess. `without_a_guess` is the last of
    them once more, as the notebook has it.

    `kernel` is the process in which all of it ran.
    """

    backwards: dict[str, Said]
    forwards: dict[str, Said]
    without_a_guess: Said | None
    wrong: dict[tuple[str, str], Said]
    right: dict[str, Said]
    kernel: int


def rehearse(path: Path, environment: dict[str, str]) -> Rehearsal:
    """Runs a notebook in a kernel of its own, which has ended when this returns."""
    cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    code = {id: cell.source for id, cell in cells.items() if cell.cell_type == "code"}
    tasks = answer_key(path.stem).tasks
    run = _Run()
    guard = run.add(GUARD)
    run.add(code.get("set-up", ""))
    backwards = {id: run.add(code[id]) for id in reversed(code) if id != "set-up"}
    run.add("%reset -f")
    guesses = answer_key(path.stem).predictions
    forwards = {
        id: run.add(with_guess(source, guesses.get(id, 0)))
        for id, source in code.items()
    }
    predictions = [id for id in code if id.startswith("predict-")]
    spared = run.add(code[predictions[-1]]) if predictions else None
    wrong, right = {}, {}
    for name, answers in tasks.items():
        check = code[f"check-{name}"]
        for mistake in answers.mistakes:
            run.add(mistake)
            wrong[name, mistake] = run.add(check)
        run.add(answers.model)
        right[name] = run.add(check)
    run.execute(path.parent, environment)
    return Rehearsal(
        backwards={id: said(cell) for id, cell in backwards.items()},
        forwards={id: said(cell) for id, cell in forwards.items()},
        without_a_guess=said(spared) if spared else None,
        wrong={key: said(cell) for key, cell in wrong.items()},
        right={name: said(cell) for name, cell in right.items()},
        kernel=int(said(guard).text),
    )


def with_guess(source: str, guess: object) -> str:
    """A cell with this guess in place of the dots, if it asks for one."""
    return re.sub(r"^guess = \.\.\.", f"guess = {guess!r}", source, flags=re.MULTILINE)


class _Run:
    def __init__(self) -> None:
        self.notebook = nbformat.v4.new_notebook()

    def add(self, source: str) -> Any:
        self.notebook.cells.append(nbformat.v4.new_code_cell(source))
        return self.notebook.cells[-1]

    def execute(self, folder: Path, environment: dict[str, str]) -> None:
        client = NotebookClient(
            self.notebook,
            timeout=timeouts.NOTEBOOK_CELL,
            startup_timeout=timeouts.READY,
            # What a cell put out may come after the word that it is done.
            iopub_timeout=timeouts.NOTEBOOK_CELL,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": str(folder)}},
        )
        # Its own execute() would leave a loop open. And the loop that is usual on
        # Windows cannot wait for a kernel.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(client.async_execute(env=environment))


def said(cell: Any) -> Said:
    text, pictures, errors = "", 0, []
    for output in cell.outputs:
        if output.output_type == "stream":
            text += output.text
            if output.name == "stderr":
                errors.append(output.text)
        elif output.output_type == "error":
            errors.append(f"{output.ename}: {output.evalue}")
        else:
            text += output.data.get("text/plain", "")
            pictures += "image/png" in output.data
    return Said(text, pictures, tuple(errors))
