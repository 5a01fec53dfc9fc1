"""How good are the suites? `make mutants` makes every small change to each step, or to
those of STEPS="7 8", and stores the ones that the suite accepts.

The changes are cosmic-ray's, and two of our own, since a step is made of texts and of
guards: a text is replaced, and a statement is taken out. A change that the suite
accepts is a survivor: no request can show a difference, or the suite lacks a test.
reasons/survivors.toml has the reason for each of them.
"""

import ast
import itertools
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from workbook.checking import check_all
from workbook.ladder import Step, UnknownStep, find, sources, steps
from workbook.mistakes.digests import normal
from workbook.mistakes.survivors import (
    Measured,
    Mutant,
    measured_mutants,
    store_mutants,
)

# Lists of digests and of passwords: each line would be another mutant of the same kind.
ONLY_DATA = ("published_keys.py", "common_passwords.py")
# The text of each file of a step, by its name.
Files = dict[str, str]


class NotMeasured(Exception):
    """A step could not be measured; the message says why."""


def mutants(file: str, source: str) -> list[tuple[Mutant, str]]:
    """Each small change of a source, and what the source becomes. Neighbours are
    neighbours: the same tests find them."""
    had, parts = normal(source), _parts(source)
    before = source.splitlines()
    found: dict[tuple[int, Mutant], str] = {}
    for mutated in itertools.chain.from_iterable(make(source) for make in MAKERS):
        if not _is_another(had, mutated):
            continue
        after = mutated.splitlines()
        number = next(
            (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b),
            len(after) - 1,
        )
        texts = before[number].strip(), after[number].strip()
        found.setdefault((number, Mutant(file, parts[number], *texts)), mutated)
    return [(mutant, mutated) for (_, mutant), mutated in sorted(found.items())]


def _by_cosmic_ray(source: str) -> Iterator[str]:
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    for name in operator_names():
        operator = get_operator(name)
        # What takes arguments replaces named variables, and there is no list of them.
        if operator.arguments():
            continue
        for occurrence in itertools.count():
            mutated = mutate_code(source, operator(), occurrence)
            if mutated is None:
                break
            yield mutated


def _other_texts(source: str) -> Iterator[str]:
    """Each text of the code replaced by another."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield _replaced(source, node, repr(f"{node.value}x"))


def _less(source: str) -> Iterator[str]:
    """Each statement inside a function taken out."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            skipped = 1 if ast.get_docstring(function) is not None else 0
            for statement in function.body[skipped:]:
                for node in ast.walk(statement):
                    if isinstance(node, ast.stmt):
                        yield _replaced(source, node, "pass")


MAKERS: tuple[Callable[[str], Iterator[str]], ...] = (
    _by_cosmic_ray,
    _other_texts,
    _less,
)


def _replaced(source: str, node: ast.expr | ast.stmt, text: str) -> str:
    lines = source.encode().splitlines(keepends=True)
    last = (node.end_lineno or node.lineno) - 1
    before = (
        b"".join(lines[: node.lineno - 1]) + lines[node.lineno - 1][: node.col_offset]
    )
    after = lines[last][node.end_col_offset :] + b"".join(lines[last + 1 :])
    return (before + text.encode() + after).decode()


def _is_another(had: str, mutated: str) -> bool:
    """Whether the code differs, without docstrings; what is no Python is no mutant."""
    try:
        return normal(mutated) != had
    except SyntaxError:
        return False


def _parts(source: str) -> list[str]:
    """For each line, the function or class that it's in."""
    parts = [""] * (source.count("\n") + 1)
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            for line in range(first - 1, node.end_lineno or node.lineno):
                parts[line] = node.name
    return parts


def measure(step: Step, made: Sequence[tuple[Mutant, Files]]) -> Measured:
    """How the suite of a step judges its mutants. Raises `NotMeasured`."""
    with tempfile.TemporaryDirectory() as folder:
        outcomes = check_all(
            [
                (step.name, _written(step, files, Path(folder) / str(number)))
                for number, (_, files) in enumerate(made)
            ],
            stop_at_first=True,
        )
    for outcome in outcomes:
        if outcome.not_judged:
            raise NotMeasured(f"{step.name}: {outcome.not_judged}")
    return Measured(
        date=datetime.now(UTC).strftime("%Y-%m"),
        mutants=dict(Counter(mutant.file for mutant, _ in made)),
        never_start=sum(bool(outcome.problem) for outcome in outcomes),
        survivors=tuple(
            mutant
            for (mutant, _), outcome in zip(made, outcomes, strict=True)
            if outcome.all_passed
        ),
    )


def mutants_of(step: Step) -> list[tuple[Mutant, Files]]:
    """Each mutant of a step, and its files by their names. A file that a later step has
    unchanged is left to that one, whose suite has more tests."""
    right = sources(step.modules)
    later = [sources(one.modules) for one in steps()[step.number :]]
    return [
        (mutant, right | {file: mutated})
        for file, source in right.items()
        if file not in ONLY_DATA
        and not any(files.get(file) == source for files in later)
        for mutant, mutated in mutants(file, source)
    ]


def _written(step: Step, files: Files, answers: Path) -> Path:
    (answers / step.name).mkdir(parents=True)
    for name, source in files.items():
        (answers / step.name / name).write_text(source, "utf-8")
    return answers


def main(words: Sequence[str]) -> int:
    try:
        for step in [find(word) for word in words] or steps():
            made = mutants_of(step)
            print(f"{step.name}: {len(made)} mutants ...", end=" ", flush=True)
            measured = measure(step, made)
            store_mutants({**measured_mutants(), step.name: measured})
            print(f"{len(measured.survivors)} survive", flush=True)
            for survivor in measured.survivors:
                print(f"  {survivor}", flush=True)
    except (NotMeasured, UnknownStep) as problem:
        print(problem)
        return 2
    except KeyboardInterrupt:
        print("Stopped. What is measured is stored, step by step.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
