"""What the notebooks share: a step on the bench, and ways to look at its answers.

    client = bench(step.app)
    answer = client.get("/users/me", headers=bearer("johndoe"))
    predicted(guess, answer.status_code)
    show(answer)

`checks` has the verdicts on the tasks, a module for each notebook. `plot` draws in one
style, and is imported by name, so that only who draws waits for matplotlib.
"""

from workbook.notebook.asking import bearer, bench, in_process, serve
from workbook.notebook.showing import brief, predicted, show, table

__all__ = [
    "bearer",
    "bench",
    "brief",
    "in_process",
    "predicted",
    "serve",
    "show",
    "table",
]
