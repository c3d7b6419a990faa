"""OAuth 2.0 authorization code flow: authorize URL, callback, code exchange, revocation.

It uses ``state``, and PKCE (S256) if the app has no secret (xero-facts.md: OAuth).
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

from xero_client.auth.token_endpoint import (
    NoAuth,
    TokenEndpoint,
    Tokens,
    raise_if_web_page,
    with_retries,
)
from xero_client.errors import (
    ClientRefusedError,
    LoginRequiredError,
    NoResponseError,
    ScopeRefusedError,
    SettingsError,
    XeroError,
)
from xero_client.http.bounded import bounded_session, mount_bounds
from xero_client.http.error_responses import redacted
from xero_client.login import login_errors
from xero_client.login.login_errors import ConsentError
from xero_client.settings.connection_settings import CONNECTION_PROPERTIES, ConnectionSettings

logger = logging.getLogger(__name__)

MAX_SHOWN_CHARACTERS = 200
# Of letters and digits, so of 5.9 bits each. A verifier has 43 to 128 (RFC 7636, 4.1).
STATE_CHARACTERS = 43
VERIFIER_CHARACTERS = 86


@dataclass(frozen=True)
class AuthorizationRequest:
    """One authorization request.

    Attributes:
        scopes: The requested scopes.
        granted: The scopes that were granted before.
        url: The URL of Xero's consent page.
        state: A random value that the callback must repeat.
        verifier: The PKCE code verifier; None if the app has a secret.
    """

    scopes: tuple[str, ...]
    granted: tuple[str, ...]
    url: str = field(repr=False)
    state: str = field(repr=False)
    verifier: str | None = field(repr=False)

    @classmethod
    def create(
        cls, settings: ConnectionSettings, scopes: Sequence[str], granted: Sequence[str]
    ) -> AuthorizationRequest:
        """A new request, with new random values."""
        verifier = None if settings.client_secret else generate_token(VERIFIER_CHARACTERS)
        with AppSession(settings) as session:
            url, state = session.create_authorization_url(
                settings.authorize_uri,
                scope=" ".join(scopes),
                state=generate_token(STATE_CHARACTERS),
                code_verifier=verifier,
            )
        return cls(tuple(scopes), tuple(granted), url, state, verifier)


class AppSession(OAuth2Session):
    """Authlib's client of an app; if the app has no secret, the client id is sent in the form."""

    def __init__(self, settings: ConnectionSettings) -> None:
        super().__init__(
            settings.client_id,
            settings.client_secret,
            redirect_uri=settings.redirect_uri,
            code_challenge_method="S256",
            default_timeout=settings.request_timeout,
        )
        self.headers["User-Agent"] = settings.user_agent
        mount_bounds(self)


class CodeExchange(AppSession):
    """Authlib's client, which reads the response as the token endpoint's other responses are read.

    Authlib raises a ValueError for a lifetime that is not a number.
    """

    def __init__(self, settings: ConnectionSettings, endpoint: TokenEndpoint, code: str) -> None:
        super().__init__(settings)
        self._endpoint = endpoint
        self._code = code

    def parse_response_token(self, resp: requests.Response) -> Tokens:
        """The tokens of a response."""
        return self._endpoint.tokens_of(resp, secrets=(self._code,))


def checked_redirect_uri(uri: str) -> str:
    """Checks that Xero accepts the redirect URI (xero-facts.md: OAuth).

    Raises:
        SettingsError: It is not https or ``http://localhost``, or not an absolute URI.
    """
    try:
        parts = urlsplit(uri)
        local = parts.scheme == "http" and parts.hostname == "localhost" and parts.port != 0
        is_accepted = bool(parts.hostname) and (parts.scheme == "https" or local)
        is_accepted = is_accepted and not parts.fragment
    except ValueError:  # an invalid address in brackets, or an invalid port
        is_accepted = False
    if not is_accepted:
        default = CONNECTION_PROPERTIES["redirect_uri"]["default"]
        message = (
            f"Setting 'redirect_uri' is {uri!r}: Xero accepts https, or http://localhost with a "
            f"port (not 127.0.0.1), such as {default}"
        )
        raise SettingsError(message)
    return uri


def check_consent_page(settings: ConnectionSettings, url: str) -> None:
    """Checks that Xero's consent page opens, before the user is sent there.

    Only a 400 or 404 counts as a refusal. The user's browser shows all other problems.

    Raises:
        ConsentError: Xero refuses the app or its redirect URI.
    """
    try:
        with bounded_session() as session:
            response = session.get(
                url,
                auth=NoAuth(),
                headers={"User-Agent": settings.user_agent, "Accept": "text/html"},
                timeout=min(settings.request_timeout, 15),
                allow_redirects=False,
            )
    except requests.RequestException:
        return
    if response.status_code in (requests.codes.bad_request, requests.codes.not_found):
        raise login_errors.consent_page_refused(settings.client_id or "", settings.redirect_uri)


