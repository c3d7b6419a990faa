"""The pages of a login in a browser, as an ASGI application."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from xero_client.auth.tenants import Tenant
from xero_client.entities.access.scope_descriptions import describe_scope
from xero_client.errors import SettingsError, XeroError
from xero_client.login import login_errors
from xero_client.login.admission import (
    START_PATH,
    Admission,
    RequestRejectedError,
    not_admitted,
)
from xero_client.login.flow import LoginFlow
from xero_client.login.login_errors import AppUnknownError, ConsentError, WrongStateError
from xero_client.login.page_http import SecurityHeaders, form_value, read_form, render
from xero_client.login.typed_command import TypedCommand

logger = logging.getLogger(__name__)

CONFIRMATION_REFRESH_SECONDS = 1
NextSteps = Callable[[], Sequence[tuple[str, str]]]
Step = Callable[[Request, FormData], Response]
Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


class LoginPage:
    """The pages of one login.

    Attributes:
        application: The ASGI application.
        error: Why the login failed; None if it did not fail.
        last_page_sent: Whether the browser has received the last page.
    """

    def __init__(
        self,
        flow: LoginFlow,
        *,
        preselected: Sequence[str],
        confirm_in_terminal: bool,
        timeout: float,
        next_steps: NextSteps,
        command: TypedCommand,
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
        self._admission = Admission(address.netloc.lower())
        self._callback_path = unquote(address.path) or "/"
        self._lock = threading.Lock()
        self.error: XeroError | None = None
        self.last_page_sent = threading.Event()
        routes = [Route(START_PATH, self._endpoint(self._start, admits_all=True))]
        if self._callback_path != "/":
            routes.append(Route(self._callback_path, self._endpoint(self._handle_callback)))
        routes += [
            Route("/", self._endpoint(self._root)),
            Route("/app", self._endpoint(self._use_app), methods=["POST"]),
            Route("/other-app", self._endpoint(self._reset_app), methods=["POST"]),
            Route("/grant", self._endpoint(self._redirect_to_xero)),
            Route("/organisations", self._endpoint(self._choose), methods=["POST"]),
            # Browsers ask for it, but the page has none.
            Route("/favicon.ico", self._endpoint(_no_content, admits_all=True)),
        ]
        self.application = SecurityHeaders(
            _application(routes, self._endpoint(_not_found, admits_all=True))
        )

    @property
    def url(self) -> str:
        """The address to open, with the secret that works once."""
        return self._admission.url

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

    def _endpoint(self, step: Step, *, admits_all: bool = False) -> Endpoint:
        """The endpoint of a step.

        Args:
            step: Makes the response. It may block, so it runs in a thread.
            admits_all: Whether it is also for browsers that do not belong to the login.
        """

        async def endpoint(request: Request) -> Response:
            form = await read_form(request)
            return await run_in_threadpool(self._respond, step, request, form, admits_all)

        return endpoint

    def _respond(self, step: Step, request: Request, form: FormData, admits_all: bool) -> Response:  # noqa: FBT001  # as run_in_threadpool passes it
        """Handles a request; one at a time."""
        with self._lock:
            try:
                self._admission.check_host(request)
                if not admits_all:
                    self._admission.check_browser(request, form)
                return step(request, form)
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
                client_id = form_value(form, "client_id") or self._flow.configured_client_id
                return self._app_form(
                    client_id, f"{error.title}. {error.explanation}", HTTPStatus.BAD_REQUEST
                )
            except XeroError as error:
                self.error = error
                return _redirect("/")

    def _start(self, request: Request, _form: FormData) -> Response:
        """Admits the browser that has the secret; a second browser ends the login."""
        self._admission.check_secret(request)
        response = _redirect("/")
        if not self._admission.has_begun:
            self._admission.admit(response)
        elif not self._admission.is_admitted(request) and not self.is_over:
            self.error = login_errors.opened_twice()
            raise not_admitted()
        return response

    def _root(self, request: Request, form: FormData) -> Response:
        """The current step, or the callback if the redirect URI has no path."""
        if self._callback_path == "/" and request.url.query:
            return self._handle_callback(request, form)
        return self._current_step()

    # --- the pages ------------------------------------------------------------------------

    def _current_step(self) -> Response:
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
    ) -> Response:
        return self._page(
            "app.html",
            status,
            step=1,
            problem=problem,
            client_id=client_id,
            redirect_uri=self._flow.redirect_uri,
        )

    def _use_app(self, _request: Request, form: FormData) -> Response:
        if self.is_over or self._flow.tenants:
            return _redirect("/")
        client_id = form_value(form, "client_id")
        try:
            self._flow.use_app(client_id, form_value(form, "client_secret"))
        except SettingsError as error:
            return self._app_form(client_id, str(error), HTTPStatus.BAD_REQUEST)
        return _redirect("/")

    def _reset_app(self, _request: Request, _form: FormData) -> Response:
        if not (self.is_over or self._flow.tenants):
            self._flow.reset_app()
        return _redirect("/")

    def _redirect_to_xero(self, _request: Request, _form: FormData) -> Response:
        if self.is_over or self._flow.authorization is None:
            return _redirect("/")
        return _redirect(self._flow.consent_url())

    def _handle_callback(self, request: Request, _form: FormData) -> Response:
        # A reload of the callback after the code was used changes nothing.
        if self.is_over or self._flow.tenants:
            return _redirect("/")
        try:
            self._flow.handle_callback(request.url.query)
        except WrongStateError as error:
            raise RequestRejectedError(
                HTTPStatus.BAD_REQUEST, error.title, f"{error.explanation} The login goes on."
            ) from None
        return _redirect("/")

    def _organisations(
        self, problem: str = "", status: HTTPStatus = HTTPStatus.OK, *, chosen: Sequence[str] = ()
    ) -> Response:
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

    def _confirmation(self) -> Response:
        response = self._page("confirm.html", step=3, tenants=self.unconfirmed_tenants)
        response.headers["Refresh"] = f"{CONFIRMATION_REFRESH_SECONDS}; url=/"
        return response

    def _choose(self, _request: Request, form: FormData) -> Response:
        if self.is_over or self._unconfirmed or not self._flow.tenants:
            return _redirect("/")
        chosen = [str(tenant) for tenant in form.getlist("tenant")]
        try:
            self._flow.check_choice(chosen)
            if self._confirm_in_terminal:
                self._unconfirmed = tuple(chosen)
            else:
                self._flow.choose(chosen)
        except SettingsError as error:
            return self._organisations(str(error), HTTPStatus.BAD_REQUEST, chosen=chosen)
        return _redirect("/")

    def _error_page(self, error: XeroError) -> Response:
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
    ) -> Response:
        body = render(template, form_key=self._admission.form_key, **values)
        if last:
            sent = BackgroundTask(self.last_page_sent.set)
            return HTMLResponse(body, status, background=sent)
        # Reloads the page when the time is over; this works without JavaScript.
        left = max(self._deadline - time.monotonic(), 0) + 1
        return HTMLResponse(body, status, headers={"Refresh": f"{left:.0f}; url=/"})


def _application(routes: Sequence[Route], not_found: Endpoint) -> Starlette:
    async def on_unknown(request: Request, _error: Exception) -> Response:
        return await not_found(request)

    application = Starlette(
        routes=routes,
        exception_handlers={
            HTTPStatus.NOT_FOUND: on_unknown,
            HTTPStatus.METHOD_NOT_ALLOWED: on_unknown,
            Exception: _internal_error,
        },
    )
    # Such a redirect would come before the check of the Host, and repeat it.
    application.router.redirect_slashes = False
    return application


def _redirect(location: str) -> Response:
    return RedirectResponse(location, HTTPStatus.SEE_OTHER)


def _no_content(_request: Request, _form: FormData) -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _not_found(_request: Request, _form: FormData) -> Response:
    raise RequestRejectedError(
        HTTPStatus.NOT_FOUND, "This page does not exist", "Go back to the login."
    )


def _internal_error(_request: Request, error: Exception) -> Response:
    logger.error("The login page could not respond to a request", exc_info=error)
    return PlainTextResponse("Internal error", HTTPStatus.INTERNAL_SERVER_ERROR)
