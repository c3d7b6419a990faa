"""Maps an error response (status, headers, body) to the error that says what to do.

The formats are in xero-facts.md: Paging (HighVolumeException), Batch results (400), OAuth (401
and 403) and Differences between the APIs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from xero_client.entities.access.purposes import login_for
from xero_client.errors import (
    AccessDeniedError,
    HighVolumeError,
    NoResponseError,
    NotFoundError,
    OrganisationOfflineError,
    RequestRefusedError,
    ScopeMissingError,
    TenantNotConnectedError,
    TokenRefusedError,
    XeroError,
)
from xero_client.http import wire
from xero_client.http.other_error_forms import of_other_apis
from xero_client.json_value import Json
from xero_client.settings.connection_settings import ACCOUNTING_PATH, ConnectionSettings
from xero_client.settings.login_command import login_command

MAX_SHOWN_CHARACTERS = 300
# Not temporary, unlike the other server errors: Xero does not support such a request
# (xero-facts.md: Batch results).
PERMANENT_SERVER_ERRORS = frozenset(
    {HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED}
)
# The text of a 503 about one organisation (xero-facts.md: Limits).
OFFLINE = "organisation is offline"


def is_missing_scope(headers: Mapping[str, str], body: Json) -> bool:
    """Whether a 401 is about a scope, so that a new token does not help.

    Xero spells it ``insufficent_scope`` in ``WWW-Authenticate``.
    """
    challenge = headers.get("WWW-Authenticate", "").lower()
    if "insufficent_scope" in challenge or "insufficient_scope" in challenge:
        return True
    return _detail(body).startswith("AuthorizationUnsuccessful")


def is_expired_token(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the response says that the access token is not valid any more."""
    return status == HTTPStatus.UNAUTHORIZED and not is_missing_scope(headers, _decoded(body))


def error_from_response(  # noqa: PLR0911  # one return for each kind of error
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    request: str,
    subject: str = "",
    scope: str | None = None,
    settings: ConnectionSettings | None = None,
    secrets: Iterable[str] = (),
) -> XeroError:
    """The error for a response.

    Args:
        status: The HTTP status, 400 or above.
        headers: The headers of the response.
        body: The body of the response.
        request: Method and path of the request.
        subject: The stream or entity of the call.
        scope: The scope that the call needs.
        settings: The connection, which decides how a scope is added.
        secrets: Secrets to remove from the response, in case the server sends them back.
    """
    secrets = tuple(secrets)
    # Before decoding, because the decoded body goes to logs and results.
    content = _decoded(_redacted_bytes(body, secrets))
    # Again after decoding, because JSON can escape characters. Cut only after that: a part of a
    # token would not be recognised.
    said = " ".join(redacted(_message(content), secrets).split())[:MAX_SHOWN_CHARACTERS]
    details: dict[str, Any] = {
        "status": status,
        "correlation_id": headers.get("Xero-Correlation-Id"),
        "body": content,
        "headers": headers,
    }
    prefix = f"{subject}: " if subject else ""
    match status:
        case HTTPStatus.UNAUTHORIZED if is_missing_scope(headers, content):
            needed = f"scope {scope!r}" if scope else "a scope that it was not granted"
            return ScopeMissingError(
                f"{prefix}{request} needs {needed}: {_scope_remedy(scope, subject, settings)}",
                **details,
            )
        case HTTPStatus.UNAUTHORIZED:
            return TokenRefusedError(
                f"{prefix}Xero does not accept the access token for {request} ({said}): run "
                f"`{login_command()}`",
                **details,
            )
        case HTTPStatus.FORBIDDEN if _detail(content).startswith("AuthenticationUnsuccessful"):
            return TenantNotConnectedError(
                f"{prefix}the organisation is not connected to this token: check 'tenant_id'",
                **details,
            )
        case HTTPStatus.FORBIDDEN:
            return AccessDeniedError(
                f"{prefix}Xero forbids {request} ({said}): the user's role or the organisation's "
                f"plan lacks it{_scope_note(scope)}",
                **details,
            )
        case HTTPStatus.NOT_FOUND:
            return NotFoundError(
                f"{prefix}{request} was not found ({said}){_address_note(settings)}", **details
            )
        case HTTPStatus.BAD_REQUEST if _is_high_volume(content):
            return HighVolumeError(
                f"{prefix}the organisation has too many records for {request} as asked ({said}): "
                "ask for less with a later 'start_date', or other 'params' of the stream",
                **details,
            )
        case HTTPStatus.SERVICE_UNAVAILABLE if OFFLINE in said.lower():
            return OrganisationOfflineError(
                f"{prefix}Xero has taken the organisation offline ({said}, {request}): run again "
                "in five minutes or later",
                **details,
            )
        case _ if _may_succeed_later(status):
            return NoResponseError(f"{prefix}{request} failed with {status} ({said})", **details)
        case _:
            return RequestRefusedError(
                f"{prefix}Xero refused {request} with {status}: {said}", **details
            )


