"""How good are the suites? Every small change to a step, and which ones nobody notices.

`make mutants` runs it, with cosmic-ray at hand. To cosmic-ray's operators come two of
our own, since a step is made of texts and of guards: a text is replaced, a statement is
taken out. A survivor is a change that the suite accepts: it is equivalent over HTTP, or
the suite lacks a test. The report says which, in docs/mutants.md.
"""

import ast
import tempfile
from collections.abc import Iterator
from pathlib import Path

from workbook.checking import check_all
from workbook.ladder import Step, sources, steps


def mutants(source: str) -> dict[str, str]:
    """Each mutated source, by the line that was changed and what it became."""
    found: dict[str, str] = {}
    for mutated in (*_by_cosmic_ray(source), *_other_texts(source), *_less(source)):
        before, after = source.splitlines(), mutated.splitlines()
        changed = next(
            (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b),
            len(after) - 1,
        )
        gone, come = before[changed].strip(), after[changed].strip()
        found.setdefault(f"{changed + 1}: {gone}  ->  {come}", mutated)
    return found


def _by_cosmic_ray(source: str) -> Iterator[str]:
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    for name in operator_names():
        operator = get_operator(name)
        # What takes arguments replaces named variables, and there is no list of them.
        if operator.arguments():
            continue
        occurrence = 0
        while (mutated := mutate_code(source, operator(), occurrence)) is not None:
            occurrence += 1
            if not _is_the_same(source, mutated):
                yield mutated


def _other_texts(source: str) -> Iterator[str]:
    """Each text of the code, docstrings apart, replaced by another."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            mutated = _replaced(source, node, repr(f"{node.value}x"))
            if not _is_the_same(source, mutated):
                yield mutated


def _less(source: str) -> Iterator[str]:
    """Each statement inside a function taken out."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.stmt) and node is not function:
                    yield _replaced(source, node, "pass")


def _replaced(source: str, node: ast.expr | ast.stmt, text: str) -> str:
    lines = source.encode().splitlines(keepends=True)
    last = (node.end_lineno or node.lineno) - 1
    before = (
        b"".join(lines[: node.lineno - 1]) + lines[node.lineno - 1][: node.col_offset]
    )
    after = lines[last][node.end_col_offset :] + b"".join(lines[last + 1 :])
    return (before + text.encode() + after).decode()


def _is_the_same(source: str, mutated: str) -> bool:
    """Whether only docstrings differ, or nothing; what is no Python is no mutant."""
    try:
        return _without_docstrings(source) == _without_docstrings(mutated)
    except SyntaxError:
        return True


def _without_docstrings(source: str) -> str:
    tree = ast.parse(source)
    if tree.body and isinstance(tree.body[0], ast.Expr):
        tree.body.pop(0)
    return ast.dump(tree)


def survivors(step: Step) -> tuple[int, list[str]]:
    """How many mutants of a step there are, and those that its suite accepts, each by
    its file and line."""
    right = sources(step.modules)
    made = {
        f"{name}, {change}": right | {name: mutated}
        for name, source in right.items()
        for change, mutated in mutants(source).items()
    }
    with tempfile.TemporaryDirectory() as folder:
        cases = []
        for number, wrong in enumerate(made.values()):
            answers = Path(folder) / str(number)
            (answers / step.name).mkdir(parents=True)
            for name, source in wrong.items():
                (answers / step.name / name).write_text(source, "utf-8")
            cases.append((step.name, answers))
        outcomes = check_all(cases)
    return len(made), [
        name for name, outcome in zip(made, outcomes, strict=True) if outcome.all_passed
    ]


if __name__ == "__main__":
    for rung in steps():
        total, alive = survivors(rung)
        print(f"{rung.name}: {total} mutants, {len(alive)} survive", flush=True)
        for survivor in alive:
            print(f"  {survivor}", flush=True)
