"""The minutes of a page: what is counted, and what isn't."""

import pytest

from workbook.ladder import Step, steps
from workbook.site.minutes import Length, count, length

PAGE = """# Four words of heading

Two [words](and-a-link.md) here { #anchor }.

```bash title="An exercise"
.venv/bin/workbook attack 1
```

```python
code = "isn't counted"
```

!!! example "Checkpoint"

    ```bash
    .venv/bin/workbook check 1
    ```

??? note "Folded"

    What is in here can be skipped.

    ```bash
    echo skipped
    ```

??? question "Is a question an exercise?"

    It is.

## Appendix: more

It isn't counted.

```bash
echo skipped
```

## Sources

- Nor are these.
"""


def test_words_commands_and_questions_are_counted():
    found = count(PAGE)
    assert found.exercises == len(["attack", "check", "question"])
    read = "Four words of heading Two words here example Checkpoint"
    assert found.words == len(read.split())


def test_a_page_that_says_more_takes_longer():
    short, long = Length(1000, 5), Length(2000, 10)
    assert (short.minutes, long.minutes) == (10, 20)


@pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)
def test_a_page_takes_between_ten_minutes_and_half_an_hour(step: Step):
    assert 10 <= length(step).minutes <= 30
