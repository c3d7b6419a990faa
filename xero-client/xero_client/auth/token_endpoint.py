"""The token endpoint that issues access tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

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
from xero_client.http.calls import cause_of, log_call, never_sent
from xero_client.http.error_responses import redacted
from xero_client.settings.connection_settings import ConnectionSettings

# Renewed a little early, so that a call under way does not meet the end.
MARGIN_SECONDS = 60.0
MARGIN_SHARE = 0.1
LIFETIME_SECONDS = 1800.0
LONGEST_LIFETIME_SECONDS = 86_400.0 * 365


@dataclass(frozen=True)
class Tokens:
    """What the token endpoint answered; the tokens are left out of its repr."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime
    scopes: str


class LostAnswer(NoResponseError):  # noqa: N818  # named for what happened
    """The token endpoint may have done its work, but its answer did not arrive."""


class Unwell(NoResponseError):  # noqa: N818  # named for what happened
    """The token endpoint cannot be reached, or answers that it cannot serve now."""


class Nameless(AuthBase):
    """Sends no ``Authorization``; as an ``auth`` of its own it keeps a .netrc from adding one."""

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        """Leaves the request as it is."""
        return prepared


class TokenEndpoint:
    """The OAuth 2.0 token endpoint, as this app sees it."""

    def __init__(self, settings: ConnectionSettings) -> None:
        self._settings = settings

    # A lost answer is asked for once more with the same token: Xero keeps the previous one alive
    # for 30 minutes for just that (xero-facts.md: OAuth).
    @backoff.on_exception(backoff.expo, Unwell, max_tries=7, factor=0.5, max_value=20, logger=None)
    @backoff.on_exception(backoff.constant, LostAnswer, max_tries=2, interval=0.5, logger=None)
    def request(self, form: Mapping[str, str]) -> Tokens:
        """Asks for tokens.

        Args:
            form: The grant's parameters; the client's own are added.

        Raises:
            LoginRequiredError: ``invalid_grant``: the grant was used, revoked or has expired.
            ScopeRefusedError: A scope is not the app's to ask for.
            ClientRefusedError: Client id, secret or app type are wrong.
            NoResponseError: No answer came, also when asked again.
        """
        settings = self._settings
        data = dict(form)
        auth: AuthBase = Nameless()
        if settings.client_secret:
            auth = HTTPBasicAuth(settings.client_id or "", settings.client_secret)
        else:
            data["client_id"] = settings.client_id or ""
        try:
            response = requests.post(
                settings.token_uri,
                data=data,
                auth=auth,
                headers={"Accept": "application/json", "User-Agent": settings.user_agent},
                timeout=settings.request_timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            message = f"{settings.token_uri} gave no answer ({cause_of(error)})"
            raise (Unwell if never_sent(error) else LostAnswer)(message) from None
        status = response.status_code
        if settings.log_requests:
            seconds = response.elapsed.total_seconds()
            log_call("POST", settings.token_uri, str(status), seconds)
        if status == requests.codes.too_many_requests or status >= requests.codes.server_error:
            message = f"{settings.token_uri} answers {status}: try again later"
            raise Unwell(message, status=status)
        try:
            content = wire.decode(response.content)
        except ValueError:
            content = None
        if not response.ok:
            raise self._refusal(status, content, form)
        if not isinstance(content, dict) or not content.get("access_token"):
            message = f"{settings.token_uri} gave an answer without an access_token"
            raise LostAnswer(message, status=status)
        lifetime = _seconds(content.get("expires_in"))
        margin = min(MARGIN_SECONDS, lifetime * MARGIN_SHARE)
        return Tokens(
            access_token=str(content["access_token"]),
            refresh_token=content.get("refresh_token"),
            expires_at=datetime.now(timezone.utc) + timedelta(seconds=lifetime - margin),
            scopes=str(content.get("scope") or ""),
        )

    def _refusal(self, status: int, content: Any, form: Mapping[str, str]) -> XeroError:  # noqa: ANN401  # any JSON
        code = str(content.get("error") or "") if isinstance(content, dict) else ""
        said = str(content.get("error_description") or "") if isinstance(content, dict) else ""
        secrets = (*self._settings.secrets, form.get("refresh_token", ""), form.get("code", ""))
        shown = redacted(f"{code or status}{': ' if said else ''}{said}", secrets)
        if code == "invalid_grant":
            message = (
                f"Xero no longer accepts the grant ({shown}; used, revoked or unused for 60 days): "
                "run `xero login`, or set a new 'refresh_token'"
            )
            return LoginRequiredError(message, status=status)
        if code == "invalid_scope" or "scope" in said.lower():
            message = (
                f"Xero refuses a scope ({shown}); asked for: {form.get('scope') or 'none'}. An app "
                "made after 2 March 2026 has granular scopes only, and accounting.journals.read "
                "needs Xero's approval: set 'scopes' to what the app has"
            )
            return ScopeRefusedError(message, status=status)
        message = (
            f"Xero refuses the app ({shown}): check 'client_id', 'client_secret' and 'grant_type' "
            "against the app's page"
        )
        return ClientRefusedError(message, status=status)


def _seconds(value: object) -> float:
    """How long a token lives; Xero's 30 minutes (xero-facts.md: OAuth) where nothing sensible is said."""
    try:
        seconds = float(str(value))
    except ValueError:
        return LIFETIME_SECONDS
    return seconds if 0 < seconds < LONGEST_LIFETIME_SECONDS else LIFETIME_SECONDS
