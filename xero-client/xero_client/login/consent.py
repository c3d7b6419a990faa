"""The consent flow: to Xero's page, back with a code, and the code into tokens.

OAuth 2.0 authorization code with ``state``, and PKCE (S256) where the app has no secret
(xero-facts.md: OAuth). What the user sees of it stands in ``login_page`` and ``login``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
import requests
from requests.auth import AuthBase, HTTPBasicAuth

from xero_client.auth.token_endpoint import Nameless, TokenEndpoint, Tokens
from xero_client.errors import (
    ClientRefusedError,
    LoginRequiredError,
    NoResponseError,
    ScopeRefusedError,
    SettingsError,
)
from xero_client.http.error_responses import redacted
from xero_client.login import login_errors as troubles
from xero_client.login.login_errors import ConsentError
from xero_client.settings.connection_settings import CONNECTION_PROPERTIES, ConnectionSettings

logger = logging.getLogger(__name__)

SHOWN_DESCRIPTION = 200


@dataclass(frozen=True)
class Attempt:
    """One way to Xero's consent page and back.

    Attributes:
        scopes: What is asked for.
        state: Comes back with the answer, so that no other answer is taken for it.
        verifier: The PKCE secret; None where the app has a secret of its own.
    """

    scopes: tuple[str, ...]
    state: str = field(repr=False)
    verifier: str | None = field(repr=False)

    @classmethod
    def of(cls, settings: ConnectionSettings, scopes: Sequence[str]) -> Attempt:
        """A new attempt, with secrets of its own."""
        verifier = None if settings.client_secret else secrets.token_urlsafe(64)
        return cls(tuple(scopes), secrets.token_urlsafe(32), verifier)


def checked_redirect_uri(uri: str) -> str:
    """The redirect URI, if Xero can take it (xero-facts.md: OAuth).

    Raises:
        SettingsError: It is neither https nor ``http://localhost``, or no absolute URI.
    """
    parts = urlsplit(uri)
    try:
        local = parts.scheme == "http" and parts.hostname == "localhost" and parts.port != 0
    except ValueError:
        local = False
    if not parts.hostname or not (parts.scheme == "https" or local) or parts.fragment:
        default = CONNECTION_PROPERTIES["redirect_uri"]["default"]
        message = (
            f"Setting 'redirect_uri' is {uri!r}: Xero takes https, or http://localhost with a port "
            f"(not 127.0.0.1), such as {default}"
        )
        raise SettingsError(message)
    return uri


def authorize_url(settings: ConnectionSettings, attempt: Attempt) -> str:
    """Where the user grants access."""
    asked = {
        "response_type": "code",
        "client_id": settings.client_id or "",
        "redirect_uri": settings.redirect_uri,
        "scope": " ".join(attempt.scopes),
        "state": attempt.state,
    }
    if attempt.verifier:
        digest = hashlib.sha256(attempt.verifier.encode()).digest()
        asked["code_challenge"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        asked["code_challenge_method"] = "S256"
    return f"{settings.authorize_uri}?{urlencode(asked)}"


def check_app(settings: ConnectionSettings, url: str) -> None:
    """Asks the consent page whether it would open, before the user is sent there.

    Only a plain refusal counts: whatever else comes, the user's browser will see it too.

    Raises:
        ConsentError: The page refuses the app or its redirect URI.
    """
    try:
        response = requests.get(
            url,
            auth=Nameless(),
            headers={"User-Agent": settings.user_agent, "Accept": "text/html"},
            timeout=min(settings.request_timeout, 15),
            allow_redirects=False,
        )
    except requests.RequestException:
        return
    if response.status_code in (requests.codes.bad_request, requests.codes.not_found):
        raise troubles.page_not_opened(settings.client_id or "", settings.redirect_uri)


def code_of(callback: str, attempt: Attempt) -> str:
    """The code that Xero sent the user back with.

    Args:
        callback: The callback's URL, or its query.
        attempt: What was asked.

    Raises:
        ConsentError: Another ``state`` came back, or the consent was refused.
    """
    query = urlsplit(callback).query if "?" in callback else callback
    values = parse_qs(query, keep_blank_values=True, max_num_fields=20)
    answer = {name: told[0] for name, told in values.items() if len(told) == 1}
    if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
        raise troubles.wrong_state()
    if "error" in answer:
        raise _refusal(answer, attempt.scopes)
    if not answer.get("code"):
        raise troubles.no_code()
    return answer["code"]


def _refusal(answer: Mapping[str, str], scopes: Sequence[str]) -> ConsentError:
    code = answer["error"][:SHOWN_DESCRIPTION]
    said = answer.get("error_description", "")[:SHOWN_DESCRIPTION]
    if code == "invalid_scope" or "scope" in said.lower():
        return troubles.scope_refused(scopes)
    return troubles.cancelled() if code == "access_denied" else troubles.refused(code, said)


def exchanged(settings: ConnectionSettings, attempt: Attempt, code: str) -> Tokens:
    """The tokens that a code stands for.

    Raises:
        ConsentError: Xero does not give them.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": settings.redirect_uri,
    }
    if attempt.verifier:
        form["code_verifier"] = attempt.verifier
    try:
        tokens = TokenEndpoint(settings).request(form)
    except LoginRequiredError:
        raise troubles.code_not_taken(settings.redirect_uri) from None
    except ScopeRefusedError:
        raise troubles.scope_refused(attempt.scopes) from None
    except ClientRefusedError:
        raise troubles.app_not_known() from None
    except NoResponseError as error:
        raise troubles.no_answer(str(error)) from None
    if not tokens.refresh_token:
        raise troubles.no_refresh_token()
    return tokens


def revoke(settings: ConnectionSettings, refresh_token: str) -> None:
    """Ends a chain of tokens; Xero removes all of the user's connections to the app as well.

    Raises:
        ClientRefusedError: Xero does not know the app any more.
        NoResponseError: No answer came, so the grant may still be good.
    """
    form = {"token": refresh_token}
    auth: AuthBase = Nameless()
    if settings.client_secret:
        auth = HTTPBasicAuth(settings.client_id or "", settings.client_secret)
    else:
        form["client_id"] = settings.client_id or ""
    uri = settings.revocation_uri
    try:
        response = requests.post(
            uri,
            data=form,
            auth=auth,
            headers={"User-Agent": settings.user_agent},
            timeout=settings.request_timeout,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        message = f"{uri} gave no answer ({type(error).__name__}): run `xero logout` again"
        raise NoResponseError(message) from None
    status = response.status_code
    if status in (requests.codes.bad_request, requests.codes.unauthorized):
        said = redacted(response.text[:SHOWN_DESCRIPTION], (*settings.secrets, refresh_token))
        message = f"{uri} refuses the app ({said}): check 'client_id' and 'client_secret'"
        raise ClientRefusedError(message, status=status)
    if status != requests.codes.ok:
        message = f"{uri} answers {status}: run `xero logout` again later"
        raise NoResponseError(message, status=status)


def claims_of(access_token: str) -> Mapping[str, Any]:
    """What an access token says of itself, unchecked and for showing only; empty if unreadable."""
    try:
        payload = access_token.split(".")[1]
        padded = payload + "=" * (-len(payload) % 4)
        claims = msgspec.json.decode(base64.urlsafe_b64decode(padded))
    except (IndexError, ValueError, msgspec.DecodeError):
        return {}
    return claims if isinstance(claims, dict) else {}
