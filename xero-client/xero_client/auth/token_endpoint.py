"""The OAuth 2.0 token endpoint: exchanges a grant for tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import partial
from http import HTTPStatus

import backoff
import requests
from requests.auth import AuthBase, HTTPBasicAuth

from xero_client.errors import (
    ClientRefusedError,
    LoginRequiredError,
    NoResponseError,
    ScopeRefusedError,
    XeroError,
)
from xero_client.http import wire
from xero_client.http.bounded import bounded_session
from xero_client.http.calls import failure_cause, log_call, was_never_sent
from xero_client.http.error_responses import redacted
from xero_client.http.web_pages import gateway_failure, text_of_web_page
from xero_client.json_value import Json
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.settings.login_command import login_command

# Tokens are renewed a little early, so that they do not expire during a call.
MARGIN_SECONDS = 60.0
MARGIN_SHARE = 0.1
DEFAULT_LIFETIME_SECONDS = 1800.0
NOT_A_TOKEN_ENDPOINT = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
MAX_LIFETIME_SECONDS = 86_400.0 * 365


@dataclass(frozen=True)
class Tokens:
    """The response of the token endpoint; its repr does not show the tokens."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime
    scopes: str


class ResponseLostError(NoResponseError):
    """The token endpoint may have issued tokens, but its response did not arrive."""


class EndpointUnavailableError(NoResponseError):
    """The token endpoint cannot be reached, or is temporarily unavailable."""


class NoAuth(AuthBase):
    """Sends no ``Authorization``; as ``auth``, it prevents requests from using a .netrc file."""

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        """Returns the request unchanged."""
        return prepared


# After a lost response, the same refresh token is sent once more: Xero accepts the previous one for
# another 30 minutes, for this purpose (xero-facts.md: OAuth).
@backoff.on_exception(
    backoff.expo, EndpointUnavailableError, max_tries=7, factor=0.5, max_value=20, logger=None
)
@backoff.on_exception(backoff.constant, ResponseLostError, max_tries=2, interval=0.5, logger=None)
def with_retries(call: Callable[[], Tokens]) -> Tokens:
    """The tokens of a call, which is made again if no response comes."""
    return call()


