"""What FastAPI's /docs asks other hosts for, and the same files on this machine."""

from workbook.swagger_ui import RESOURCES

CDN = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/"

SWAGGER_UI = {
    CDN + name: RESOURCES / name for name in ("swagger-ui-bundle.js", "swagger-ui.css")
}
FAVICON = "https://fastapi.tiangolo.com/img/favicon.png"
