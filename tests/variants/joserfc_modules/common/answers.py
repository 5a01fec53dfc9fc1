"""Exception handlers: the status and the path of a refusal become the codes of RFC 6749
and RFC 6750."""

from fastapi import Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

# Each code with what it tells the developer of a client.
OF_A_LOGIN = {
    "invalid_request": "A form has grant_type, username and password, each once",
    "unsupported_grant_type": "grant_type must be password",
    "invalid_scope": "No scope is known here",
    "invalid_grant": "Incorrect username or password",
}
OF_A_TOKEN = {400: "invalid_request", 401: "invalid_token"}


async def translate(request: Request, error: HTTPException) -> Response:
    # A path that is not there is nothing for OAuth.
    if error.status_code not in OF_A_TOKEN:
        return await http_exception_handler(request, error)
    if request.url.path == "/token":
        code = "invalid_grant" if error.status_code == 401 else error.detail
        return refuse_login(code)
    challenge = 'Bearer realm="users"'
    if error.detail != "Not authenticated":
        code, why = OF_A_TOKEN[error.status_code], error.detail
        challenge += f', error="{code}", error_description="{why}"'
    error.headers = {"WWW-Authenticate": challenge}
    return await http_exception_handler(request, error)


async def refuse_form(_: Request, error: RequestValidationError) -> Response:
    """Only the login has a form."""
    kinds = {wrong["loc"][-1]: wrong["type"] for wrong in error.errors()}
    if kinds.get("grant_type") == "string_pattern_mismatch":
        return refuse_login("unsupported_grant_type")
    return refuse_login("invalid_request")


def refuse_login(code: str) -> Response:
    # FastAPI has its own words for a body that it cannot read.
    if code not in OF_A_LOGIN:
        code = "invalid_request"
    answer = {"error": code, "error_description": OF_A_LOGIN[code]}
    return JSONResponse(answer, 400, {"Cache-Control": "no-store"})