class TokenEndpoint:
    """The token endpoint, called with the credentials of one app."""

    def __init__(self, settings: ConnectionSettings) -> None:
        self._settings = settings

    def request(self, form: Mapping[str, str]) -> Tokens:
        """Requests tokens.

        Args:
            form: The parameters of the grant; the client id and secret are added.

        Raises:
            LoginRequiredError: ``invalid_grant``: the grant was used, revoked or has expired.
            ScopeRefusedError: The app may not request one of the scopes.
            ClientRefusedError: The client id, the secret or the app type is wrong.
            NoResponseError: No response came, even after retries.
        """
        return with_retries(partial(self.request_once, form))

    def request_once(self, form: Mapping[str, str]) -> Tokens:
        """Requests tokens as ``request`` does, without retries."""
        settings = self._settings
        data = dict(form)
        auth: AuthBase = NoAuth()
        if settings.client_secret:
            auth = HTTPBasicAuth(settings.client_id or "", settings.client_secret)
        else:
            data["client_id"] = settings.client_id or ""
        with self.translated_errors(), bounded_session() as session:
            response = session.post(
                settings.token_uri,
                data=data,
                auth=auth,
                headers={"Accept": "application/json", "User-Agent": settings.user_agent},
                timeout=settings.request_timeout,
                allow_redirects=False,
            )
        secrets = (form.get("refresh_token", ""), form.get("code", ""))
        return self.tokens_of(response, secrets=secrets, scope=form.get("scope"))

    @contextmanager
    def translated_errors(self) -> Iterator[None]:
        """Raises this module's errors for those of requests.

        Raises:
            EndpointUnavailableError: The request was never sent.
            ResponseLostError: It may have been sent, but the response did not arrive.
        """
        try:
            yield
        except requests.RequestException as error:
            message = f"{self._settings.token_uri} gave no response ({failure_cause(error)})"
            if was_never_sent(error):
                raise EndpointUnavailableError(message) from None
            raise ResponseLostError(message) from None

    def tokens_of(
        self,
        response: requests.Response,
        *,
        secrets: tuple[str, ...],
        scope: str | None = None,
    ) -> Tokens:
        """The tokens of a response.

        Args:
            response: The response of the token endpoint.
            secrets: Secrets of the request that the response may repeat.
            scope: The scopes that were requested, for the error.

        Raises:
            XeroError: It has none, as ``request`` says.
        """
        settings = self._settings
        status = response.status_code
        if settings.log_requests:
            seconds = response.elapsed.total_seconds()
            log_call("POST", settings.token_uri, str(status), seconds)
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            message = f"{settings.token_uri} answers {status}: try again later"
            raise EndpointUnavailableError(message, status=status)
        try:
            content = wire.decode(response.content)
        except ValueError:
            content = None
        if not response.ok:
            raise_if_web_page(response, settings.token_uri)
            raise self._error_of(status, content, secrets, scope)
        if not isinstance(content, dict) or not content.get("access_token"):
            message = f"{settings.token_uri} gave a response without an access_token"
            raise ResponseLostError(message, status=status)
        lifetime = _seconds(content.get("expires_in"))
        margin = min(MARGIN_SECONDS, lifetime * MARGIN_SHARE)
        return Tokens(
            access_token=str(content["access_token"]),
            refresh_token=content.get("refresh_token"),
            expires_at=datetime.now(timezone.utc) + timedelta(seconds=lifetime - margin),
            scopes=str(content.get("scope") or ""),
        )

    def _error_of(
        self,
        status: int,
        content: Json,
        secrets: tuple[str, ...],
        scope: str | None,
    ) -> XeroError:
        code = str(content.get("error") or "") if isinstance(content, dict) else ""
        said = str(content.get("error_description") or "") if isinstance(content, dict) else ""
        known = (*self._settings.secrets, *secrets)
        shown = redacted(f"{code or status}{': ' if said else ''}{said}", known)
        if code == "invalid_grant":
            message = (
                f"Xero does not accept the grant any more ({shown}; used, revoked or unused for 60 "
                f"days): run `{login_command()}`, or set a new 'refresh_token'"
            )
            return LoginRequiredError(message, status=status)
        if code == "invalid_scope" or "scope" in said.lower():
            message = (
                f"Xero refuses a scope ({shown}); asked for: {scope or 'none'}. An app "
                "made after 2 March 2026 has granular scopes only, and accounting.journals.read "
                "needs Xero's approval: set 'scopes' to what the app has"
            )
            return ScopeRefusedError(message, status=status)
        if status in NOT_A_TOKEN_ENDPOINT:
            message = (
                f"{self._settings.token_uri} does not issue tokens ({shown}): check 'token_uri'"
            )
            return ClientRefusedError(message, status=status)
        message = (
            f"Xero refuses the app ({shown}): check 'client_id', 'client_secret' and 'grant_type' "
            "against the app's page"
        )
        return ClientRefusedError(message, status=status, body=content)


def raise_if_web_page(response: requests.Response, uri: str) -> None:
    """Raises an error if a refusal is a web page: it says nothing about the app or the grant.

    Xero's identity server answers in JSON (xero-facts.md: OAuth).

    Raises:
        EndpointUnavailableError: A gateway in front of Xero sent a web page with status 400.
        ResponseLostError: It sent one with another status, which mostly comes again.
    """
    page = text_of_web_page(response.content, response.headers.get("Content-Type", ""))
    if page is None:
        return
    status = response.status_code
    failure = gateway_failure(uri, status, page)
    message = f"{failure}: try again later, or check the address and the network"
    if status == HTTPStatus.BAD_REQUEST:
        raise EndpointUnavailableError(message, status=status)
    raise ResponseLostError(message, status=status)


def _seconds(value: object) -> float:
    """A token's lifetime; 30 minutes if the value is unusable (xero-facts.md: OAuth)."""
    try:
        seconds = float(str(value))
    except ValueError:
        return DEFAULT_LIFETIME_SECONDS
    return seconds if 0 < seconds < MAX_LIFETIME_SECONDS else DEFAULT_LIFETIME_SECONDS
