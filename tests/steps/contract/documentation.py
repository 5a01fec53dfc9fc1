"""/docs and /openapi.json: what the Authorize button needs."""

import re
from typing import Any
from urllib.parse import urljoin

import pytest

from tests.steps.contract import Contract
from workbook.checking import Server


@pytest.fixture(scope="module")
def openapi(server: Server) -> Any:
    """The server's own description of itself."""
    answer = server.get("/openapi.json")
    if answer.status == 404 and server.clock is None:
        pytest.skip(
            "this server publishes no /openapi.json, so it has no Authorize button"
        )
    answer.must_have_status(200)
    answer.fields()
    return answer


def test_docs_are_served(server: Server, openapi: Any):
    """/docs is the first client that a learner has."""
    page = server.get("/docs")
    page.must_have_status(200)
    for url in re.findall(r"""\burl: ?['"]([^'"]+)""", page.text):
        # It reads the description there.
        address = urljoin(f"{server.address}/docs", url)
        if address.startswith(f"{server.address}/"):
            server.get(address.removeprefix(server.address)).must_have_status(200)


def test_the_authorize_button_knows_where_to_log_in(server: Server, openapi: Any):
    """Swagger UI reads the token URL from the security scheme. A relative one is
    resolved against the server's URL, so `token` and `/token` both reach /token."""
    urls = {
        scheme["flows"]["password"].get("tokenUrl")
        for scheme in password_schemes(openapi).values()
    }
    docs = f"{server.address}/docs"
    openapi.must(
        {urljoin(docs, str(url)) for url in urls} == {f"{server.address}/token"},
        expected="a security scheme: oauth2, flow password, tokenUrl token",
        difference=f"the token URLs of its password flows are {sorted(map(str, urls))}",
    )


def test_every_guarded_path_documents_its_scheme(
    openapi: Any, contract: Contract, path: str
):
    """Without this Swagger UI sends no Authorization header, and the path answers 401
    to a user who has logged in."""
    document = openapi.fields()
    operation = document.get("paths", {}).get(path, {}).get("get", {})
    security = operation.get("security", document.get("security", []))
    openapi.must(
        any(set(entry) & set(password_schemes(openapi)) for entry in security)
        # An empty one says that it also works without.
        and all(security),
        expected=f"GET {path} has the password scheme in its security, and needs it",
        difference=f"its security is {security}",
    )


def password_schemes(openapi: Any) -> dict[str, Any]:
    """The security schemes that are OAuth2 with a password flow, by name."""
    schemes = openapi.fields().get("components", {}).get("securitySchemes", {})
    return {
        name: scheme
        for name, scheme in schemes.items()
        if scheme.get("type") == "oauth2" and "password" in scheme.get("flows", {})
    }
