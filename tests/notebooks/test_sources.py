"""The notebooks as files: clean, reviewable, and with no answers in them."""

import ast
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.notebooks.answers import FOLDER, KEYS
from tests.notebooks.tidy import NOTEBOOKS, tidied
from workbook.ladder import Step, steps

EACH = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
OF_STEPS = [step.notebook for step in steps()]
EACH_OF_STEPS = pytest.mark.parametrize("path", OF_STEPS, ids=lambda path: path.stem)


def cells_of(path: Path) -> dict[str, str]:
    """The sources, by id, in order."""
    cells = read(path)
    assert len({cell["id"] for cell in cells}) == len(cells)
    return {cell["id"]: "".join(cell["source"]) for cell in cells}


def code_of(path: Path) -> dict[str, str]:
    return {
        cell["id"]: "".join(cell["source"])
        for cell in read(path)
        if cell["cell_type"] == "code"
    }


def read(path: Path) -> list[dict[str, Any]]:
    """The cells as they stand in the file. nbformat, which could read it too, takes
    seconds to import in each worker that collects this."""
    cells: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"]
    return cells


def test_each_step_has_its_notebook_and_there_is_an_index():
    assert [path.stem for path in NOTEBOOKS] == ["index", *(s.name for s in steps())]


def test_every_answer_key_belongs_to_a_notebook():
    assert {path.stem for path in FOLDER.iterdir()} <= {path.stem for path in OF_STEPS}


@EACH
def test_it_is_in_its_normal_form(path: Path):
    import nbformat

    text = path.read_text("utf-8")
    nbformat.validate(nbformat.reads(text, as_version=4))
    assert text == tidied(text), (
        "Outputs, counts or settings came along: python -m tests.notebooks.tidy takes "
        "them out. If you have worked in it, git restore notebooks empties it again."
    )


def test_tidying_takes_out_what_a_run_put_in():
    import nbformat

    path = OF_STEPS[0]
    clean = path.read_text("utf-8")
    notebook = nbformat.reads(clean, as_version=4)
    notebook.metadata.kernelspec.display_name = "somebody's own"
    notebook.metadata.widgets = {}
    for cell in notebook.cells:
        cell.metadata.collapsed = True
        if cell.cell_type == "code":
            cell.execution_count = 7
            cell.outputs = [nbformat.v4.new_output("stream", text="hello")]
    assert tidied(nbformat.writes(notebook)) == clean


@EACH
def test_an_id_says_what_the_cell_is(path: Path):
    unclear = [
        id
        for id in cells_of(path)
        if not re.fullmatch(r"[a-z]+(-[a-z]+)*", id) or len(id) > 30
    ]
    assert unclear == []


@EACH_OF_STEPS
def test_it_begins_with_the_set_up_and_ends_with_what_was_seen(path: Path):
    assert next(iter(code_of(path))) == "set-up"
    assert list(cells_of(path))[-1] == "sum-up"


@EACH
def test_every_link_leads_somewhere(path: Path):
    links = [
        link
        for source in cells_of(path).values()
        for link in re.findall(r"\]\(([^)]+)\)", source)
    ]
    assert links
    assert [link for link in links if not (path.parent / link).is_file()] == []


@pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)
def test_its_title_says_which_step_and_which_question(step: Step):
    title = cells_of(step.notebook)["title"]
    assert title.startswith(f"# Step {step.number}, taken apart: ")
    assert f"*{step.question}*" in title
    assert f"(../steps/{step.name}/main.py)" in title


@pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)
def test_it_links_to_its_page_first_and_to_another_notebook_last(step: Step):
    cells = cells_of(step.notebook)
    assert f"(../docs/steps/{step.name}.md)" in cells["title"]
    last = cells["sum-up"].rpartition("\n\n")[2]
    assert re.match(r"\*\*Next: \[[^]]+\]\(\w+\.ipynb\)\*\*", last)


@EACH_OF_STEPS
def test_every_task_is_a_cell_and_its_check_and_has_answers(path: Path):
    ids = list(code_of(path))
    tasks = [id.removeprefix("task-") for id in ids if id.startswith("task-")]
    checks = [id.removeprefix("check-") for id in ids if id.startswith("check-")]
    assert tasks == checks == list(KEYS[path.stem].tasks)
    assert {(f"task-{name}", f"check-{name}") for name in tasks} <= set(pairwise(ids))


@EACH_OF_STEPS
def test_a_task_begins_empty(path: Path):
    code = code_of(path)
    tasks = KEYS[path.stem].tasks
    full = [name for name in tasks if code[f"task-{name}"].count("...") != 1]
    assert full == []


@EACH_OF_STEPS
def test_no_model_answer_stands_in_the_notebook(path: Path):
    sources = "\n".join(cells_of(path).values())
    told = [
        name
        for name, answers in KEYS[path.stem].tasks.items()
        if answers.model.splitlines()[-1].strip() in sources
    ]
    assert told == []


@EACH_OF_STEPS
def test_a_guess_is_written_before_the_result(path: Path):
    """Every prediction asks for a guess, and compares it with what came."""
    incomplete = [
        id
        for id, source in code_of(path).items()
        if id.startswith("predict-")
        and not re.search(r"^guess = \.\.\.  # .+^predicted\(", source, re.M | re.S)
    ]
    assert incomplete == []


@EACH
def test_no_two_notebooks_define_the_same_helper(path: Path):
    """What two of them need belongs into workbook/notebook."""
    others = {name for other in NOTEBOOKS if other != path for name in defined(other)}
    assert defined(path) & others == set()


def defined(path: Path) -> set[str]:
    """The functions that a notebook defines."""
    return {
        node.name
        for source in code_of(path).values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
    }