def _is_high_volume(content: Json) -> bool:
    return isinstance(content, dict) and content.get("Type") == "HighVolumeException"


def _may_succeed_later(status: int) -> bool:
    """Whether it is a server error, or the request took too long to arrive."""
    is_server_error = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return status == HTTPStatus.REQUEST_TIMEOUT or (
        is_server_error and status not in PERMANENT_SERVER_ERRORS
    )


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Replaces every secret in the text with ``***``."""
    for secret in sorted(secrets, key=len, reverse=True):  # one may contain another
        if secret:
            text = text.replace(secret, "***")
    return text


def _redacted_bytes(body: bytes, secrets: Iterable[str]) -> bytes:
    """Replaces every secret in the bytes, also if it is escaped as in JSON or a URL."""
    for secret in sorted(secrets, key=len, reverse=True):
        if secret:
            for escaped in {secret, secret.replace("/", r"\/"), quote(secret, safe="")}:
                body = body.replace(escaped.encode(), b"***")
    return body


def _scope_remedy(scope: str | None, subject: str, settings: ConnectionSettings | None) -> str:
    """What to do so that the next run has the scope."""
    if settings is not None and settings.grant_type == "client_credentials":
        remedy = "add it to the Custom Connection at developer.xero.com, and connect it again"
        return f"{remedy}; add it to the setting 'scopes', too" if settings.scopes else remedy
    options = login_for(scope, subject) if scope else ""
    command = login_command(options, grant=settings.grant if settings else None)
    remedy = f"run `{command}`, which adds it to what was granted"
    configured = [
        name
        for name in ("access_token", "refresh_token")
        if settings is not None and getattr(settings, name)
    ]
    if configured:
        # Such a configuration uses its own tokens, not those of the login.
        remedy += f"; remove the setting {' and '.join(map(repr, configured))} after that"
    return remedy


def _address_note(settings: ConnectionSettings | None) -> str:
    """What to check if the address is not like Xero's; that of a proxy may be another one."""
    if settings is None or settings.base_uri.lower().endswith(ACCOUNTING_PATH):
        return ""
    return f": check 'base_uri', which is {settings.base_uri}; Xero's ends with {ACCOUNTING_PATH}"


def _scope_note(scope: str | None) -> str:
    return f" (scope {scope})" if scope else ""


def _decoded(body: bytes) -> Json:
    try:
        return wire.decode(body)
    except ValueError:
        return body.decode(errors="replace")


def _detail(content: Json) -> str:
    return str(content.get("Detail") or "") if isinstance(content, dict) else ""


def _message(content: Json) -> str:
    if isinstance(content, (dict, list)) and (said := of_other_apis(content)):
        return said
    if not isinstance(content, dict):
        return str(content).strip() or "no explanation"
    parts = [str(content[key]) for key in ("Message", "Detail", "Title") if content.get(key)][:1]
    elements = content.get("Elements")
    for element in elements if isinstance(elements, list) else []:
        if isinstance(element, dict):
            parts += [
                str(problem.get("Message") or problem.get("Description") or "")
                for problem in element.get("ValidationErrors") or []
                if isinstance(problem, dict)
            ]
    return "; ".join(part for part in parts if part) or "no explanation"
