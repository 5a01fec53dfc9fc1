"""What other files repeat of the manifest: `make ladder` renews it.

    python -m workbook.ladder_files

Each of these files has a region between two marks. What stands there is made from
`steps/ladder.toml`; all around it is written by hand. A test fails while a region says
anything else than the manifest.
"""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from workbook.ladder import ROOT, steps

# Each mark is a line of its own, a comment in the language of its file.
BEGIN, END = "made by make ladder", "end of what make ladder made"
REGION = re.compile(
    rf"(^[^\n]*\b{BEGIN}\b[^\n]*\n)(.*?)(^[^\n]*\b{END}\b)", re.M | re.S
)


class NoRegion(ValueError):
    """A file has no region to renew, or more than one."""


def readme(text: str) -> str:
    """The README, with its table of the steps."""
    rows = ["| Step | The question it answers | What it adds |", "|---|---|---|"]
    for step in steps():
        link = f"[{step.number}. {step.title}](steps/{step.name}/main.py)"
        rows.append(f"| {link} | {step.question} | {step.idea} |")
    return with_region(text, rows)


def navigation(text: str) -> str:
    """mkdocs.yml, with its list of the steps' pages."""
    entries = []
    for step in steps():
        # A text of JSON is one of YAML too, whatever signs are in it.
        title = json.dumps(f"{step.number}. {step.title}", ensure_ascii=False)
        entries.append(f"      - {title}: steps/{step.name}.md")
    return with_region(text, entries)


def notebooks_index(text: str) -> str:
    """The index of the notebooks, with its table of them."""
    rows = [
        "| Notebook | The question it answers | What you do in it |",
        "|---|---|---|",
    ]
    for step in steps():
        link = f"[{step.number}. {step.title}]({step.notebook.name})"
        rows.append(f"| {link} | {step.question} | {step.experiments} |")
    notebook = json.loads(text)
    (cell,) = (cell for cell in notebook["cells"] if cell["id"] == "which")
    cell["source"] = with_region("".join(cell["source"]), rows).splitlines(True)
    # As nbformat writes it.
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


FILES: dict[str, Callable[[str], str]] = {
    "README.md": readme,
    "mkdocs.yml": navigation,
    "notebooks/index.ipynb": notebooks_index,
}


def with_region(text: str, lines: Sequence[str]) -> str:
    """The text with these lines between its marks. Raises `NoRegion`."""
    if len(REGION.findall(text)) != 1:
        raise NoRegion(f"there is not one region between '{BEGIN}' and '{END}'")
    # A table right below an HTML comment would be a part of it to Markdown.
    around = "\n" if lines[0].startswith("|") else ""
    region = around + "".join(f"{line}\n" for line in lines) + around
    return REGION.sub(lambda found: found[1] + region + found[3], text)


def renewed(root: Path = ROOT) -> dict[Path, str]:
    """The files that do not say what the manifest says, each with what it is to say."""
    found = {}
    for name, make in FILES.items():
        text = (root / name).read_text("utf-8")
        if (made := make(text)) != text:
            found[root / name] = made
    return found


def main() -> None:
    files = renewed()
    for path, text in files.items():
        path.write_text(text, "utf-8", newline="\n")
        print(f"Renewed {path.relative_to(ROOT).as_posix()}")
    if not files:
        print(f"{', '.join(FILES)}: all as the manifest says.")


if __name__ == "__main__":
    main()
