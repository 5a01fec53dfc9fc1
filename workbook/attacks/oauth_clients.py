"""Two OAuth clients that people really use, Authlib's and requests-oauthlib's.

Loading them takes most of a second, so import this module only where they're run.
"""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import requests
from authlib.integrations import requests_client as authlib
from oauthlib.oauth2 import LegacyApplicationClient
from requests.adapters import BaseAdapter
from requests_oauthlib import OAuth2Session

from workbook.attacks.target import Target
from workbook.settings import environment

# A client has a name at the server. Ours has no secret, so it names itself in the form.
CLIENT_ID = "workbook"


def clients(target: Target) -> dict[str, Callable[[str], Any]]:
    """By the name of its library, a function that logs the target's user in with a
    password, and returns what the library gives an app as the token. It raises what the
    library raises."""
    url = f"{target.url.rstrip('/')}{target.api.token_path}"

    def log_in_by_authlib(password: str) -> Any:
        session = authlib.OAuth2Session(client_id=CLIENT_ID)
        _send_through(target, session)
        return session.fetch_token(url, username=target.username, password=password)

    def log_in_by_requests_oauthlib(password: str) -> Any:
        session = OAuth2Session(client=LegacyApplicationClient(client_id=CLIENT_ID))
        _send_through(target, session)
        with _plain_http_allowed():
            return session.fetch_token(
                url,
                username=target.username,
                password=password,
                include_client_id=True,
            )

    return {
        "Authlib": log_in_by_authlib,
        "requests-oauthlib": log_in_by_requests_oauthlib,
    }


class _Transport(BaseAdapter):
    """Sends a library's requests the way all attacks send theirs: counted, to the
    target and nowhere else. The library writes the request and reads the answer."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        self._target = target

    def send(
        self, request: requests.PreparedRequest, *_: Any, **__: Any
    ) -> requests.Response:
        answer = self._target.client.request(
            request.method or "POST",
            request.url or "",
            headers=dict(request.headers),  # type: ignore[arg-type]
            content=request.body,  # type: ignore[arg-type]
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response.reason = answer.reason_phrase
        response.headers.update(answer.headers)
        response.encoding = answer.encoding
        response.raw = io.BytesIO(answer.content)
        response.request, response.url = request, str(answer.url)
        return response

    def close(self) -> None:
        """Nothing: the connections are the target's."""


def _send_through(target: Target, session: requests.Session) -> None:
    session.mount("http://", _Transport(target))
    # No redirect leads it elsewhere, and no password of ~/.netrc goes along.
    session.max_redirects = 0
    session.trust_env = False


def _plain_http_allowed() -> AbstractContextManager[None]:
    """requests-oauthlib refuses to send a password over plain HTTP, and it's right. But
    these attacks stay on the loopback, so the password crosses no network. Authlib's
    client doesn't ask. The variable holds for the whole process, so it's there no
    longer than the one login."""
    return environment({"OAUTHLIB_INSECURE_TRANSPORT": "1"})
