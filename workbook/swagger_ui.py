"""`/docs` without a CDN, for an app whose code knows nothing of it.

FastAPI's page at `/docs` loads Swagger UI from another host, and is blank without it.
`workbook run` serves an app inside `WithSwaggerUI`, which puts the files of this
machine in their place.
"""

import inspect
import re
from html import escape
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.types import Message, Receive, Scope, Send

RESOURCES = Path(str(files("fastapi_swagger"))) / "resources"
FILES = {
    "swagger_js_url": RESOURCES / "swagger-ui-bundle.js",
    "swagger_css_url": RESOURCES / "swagger-ui.css",
    "swagger_favicon_url": RESOURCES / "favicon-32x32.png",
}
# What FastAPI's page asks other hosts for, and the same file here.
ELSEWHERE = {
    inspect.signature(get_swagger_ui_html).parameters[name].default: path
    for name, path in FILES.items()
}
START_OF_PAGE = '<div id="swagger-ui">'
HEADING = """\
<p style="font: 16px sans-serif; max-width: 1420px; margin: 20px auto; padding: 0 20px">
<strong>{title}</strong><br>
Press <em>Authorize</em> and log in as <code>johndoe</code> or <code>alice</code>. Leave
<code>client_id</code> and <code>client_secret</code> empty.</p>
"""


class WithSwaggerUI:
    """The app, with the files for its page at `/docs`, and with a `/` that leads there.

    All other requests reach the app, and its answers the client, as they are.
    """

    def __init__(self, app: FastAPI, title: str) -> None:
        self.app = app
        self.title = title
        self.docs = app.docs_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        respond: Response | None = None
        if scope["type"] == "http" and scope["method"] == "GET" and self.docs:
            path: str = scope["path"]
            name = path.removeprefix(f"{self.docs}/")
            if name != path and name in {file.name for file in FILES.values()}:
                respond = FileResponse(RESOURCES / name)
            elif path in ("/", self.docs):
                answer = await self.answer_of_app(scope, receive)
                if path == self.docs:
                    respond = self.with_local_files(answer)
                elif answer.status_code == 404:
                    respond = RedirectResponse(self.docs)
                else:
                    respond = answer
        await (respond or self.app)(scope, receive, send)

    async def answer_of_app(self, scope: Scope, receive: Receive) -> Response:
        """All that the app sends, kept back."""
        answer = Response()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status_code = message["status"]
                answer.raw_headers = list(message.get("headers", []))
            elif message["type"] == "http.response.body":
                answer.body = bytes(answer.body) + message.get("body", b"")

        await self.app(scope, receive, keep)
        return answer

    def with_local_files(self, page: Response) -> Response:
        """The page, with the addresses of our files, a title and a heading."""
        if not page.headers.get("content-type", "").startswith("text/html"):
            return page
        html = bytes(page.body).decode(errors="replace")
        # Relative, so that it's right behind a prefix too.
        folder = str(self.docs).rpartition("/")[2]
        for address, path in ELSEWHERE.items():
            html = html.replace(f'"{address}"', f'"{folder}/{path.name}"')
        title = escape(self.title)
        html = re.sub("(?<=<title>).*?(?=</title>)", lambda _: title, html, count=1)
        heading = HEADING.format(title=title)
        page.body = html.replace(START_OF_PAGE, heading + START_OF_PAGE, 1).encode()
        page.headers["content-length"] = str(len(page.body))
        return page
