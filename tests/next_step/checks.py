"""Step NN: the word that forbids a browser to guess."""

from typing import Any

from workbook.notebook.tasks import must, task


@task("my_word is a text.")
def word(my_word: Any) -> str:
    must(my_word == "nosniff", f"A browser does not know the word {my_word!r}.")
    return "It is the only word that the header has."
