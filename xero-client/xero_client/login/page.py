"""The pages of a login in a browser: requests and their responses, without a socket.

Any user of the machine can reach the port. So the terminal shows an address with a secret that
works once: the browser that opens it gets a cookie, and only this browser may take part. If a
second one opens it, somebody else may have read the secret, and the login ends. Every form contains
a key, and the ``Host`` must be that of the redirect URI. This keeps other sites out.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from xero_client.auth.tenants import Tenant
from xero_client.entities.scope_descriptions import describe_scope
from xero_client.errors import SettingsError, XeroError
from xero_client.login import login_errors
from xero_client.login.flow import LoginFlow
from xero_client.login.login_errors import AppUnknownError, ConsentError, WrongStateError
from xero_client.login.page_http import (
    PageRequest,
    PageResponse,
    form_value,
    form_values,
    render,
    security_headers,
)

COOKIE = "xero_login"
START_PATH = "/start"
CONFIRMATION_REFRESH_SECONDS = 1
NextSteps = Callable[[], Sequence[tuple[str, str]]]


class RequestRejectedError(Exception):
    """The request does not belong to this login."""

    def __init__(self, status: HTTPStatus, title: str, explanation: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.explanation = explanation


class LoginPage:
    """The pages of one login.

    Attributes:
        error: Why the login failed; None if it did not fail.
    """

    def __init__(
        self,
        flow: LoginFlow,
        *,
        preselected: Sequence[str],
        confirm_in_terminal: bool,
        timeout: float,
        next_steps: NextSteps,
        command: str,
    ) -> None:
        """Creates the pages.

        Args:
            flow: The login.
            preselected: Ids or names of the organisations that are ticked at first.
            confirm_in_terminal: Whether the terminal confirms the choice before it is stored.
            timeout: The seconds that the user has.
            next_steps: Hints with commands for the time after the login.
            command: The command that the user ran to log in.
        """
        address = urlsplit(flow.redirect_uri)
        self._flow = flow
        self._preselected = preselected
        self._confirm_in_terminal = confirm_in_terminal
        self._unconfirmed: tuple[str, ...] = ()
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout
        self._next_steps = next_steps
        self._command = command
        self._host = address.netloc.lower()
        self._callback_path = address.path or "/"
        self._secret = secrets.token_urlsafe(32)
        self._cookie: str | None = None
        self._form_key = secrets.token_urlsafe(32)
        self._lock = threading.Lock()
        self.error: XeroError | None = None
        self._routes: Mapping[tuple[str, str], Callable[[PageRequest], PageResponse]] = {
            ("GET", "/"): self._current_step,
            ("POST", "/app"): self._use_app,
            ("POST", "/other-app"): self._reset_app,
            ("GET", "/grant"): self._redirect_to_xero,
            ("POST", "/organisations"): self._choose,
        }

    @property
    def url(self) -> str:
        """The address to open, with the secret that works once."""
        return f"http://{self._host}{START_PATH}?key={self._secret}"

    @property
    def awaits_confirmation(self) -> bool:
        """Whether the terminal must confirm the chosen organisations."""
        return bool(self._unconfirmed) and not self.is_over

    @property
    def unconfirmed_tenants(self) -> list[str]:
        """The chosen organisations that are not confirmed yet, as name and id."""
        return [str(tenant) for tenant in self._flow.tenants if self._is_unconfirmed(tenant)]

    def _is_unconfirmed(self, tenant: Tenant) -> bool:
        return tenant.tenant_id in self._unconfirmed

    def confirm(self, *, accepted: bool) -> None:
        """Stores the choice, or ends the login, as the terminal says."""
        with self._lock:
            if self.is_over:
                return
            try:
                if not accepted:
                    raise login_errors.not_confirmed()
                self._flow.choose(self._unconfirmed)
            except XeroError as error:
                self.error = error

    @property
    def is_over(self) -> bool:
        """Whether the login has succeeded or failed."""
        return self.error is not None or self._flow.login is not None

    def expire(self) -> None:
        """Ends the login if it was not completed in time."""
        with self._lock:
            if not self.is_over:
                self.error = self._timeout_error()

    def respond(self, request: PageRequest) -> PageResponse:
        """Handles a request; one at a time."""
        with self._lock:
            try:
                return self._route(request)
            except RequestRejectedError as rejection:
                return self._page(
                    "error.html",
                    rejection.status,
                    title=rejection.title,
                    explanation=rejection.explanation,
                    command=None,
                )
            except AppUnknownError as error:
                self._flow.reset_app()
                client_id = form_value(request, "client_id") or self._flow.configured_client_id
                return self._app_form(
                    client_id, f"{error.title}. {error.explanation}", HTTPStatus.BAD_REQUEST
                )
            except XeroError as error:
                self.error = error
                return self._redirect_to_start()

    def _route(self, request: PageRequest) -> PageResponse:
        if request.headers.get("Host", "").lower() != self._host:
            raise RequestRejectedError(
                HTTPStatus.MISDIRECTED_REQUEST,
                "This is not the address of the login",
                "Open the address that the terminal shows.",
            )
        path = request.path
        if request.method == "GET" and path == START_PATH:
            return self._start(request)
        is_callback = request.method == "GET" and path == self._callback_path
        if is_callback and (path != "/" or request.query):
            self._check_browser(request)
            return self._handle_callback(request)
        if path == "/favicon.ico":  # browsers ask for it, but there is none
            return PageResponse(HTTPStatus.NO_CONTENT, security_headers())
        route = self._routes.get((request.method, path))
        if route is None:
            raise RequestRejectedError(
                HTTPStatus.NOT_FOUND, "There is no such page", "Go back to the login."
            )
        self._check_browser(request)
        return route(request)

    def _start(self, request: PageRequest) -> PageResponse:
        """Admits the browser that has the secret; a second browser ends the login."""
        key = (parse_qs(request.query).get("key") or [""])[0]
        if not _same(key, self._secret):
            raise _not_admitted()
        if self._cookie is not None:
            if not self._has_cookie(request) and not self.is_over:
                self.error = login_errors.opened_twice()
                raise _not_admitted()
            return self._redirect_to_start()
        self._cookie = secrets.token_urlsafe(32)
        response = self._redirect_to_start()
        cookie = f"{COOKIE}={self._cookie}; Path=/; HttpOnly; SameSite=Lax"
        return replace(response, headers={**response.headers, "Set-Cookie": cookie})

    def _has_cookie(self, request: PageRequest) -> bool:
        try:
            morsel = SimpleCookie(request.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return bool(self._cookie and morsel and _same(morsel.value, self._cookie))

    def _check_browser(self, request: PageRequest) -> None:
        """Rejects requests of other browsers, and forms of other sites."""
        if not self._has_cookie(request):
            raise _not_admitted()
        if request.method != "POST":
            return
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower() != f"http://{self._host}":
            raise RequestRejectedError(
                HTTPStatus.FORBIDDEN, "Refused", "The form came from another site."
            )
        if not _same(form_value(request, "form_key"), self._form_key):
            raise RequestRejectedError(
                HTTPStatus.FORBIDDEN, "Refused", "The form does not belong to this login."
            )

    # --- the pages ------------------------------------------------------------------------

    def _current_step(self, _request: PageRequest) -> PageResponse:
        """The page of the current step."""
        if time.monotonic() >= self._deadline and not self.is_over:
            self.error = self._timeout_error()
        if self.error is not None:
            return self._error_page(self.error)
        if self._flow.login is not None:
            return self._page(
                "done.html",
                last=True,
                step=0,
                stored=self._flow.summary_lines(),
                next_steps=self._next_steps(),
            )
        if self._unconfirmed:
            return self._confirmation()
        if self._flow.tenants:
            return self._organisations()
        if self._flow.settings is None:
            return self._app_form(self._flow.configured_client_id)
        return self._page(
            "grant.html",
            step=2,
            scopes=[(scope, describe_scope(scope)) for scope in self._flow.new_scopes],
            granted=[
                (scope, describe_scope(scope))
                for scope in self._flow.scopes
                if scope not in self._flow.new_scopes
            ],
            client_id=self._flow.settings.client_id,
            has_secret=bool(self._flow.settings.client_secret),
            redirect_uri=self._flow.redirect_uri,
        )

    def _app_form(
        self, client_id: str, problem: str = "", status: HTTPStatus = HTTPStatus.OK
    ) -> PageResponse:
        return self._page(
            "app.html",
            status,
            step=1,
            problem=problem,
            client_id=client_id,
            redirect_uri=self._flow.redirect_uri,
        )

    def _use_app(self, request: PageRequest) -> PageResponse:
        if self.is_over or self._flow.tenants:
            return self._redirect_to_start()
        client_id = form_value(request, "client_id")
        try:
            self._flow.use_app(client_id, form_value(request, "client_secret"))
        except SettingsError as error:
            return self._app_form(client_id, str(error), HTTPStatus.BAD_REQUEST)
        return self._redirect_to_start()

    def _reset_app(self, _request: PageRequest) -> PageResponse:
        if not (self.is_over or self._flow.tenants):
            self._flow.reset_app()
        return self._redirect_to_start()

    def _redirect_to_xero(self, _request: PageRequest) -> PageResponse:
        if self.is_over or self._flow.authorization is None:
            return self._redirect_to_start()
        return self._redirect(self._flow.consent_url())

    def _handle_callback(self, request: PageRequest) -> PageResponse:
        # A reload of the callback after the code was used changes nothing.
        if self.is_over or self._flow.tenants:
            return self._redirect_to_start()
        try:
            self._flow.handle_callback(request.query)
        except WrongStateError as error:
            raise RequestRejectedError(
                HTTPStatus.BAD_REQUEST, error.title, f"{error.explanation} The login goes on."
            ) from None
        return self._redirect_to_start()

    def _organisations(
        self, problem: str = "", status: HTTPStatus = HTTPStatus.OK, *, chosen: Sequence[str] = ()
    ) -> PageResponse:
        return self._page(
            "organisations.html",
            status,
            step=3,
            problem=problem,
            tenants=self._flow.tenants,
            chosen=chosen if problem else self._ticked_at_first(),
        )

    def _ticked_at_first(self) -> list[str]:
        """The organisations that an option names, or the only one."""
        named = {name.casefold() for name in self._preselected}
        return [
            tenant.tenant_id
            for tenant in self._flow.tenants
            if len(self._flow.tenants) == 1 or tenant.is_named(named)
        ]

    def _confirmation(self) -> PageResponse:
        response = self._page("confirm.html", step=3, tenants=self.unconfirmed_tenants)
        refresh = f"{CONFIRMATION_REFRESH_SECONDS}; url=/"
        return replace(response, headers={**response.headers, "Refresh": refresh})

    def _choose(self, request: PageRequest) -> PageResponse:
        if self.is_over or self._unconfirmed or not self._flow.tenants:
            return self._redirect_to_start()
        chosen = form_values(request, "tenant")
        try:
            self._flow.check_choice(chosen)
            if self._confirm_in_terminal:
                self._unconfirmed = tuple(chosen)
            else:
                self._flow.choose(chosen)
        except SettingsError as error:
            return self._organisations(str(error), HTTPStatus.BAD_REQUEST, chosen=chosen)
        return self._redirect_to_start()

    def _error_page(self, error: XeroError) -> PageResponse:
        if not isinstance(error, ConsentError):
            error = ConsentError("The login failed", str(error))
        error = error.with_login_command(self._command)
        return self._page(
            "error.html",
            HTTPStatus.BAD_REQUEST,
            last=True,
            title=error.title,
            explanation=error.explanation,
            command=error.command,
        )

    def _timeout_error(self) -> ConsentError:
        if self._flow.tenants:
            return login_errors.none_chosen(waited=self._timeout)
        return login_errors.timed_out(self._timeout, self._flow.redirect_uri)

    # --- responses --------------------------------------------------------------------------

    def _page(
        self,
        template: str,
        status: HTTPStatus = HTTPStatus.OK,
        *,
        last: bool = False,
        **values: object,
    ) -> PageResponse:
        headers = security_headers()
        if not last:
            # Reloads the page when the time is over; this works without JavaScript.
            left = max(self._deadline - time.monotonic(), 0) + 1
            headers["Refresh"] = f"{left:.0f}; url=/"
        body = render(template, form_key=self._form_key, **values)
        return PageResponse(status, headers, body, last)

    def _redirect_to_start(self) -> PageResponse:
        return self._redirect("/")

    @staticmethod
    def _redirect(location: str) -> PageResponse:
        return PageResponse(HTTPStatus.SEE_OTHER, {**security_headers(), "Location": location})


def _not_admitted() -> RequestRejectedError:
    return RequestRejectedError(
        HTTPStatus.FORBIDDEN,
        "This browser does not belong to the login",
        "Open the address that the terminal shows, in one browser only, which must accept cookies.",
    )


def _same(value: str, expected: str) -> bool:
    return hmac.compare_digest(value.encode(), expected.encode())