def code_from_callback(callback: str, request: AuthorizationRequest) -> str:
    """The code in the callback.

    Args:
        callback: The URL of the callback, or its query.
        request: The request that it belongs to.

    Raises:
        ConsentError: The ``state`` is another one, or the consent was refused.
    """
    query = urlsplit(callback).query if "?" in callback else callback
    try:
        values = parse_qs(query, keep_blank_values=True, max_num_fields=20)
    except ValueError:  # too many parameters
        raise login_errors.wrong_state() from None
    params = {name: found[0] for name, found in values.items() if len(found) == 1}
    if not hmac.compare_digest(params.get("state", "").encode(), request.state.encode()):
        raise login_errors.wrong_state()
    if "error" in params:
        raise _callback_error(params, request)
    if not params.get("code"):
        raise login_errors.no_code()
    return params["code"]


def _callback_error(params: Mapping[str, str], request: AuthorizationRequest) -> ConsentError:
    code = params["error"][:MAX_SHOWN_CHARACTERS]
    description = params.get("error_description", "")[:MAX_SHOWN_CHARACTERS]
    if code == "invalid_scope" or "scope" in description.lower():
        return login_errors.scope_refused(request.scopes, request.granted)
    return (
        login_errors.cancelled()
        if code == "access_denied"
        else login_errors.refused(code, description)
    )


def check_app(settings: ConnectionSettings) -> None:
    """Checks the client id and the secret before the consent, with a made-up code.

    The token endpoint checks the app first: ``invalid_client`` means that it does not know the app
    (xero-facts.md: OAuth). Every other response says nothing, and the consent will show it.

    Raises:
        AppUnknownError: Xero does not know the app.
    """
    form = {
        "grant_type": "authorization_code",
        "code": "check-of-the-app",
        "redirect_uri": settings.redirect_uri,
        "code_verifier": generate_token(VERIFIER_CHARACTERS),
    }
    try:
        TokenEndpoint(settings).request_once(form)
    except ClientRefusedError as error:
        code = error.body.get("error") if isinstance(error.body, Mapping) else None
        if code == "invalid_client":
            raise login_errors.app_unknown() from None
    except XeroError as error:
        logger.debug("The app could not be checked before the consent: %s", error)


def exchange_code(settings: ConnectionSettings, request: AuthorizationRequest, code: str) -> Tokens:
    """Exchanges a code for tokens.

    Raises:
        ConsentError: Xero does not issue tokens.
    """
    endpoint = TokenEndpoint(settings)

    def fetch() -> Tokens:
        with CodeExchange(settings, endpoint, code) as exchange, endpoint.translated_errors():
            tokens: Tokens = exchange.fetch_token(
                settings.token_uri,
                code=code,
                code_verifier=request.verifier,
                allow_redirects=False,
            )
            return tokens

    try:
        tokens = with_retries(fetch)
    except LoginRequiredError:
        raise login_errors.code_refused(settings.redirect_uri) from None
    except ScopeRefusedError:
        raise login_errors.scope_refused(request.scopes, request.granted) from None
    except ClientRefusedError:
        raise login_errors.app_unknown() from None
    except NoResponseError as error:
        raise login_errors.no_response(str(error)) from None
    if not tokens.refresh_token:
        raise login_errors.no_refresh_token()
    return tokens


def revoke(settings: ConnectionSettings, refresh_token: str) -> None:
    """Revokes a grant; Xero also removes all connections of the user to the app.

    Raises:
        ClientRefusedError: Xero refuses the app.
        NoResponseError: No usable response came; the grant may still be valid.
    """
    uri = settings.revocation_uri
    try:
        with AppSession(settings) as session:
            response: requests.Response = session.revoke_token(  # type: ignore[no-untyped-call]  # the stubs say nothing of it
                uri, token=refresh_token, allow_redirects=False
            )
    except requests.RequestException as error:
        message = f"{uri} gave no response ({type(error).__name__}): run `xero logout` again"
        raise NoResponseError(message) from None
    status = response.status_code
    if status in (requests.codes.bad_request, requests.codes.unauthorized):
        raise_if_web_page(response, uri)
        reason = redacted(response.text[:MAX_SHOWN_CHARACTERS], (*settings.secrets, refresh_token))
        message = f"{uri} refuses the app ({reason}): check 'client_id' and 'client_secret'"
        raise ClientRefusedError(message, status=status)
    if status != requests.codes.ok:
        message = f"{uri} answers {status}: run `xero logout` again later"
        raise NoResponseError(message, status=status)
