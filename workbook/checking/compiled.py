"""Code that is compiled once, however many copies of its file are imported."""

from importlib.machinery import SourceFileLoader
from os import PathLike
from types import CodeType
from typing import Any

# By the source.
_compiled: dict[bytes, CodeType] = {}


class CompiledOnce(SourceFileLoader):
    """Loads a module as Python does. A source that it has seen isn't compiled again."""

    def source_to_code(  # type: ignore[override]
        self, data: bytes, path: str | PathLike[str], **how: Any
    ) -> CodeType:
        code = _compiled.get(data)
        if code is None:
            code = _compiled[data] = super().source_to_code(data, path, **how)
        return _placed(code, str(path))


def _placed(code: CodeType, path: str) -> CodeType:
    """The code with the file that it names in tracebacks, that of its functions too."""
    if code.co_filename == path:
        return code
    constants = tuple(
        _placed(one, path) if isinstance(one, CodeType) else one
        for one in code.co_consts
    )
    return code.replace(co_filename=path, co_consts=constants)
