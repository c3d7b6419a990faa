"""Who may take part in a login in a browser.

Any user of the machine can reach the port. So the terminal shows an address with a secret that
works once: the browser that opens it gets a cookie, and only this browser may take part. If a
second one opens it, somebody else may have read the secret. Every form contains a key, and the
``Host`` must be that of the redirect URI. This keeps other sites out.
"""

from __future__ import annotations

import hmac
import secrets
from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from xero_client.login.page_http import form_value

COOKIE = "xero_login"
START_PATH = "/start"


class RequestRejectedError(Exception):
    """The request does not belong to this login."""

    def __init__(self, status: HTTPStatus, title: str, explanation: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.explanation = explanation


class Admission:
    """The secrets of one login, and the checks of its requests.

    Attributes:
        form_key: The value that every form contains.
    """

    def __init__(self, host: str) -> None:
        """Makes new secrets.

        Args:
            host: Host and port of the redirect URI, in lower case.
        """
        self._host = host
        self._secret = secrets.token_urlsafe(32)
        self._cookie: str | None = None
        self.form_key = secrets.token_urlsafe(32)

    @property
    def url(self) -> str:
        """The address to open, with the secret that works once."""
        return f"http://{self._host}{START_PATH}?key={self._secret}"

    @property
    def has_begun(self) -> bool:
        """Whether a browser has been admitted."""
        return self._cookie is not None

    def check_secret(self, request: Request) -> None:
        """Rejects a browser that does not have the secret of the address.

        Raises:
            RequestRejectedError: The secret is another one.
        """
        if not _same(request.query_params.get("key", ""), self._secret):
            raise not_admitted()

    def admit(self, response: Response) -> None:
        """Admits the browser that gets this response."""
        self._cookie = secrets.token_urlsafe(32)
        response.set_cookie(COOKIE, self._cookie, httponly=True, samesite="lax")

    def is_admitted(self, request: Request) -> bool:
        """Whether the request is from the browser that was admitted."""
        return self._cookie is not None and _same(request.cookies.get(COOKIE, ""), self._cookie)

    def check_host(self, request: Request) -> None:
        """Rejects requests to another address, to which a foreign site could lead a browser.

        Starlette's ``TrustedHostMiddleware`` does not look at the port.

        Raises:
            RequestRejectedError: The ``Host`` is another one.
        """
        if request.headers.get("Host", "").lower() != self._host:
            raise RequestRejectedError(
                HTTPStatus.MISDIRECTED_REQUEST,
                "This is not the address of the login",
                "Open the address that the terminal shows.",
            )

    def check_browser(self, request: Request, form: FormData) -> None:
        """Rejects requests of other browsers, and forms of other sites.

        Raises:
            RequestRejectedError: The request does not belong to this login.
        """
        if not self.is_admitted(request):
            raise not_admitted()
        if request.method != "POST":
            return
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower() != f"http://{self._host}":
            raise RequestRejectedError(
                HTTPStatus.FORBIDDEN, "Refused", "The form came from another site."
            )
        if not _same(form_value(form, "form_key"), self.form_key):
            raise RequestRejectedError(
                HTTPStatus.FORBIDDEN, "Refused", "The form does not belong to this login."
            )


def not_admitted() -> RequestRejectedError:
    """The browser does not belong to the login."""
    return RequestRejectedError(
        HTTPStatus.FORBIDDEN,
        "This browser does not belong to the login",
        "Open the address that the terminal shows, in one browser only, which must accept cookies.",
    )


def _same(value: str, expected: str) -> bool:
    return hmac.compare_digest(value.encode(errors="replace"), expected.encode())
