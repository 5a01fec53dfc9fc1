"""A change as HTML: Python in its colours, with the lines that nothing changed folded.

There is no lexer for a diff of Python, and a code block has no place to fold.
"""

import html
from collections.abc import Iterator, Sequence
from itertools import groupby

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import DiffLexer, PythonLexer

# Unchanged lines that stay to be seen beside a change. A fold has to save some more.
AROUND, LEAST = 3, 6
KINDS = {"+": "ins", "-": "del"}


def as_html(title: str, lines: Sequence[str]) -> str:
    """A change of Python under its title; each line begins with `+`, `-` or a blank."""
    coloured = [
        _line(line, code) for line, code in zip(lines, _coloured(lines), strict=True)
    ]
    blocks = [
        _folded(coloured[begin:end]) if folds else _code(coloured[begin:end])
        for begin, end, folds in _stretches(lines)
    ]
    return (
        '<div class="language-python highlight diff no-copy">'
        f'<span class="filename">{html.escape(title)}</span>{"".join(blocks)}</div>'
    )


def aside(title: str, inside: str) -> str:
    """Something to open, which the search of the site does not look into."""
    return (
        f'<details class="note" data-search-exclude><summary>{html.escape(title)}'
        f"</summary>{inside}</details>"
    )


def whole(text: str) -> str:
    """A unified diff of several files, as `diff -u` writes it."""
    code = highlight(text, DiffLexer(), HtmlFormatter(nowrap=True))
    return f'<div class="language-diff highlight"><pre><code>{code}</code></pre></div>'


def _coloured(lines: Sequence[str]) -> list[str]:
    """Each line in its colours, as a part of the old or of the new text: a string may
    go over several lines."""
    new = _python([line[1:] for line in lines if not line.startswith("-")])
    old = _python([line[1:] for line in lines if not line.startswith("+")])
    coloured = []
    for line in lines:
        if not line.startswith("+"):
            code = next(old)
        if not line.startswith("-"):
            code = next(new)
        coloured.append(code)
    return coloured


def _python(lines: list[str]) -> Iterator[str]:
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    code: str = highlight("\n".join(lines), lexer, HtmlFormatter(nowrap=True))
    return iter(code.split("\n"))


def _line(line: str, code: str) -> str:
    # The line's end is inside, or a browser that shows each line as a block adds one.
    kind = KINDS.get(line[:1])
    if not kind:
        return f'<span class="same"> {code}\n</span>'
    return f'<span class="{kind}">{line[0]}{code}\n</span>'


def _stretches(lines: Sequence[str]) -> Iterator[tuple[int, int, bool]]:
    """From where to where, and whether it is folded."""
    begin = at = 0
    for changed, run in groupby(lines, lambda line: line[:1] in KINDS):
        end = at + len(list(run))
        # The first line says which function this is.
        first = at + (AROUND if at else 1)
        last = end - AROUND if end < len(lines) else end
        if not changed and last - first >= LEAST:
            yield begin, first, False
            yield first, last, True
            begin = last
        at = end
    if begin < at:
        yield begin, at, False


def _folded(coloured: Sequence[str]) -> str:
    return (
        f"<details><summary>{len(coloured)} unchanged lines</summary>"
        f"{_code(coloured)}</details>"
    )


def _code(coloured: Sequence[str]) -> str:
    return f"<pre><code>{''.join(coloured)}</code></pre>"
