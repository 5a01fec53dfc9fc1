"""Where an app logs users in and shows a record, and how it names what it is sent."""

from dataclasses import dataclass

from workbook.attacks.loopback import NoTarget


@dataclass(frozen=True)
class Api:
    """The paths of an app, the shape of its login, and a login that works.

    What isn't given is as in the workbook's steps. `me_path` shows users their own
    record; `None` looks for it. `login_field` is the field of the login that carries
    the username. Raises `NoTarget` for a path that isn't one.
    """

    token_path: str = "/token"
    me_path: str | None = None
    login_field: str = "username"
    json_login: bool = False
    username: str = "johndoe"
    password: str = "secret"

    def __post_init__(self) -> None:
        for path in (self.token_path, self.me_path):
            # Two slashes begin the name of another host.
            if path is not None and (path[:1] != "/" or path[:2] == "//"):
                raise NoTarget(f"'{path}' is no path: write it as /users/me.")

    def credentials(self, username: str, password: object) -> dict[str, object]:
        """The fields of a login. A form with a `username` is a token request, and has a
        grant type, too (RFC 6749, section 4.3.2)."""
        is_token_request = self.login_field == "username" and not self.json_login
        grant = {"grant_type": "password"} if is_token_request else {}
        return {**grant, self.login_field: username, "password": password}

    def unknown_username(self, number: int) -> str:
        """A username that is surely not in use. An e-mail address, where a username
        is one, or the app would refuse it for its form."""
        _, at, domain = self.username.partition("@")
        return f"nobody-{number}{at}{domain}"
