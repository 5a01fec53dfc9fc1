"""Notebooks in their normal form: no outputs, no counts, nothing of whoever ran them.

    python -m tests.notebooks.tidy

brings all of them into it, after they were edited in Jupyter or VS Code.
"""

from pathlib import Path

from workbook.ladder import ROOT

NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))

METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}


def tidied(text: str) -> str:
    """A notebook in its normal form: a line of JSON for each line of source."""
    # Here, because it takes seconds to import.
    import nbformat

    notebook = nbformat.reads(text, as_version=4)
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat_minor = 5
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    written: str = nbformat.writes(notebook)
    return written + "\n"


def tidy(path: Path) -> bool:
    """Rewrites one notebook; whether there was something to do."""
    before = path.read_text("utf-8")
    after = tidied(before)
    if after != before:
        path.write_text(after, "utf-8", newline="\n")
    return after != before


if __name__ == "__main__":
    for path in NOTEBOOKS:
        if tidy(path):
            print(f"tidied {path.relative_to(ROOT)}")
