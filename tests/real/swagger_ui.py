"""What FastAPI's /docs asks other hosts for, and the same files on this machine."""

from importlib.resources import files
from pathlib import Path

CDN = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/"
ON_THIS_MACHINE = Path(str(files("fastapi_swagger"))) / "resources"

SWAGGER_UI = {
    CDN + name: ON_THIS_MACHINE / name
    for name in ("swagger-ui-bundle.js", "swagger-ui.css")
}
FAVICON = "https://fastapi.tiangolo.com/img/favicon.png"
