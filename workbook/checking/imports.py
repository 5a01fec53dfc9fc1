"""What an import that fails means, where it's about the learner's own files."""

import re
import sys
import traceback
from pathlib import Path

from pydantic import PydanticImportError

from workbook.checking.packages import DISTRIBUTIONS
from workbook.checking.surroundings import Surroundings
from workbook.checking.tracebacks import is_below

# Where the names are that people look for in another module.
PLACES = {
    "fastapi": (
        *("FastAPI", "APIRouter", "Depends", "Security", "HTTPException", "status"),
        *("Request", "Response", "Form", "Header", "Cookie", "Body"),
    ),
    "fastapi.security": (
        *("OAuth2PasswordBearer", "OAuth2PasswordRequestForm", "SecurityScopes"),
        *("OAuth2PasswordRequestFormStrict", "HTTPBearer", "HTTPBasic", "APIKeyHeader"),
        *("HTTPAuthorizationCredentials", "HTTPBasicCredentials", "APIKeyCookie"),
    ),
    "fastapi.responses": ("JSONResponse", "HTMLResponse", "RedirectResponse"),
    "fastapi.middleware.cors": ("CORSMiddleware",),
    "pydantic": ("BaseModel", "EmailStr", "Field", "ConfigDict"),
    "pydantic_settings": ("BaseSettings", "SettingsConfigDict"),
    "jose": ("JWTError", "jws", "jwk"),
    "jwt": ("InvalidTokenError", "PyJWTError", "DecodeError"),
    "passlib.context": ("CryptContext",),
    "pwdlib": ("PasswordHash",),
    "datetime": ("datetime", "timedelta", "timezone", "UTC"),
    "typing": ("Annotated", "Optional", "Union"),
    "sqlalchemy.orm": ("Session", "sessionmaker", "declarative_base"),
}
# Two libraries for tokens, of which an app takes one.
TOKEN_LIBRARIES = {"jose", "jwt"}


def elsewhere(error: BaseException, around: Surroundings) -> str:
    """A name that is imported from a package, and is in another one."""
    said = str(error)
    match = re.search(r"cannot import name '(\w+)' from '([\w.]+)'", said)
    match = match or re.search(r"`(?:pydantic:)?(\w+)` has been moved to the `()", said)
    if not isinstance(error, ImportError | PydanticImportError) or not match:
        return ""
    name, asked = match.groups()
    if _is_a_file_of(around, asked):
        return ""
    for module, names in PLACES.items():
        if module != asked and name in names:
            is_another = {module, asked} <= TOKEN_LIBRARIES
            whose = f", which is another library than `{asked}`" if is_another else ""
            return f"`{name}` is in `{module}`{whose}: `from {module} import {name}`."
    return ""


def called_too_early(error: BaseException, around: Surroundings) -> str:
    """`Depends(get_user())`, where `get_user` itself is wanted."""
    if not isinstance(error, TypeError):
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        frame.line or "" for frame in frames if is_below(frame.filename, around.code)
    ]
    match = re.search(r"\bDepends\((\w+)\(\)\)", own[-1]) if own else None
    match = match or re.search(
        r"(?:coroutine|generator) object (\w+) .*is not a callable", str(error)
    )
    if match is None:
        return ""
    return (
        "`Depends` calls what it's given, once for each request. Give it the function "
        f"itself, without parentheses after its name: `Depends({match[1]})`."
    )


def _is_a_file_of(around: Surroundings, module: str) -> bool:
    top = module.partition(".")[0]
    return bool(top) and (
        (around.folder / f"{top}.py").exists() or (around.folder / top).is_dir()
    )


def misplaced(error: BaseException, around: Surroundings) -> str:
    """A module of the learner's own that is elsewhere than the import looks for it."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return ""
    asked = error.name.removeprefix(f"{around.step.name}.").split(".")
    wanted = (_import_line(error, around) or ".".join(asked)).split(".")
    files = [path.relative_to(around.folder) for path in around.folder.rglob("*.py")]
    modules = {
        ".".join(
            (file.parent if file.name == "__init__.py" else file.with_suffix("")).parts
        )
        for file in files
    }
    packages = {".".join(part.parts) for file in files for part in file.parents} - {""}
    own = sorted(modules | packages)
    whole = ".".join(wanted)
    for module in own:
        if module.lower() == whole.lower() and module != whole:
            return (
                f"The file is called {module.replace('.', '/')}, with these capital "
                f"and small letters: write `from {module} import …`."
            )
    # Without the folders that aren't here: `app.security` for a security.py beside it.
    for start in range(1, len(wanted)):
        rest = ".".join(wanted[start:])
        if rest in own and wanted[0] not in own:
            return (
                f"{around.shown} has no folder {wanted[0]}: "
                f"{rest.replace('.', '/')} lies there itself. Write `from {rest} "
                f"import …`, or move it into a folder {wanted[0]}."
            )
    for module in own if wanted[0] not in DISTRIBUTIONS else ():
        if module.endswith(f".{whole}"):
            return (
                f"{whole} lies in {'/'.join(module.split('.')[:-1])}/, and imports "
                f"begin at {around.shown}: write `from {module} import …`."
            )
    return ""


def _import_line(error: ImportError, around: Surroundings) -> str:
    """The module that the learner's own last line imports, dots and all."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if is_below(frame.filename, around.code)]
    line = own[-1].line if own else None
    match = re.match(r"\s*(?:from|import)\s+\.?([\w.]+)", line or "")
    return match[1].strip(".") if match else ""


def relative_import(error: BaseException, around: Surroundings) -> str:
    if not isinstance(error, ImportError):
        return ""
    text = str(error)
    if "beyond top-level package" in text:
        return (
            f"An import with two dots leaves {around.shown}, and only that folder is "
            "your app: move the module into it, and write `from .module import …` "
            "with one dot, or none."
        )
    if "no known parent package" in text:
        return (
            "A module that was imported without a dot can't import with one: write "
            "`from models import …` in all of your files, or `from .models import …` "
            "in all of them."
        )
    return ""


def circle(error: BaseException, around: Surroundings) -> str:
    """A module that is asked for what it has, before it has it."""
    module = None
    if isinstance(error, ImportError):
        module = sys.modules.get(error.name or "")
    elif match := re.search(r"module '([\w.]+)'.* has no attribute", str(error)):
        module = sys.modules.get(match[1])
    file = getattr(module, "__file__", None)
    files = _own_files(error, around)
    if file is None or Path(file) not in files[:-1]:
        return ""
    circle = [*files[files.index(Path(file)) :], Path(file)]
    return (
        "These files import each other in a circle: "
        f"{' → '.join(path.name for path in circle)}. Move what both need into a file "
        "of its own."
    )


def _own_files(error: BaseException, around: Surroundings) -> list[Path]:
    """The learner's own files that a traceback goes through, in its order."""
    names = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    return [Path(name) for name in names if is_below(name, around.code)]
