"""The login in a browser: what the local page answers to each request, without any socket.

It answers one browser only, the first that comes: a cookie holds on to it, every form carries a
key, and the ``Host`` has to be the redirect URI's, so that no other site or user can take part.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from xero_client.errors import SettingsError, XeroError
from xero_client.login import login_errors as troubles
from xero_client.login.flow import LoginFlow
from xero_client.login.login_errors import ConsentError
from xero_client.login.page_http import (
    PageAnswer,
    PageRequest,
    field_of,
    fields_of,
    rendered,
    security_headers,
)

COOKIE = "xero_login"
NextSteps = Callable[[], Sequence[tuple[str, str]]]


class Refused(Exception):  # noqa: N818  # a decision, not an error of ours
    """A request that has no part in this login."""

    def __init__(self, status: HTTPStatus, title: str, explanation: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.explanation = explanation


class LoginPage:
    """The pages of one login.

    Attributes:
        trouble: Why the login failed; None as long as it did not.
    """

    def __init__(
        self, flow: LoginFlow, *, seconds: float, next_steps: NextSteps, command: str
    ) -> None:
        """Prepares the pages.

        Args:
            flow: The login.
            seconds: How long the user has.
            next_steps: What to run after the login: hints and commands.
            command: What the user runs to log in.
        """
        address = urlsplit(flow.redirect_uri)
        self._flow = flow
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._next_steps = next_steps
        self._command = command
        self._host = address.netloc.lower()
        self._callback_path = address.path or "/"
        self._cookie: str | None = None
        self._form_key = secrets.token_urlsafe(32)
        self._lock = threading.Lock()
        self.trouble: XeroError | None = None
        self._routes: Mapping[tuple[str, str], Callable[[PageRequest], PageAnswer]] = {
            ("GET", "/"): self._present,
            ("POST", "/app"): self._use_app,
            ("POST", "/other-app"): self._leave_app,
            ("GET", "/grant"): self._to_xero,
            ("POST", "/organisations"): self._choose,
        }

    @property
    def is_over(self) -> bool:
        """Whether the login has ended, well or not."""
        return self.trouble is not None or self._flow.login is not None

    def expire(self) -> None:
        """Ends the login because nobody finished it in time."""
        with self._lock:
            if not self.is_over:
                self.trouble = self._too_late()

    def respond(self, request: PageRequest) -> PageAnswer:
        """Answers a request, one at a time."""
        with self._lock:
            try:
                return self._routed(request)
            except Refused as refusal:
                return self._page(
                    "trouble.html",
                    refusal.status,
                    title=refusal.title,
                    explanation=refusal.explanation,
                    command=None,
                )
            except XeroError as error:
                self.trouble = error
                return self._back()

    def _routed(self, request: PageRequest) -> PageAnswer:
        if request.headers.get("Host", "").lower() != self._host:
            raise Refused(
                HTTPStatus.MISDIRECTED_REQUEST,
                "This is not the address of the login",
                f"Open http://{self._host}/ instead.",
            )
        path = urlsplit(request.target).path
        is_callback = request.method == "GET" and path == self._callback_path
        if is_callback and (path != "/" or urlsplit(request.target).query):
            self._check_browser(request)
            return self._returned(request)
        if path == "/favicon.ico":  # every browser asks, and there is none
            return PageAnswer(HTTPStatus.NO_CONTENT, security_headers())
        route = self._routes.get((request.method, path))
        if route is None:
            raise Refused(HTTPStatus.NOT_FOUND, "There is no such page", "Go back to the login.")
        if route != self._present or self._cookie is not None:
            self._check_browser(request)
        return route(request)

    def _check_browser(self, request: PageRequest) -> None:
        """Lets only the browser take part that came first, and only by our own forms."""
        try:
            morsel = SimpleCookie(request.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            morsel = None
        if self._cookie is None or morsel is None or not _same(morsel.value, self._cookie):
            raise Refused(
                HTTPStatus.FORBIDDEN,
                "This login belongs to another browser",
                "It was opened there first, or this browser keeps no cookies. Go on there, or stop "
                "the command in the terminal and start it again.",
            )
        if request.method != "POST":
            return
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower() != f"http://{self._host}":
            raise Refused(HTTPStatus.FORBIDDEN, "Refused", "The form came from another site.")
        if not _same(field_of(request, "form_key"), self._form_key):
            raise Refused(HTTPStatus.FORBIDDEN, "Refused", "The form is not one of this login.")

    # --- the pages ------------------------------------------------------------------------

    def _present(self, _request: PageRequest) -> PageAnswer:
        """The step that the login is at."""
        if time.monotonic() >= self._deadline and not self.is_over:
            self.trouble = self._too_late()
        if self.trouble is not None:
            return self._failed(self.trouble)
        if self._flow.login is not None:
            return self._page(
                "done.html",
                last=True,
                step=0,
                stored=self._flow.stored(),
                next_steps=self._next_steps(),
            )
        if self._flow.tenants:
            return self._organisations()
        if self._flow.settings is None:
            return self._app_form(self._flow.known_client_id)
        return self._page(
            "grant.html",
            step=2,
            scopes=self._flow.scopes,
            client_id=self._flow.settings.client_id,
            has_secret=bool(self._flow.settings.client_secret),
            redirect_uri=self._flow.redirect_uri,
        )

    def _app_form(
        self, client_id: str, wrong: str = "", status: HTTPStatus = HTTPStatus.OK
    ) -> PageAnswer:
        return self._page(
            "app.html",
            status,
            step=1,
            wrong=wrong,
            client_id=client_id,
            redirect_uri=self._flow.redirect_uri,
        )

    def _use_app(self, request: PageRequest) -> PageAnswer:
        if self.is_over or self._flow.tenants:
            return self._back()
        client_id = field_of(request, "client_id")
        try:
            self._flow.use_app(client_id, field_of(request, "client_secret"))
        except SettingsError as error:
            return self._app_form(client_id, str(error), HTTPStatus.BAD_REQUEST)
        return self._back()

    def _leave_app(self, _request: PageRequest) -> PageAnswer:
        if not (self.is_over or self._flow.tenants):
            self._flow.leave_app()
        return self._back()

    def _to_xero(self, _request: PageRequest) -> PageAnswer:
        if self.is_over or self._flow.attempt is None:
            return self._back()
        return self._redirect(self._flow.consent_url())

    def _returned(self, request: PageRequest) -> PageAnswer:
        # A reload of the callback after its answer was taken changes nothing.
        if self.is_over or self._flow.tenants:
            return self._back()
        self._flow.returned(request.target)
        if len(self._flow.tenants) == 1:
            self._flow.choose([self._flow.tenants[0].tenant_id])
        return self._back()

    def _organisations(
        self, wrong: str = "", status: HTTPStatus = HTTPStatus.OK, *, chosen: Sequence[str] = ()
    ) -> PageAnswer:
        return self._page(
            "organisations.html",
            status,
            step=3,
            wrong=wrong,
            tenants=self._flow.tenants,
            chosen=chosen if wrong else self._flow.newly_connected,
        )

    def _choose(self, request: PageRequest) -> PageAnswer:
        if self.is_over or not self._flow.tenants:
            return self._back()
        chosen = fields_of(request, "tenant")
        try:
            self._flow.choose(chosen)
        except SettingsError as error:
            return self._organisations(str(error), HTTPStatus.BAD_REQUEST, chosen=chosen)
        return self._back()

    def _failed(self, error: XeroError) -> PageAnswer:
        if not isinstance(error, ConsentError):
            error = ConsentError("The login failed", str(error))
        error = error.begun_with(self._command)
        return self._page(
            "trouble.html",
            HTTPStatus.BAD_REQUEST,
            last=True,
            title=error.title,
            explanation=error.explanation,
            command=error.command,
        )

    def _too_late(self) -> ConsentError:
        if self._flow.tenants:
            return troubles.none_chosen(waited=self._seconds)
        return troubles.too_late(self._seconds, self._flow.redirect_uri)

    # --- answers --------------------------------------------------------------------------

    def _page(
        self,
        template: str,
        status: HTTPStatus = HTTPStatus.OK,
        *,
        last: bool = False,
        **values: object,
    ) -> PageAnswer:
        headers = security_headers()
        if not last:
            # Shows the end without JavaScript, when the time is over.
            left = max(self._deadline - time.monotonic(), 0) + 1
            headers["Refresh"] = f"{left:.0f}; url=/"
        if self._cookie is None and status == HTTPStatus.OK:
            self._cookie = secrets.token_urlsafe(32)
            headers["Set-Cookie"] = f"{COOKIE}={self._cookie}; Path=/; HttpOnly; SameSite=Lax"
        body = rendered(template, form_key=self._form_key, **values)
        return PageAnswer(status, headers, body, last)

    def _back(self) -> PageAnswer:
        return self._redirect("/")

    @staticmethod
    def _redirect(location: str) -> PageAnswer:
        return PageAnswer(HTTPStatus.SEE_OTHER, {**security_headers(), "Location": location})


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
