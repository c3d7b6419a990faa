"""What Xero's refusals mean: from status, headers and body to the error that says what to do.

The shapes stand in ``xero-facts.md`` xero-facts.md: Paging (HighVolumeException), xero-facts.md: Batch results (400), xero-facts.md: OAuth (401, 403).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from xero_client.errors import (
    AccessDeniedError,
    HighVolumeError,
    LoginRequiredError,
    NoResponseError,
    NotFoundError,
    RequestRefusedError,
    ScopeMissingError,
    TenantNotConnectedError,
    XeroError,
)
from xero_client.http import wire

SHOWN_BODY = 300
# Server errors that are refusals: Xero has no such method there, now or later (xero-facts.md: Batch results).
NEVER_DONE = frozenset({501, 505})


def is_missing_scope(headers: Mapping[str, str], body: Any) -> bool:  # noqa: ANN401  # any JSON
    """Whether a 401 is about a scope: renewing the token would never help.

    Xero spells it ``insufficent_scope`` in ``WWW-Authenticate``.
    """
    challenge = headers.get("WWW-Authenticate", "").lower()
    if "insufficent_scope" in challenge or "insufficient_scope" in challenge:
        return True
    return _detail(body).startswith("AuthorizationUnsuccessful")


def is_expired_token(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the answer says that the access token is no longer good."""
    return status == 401 and not is_missing_scope(headers, _decoded(body))  # noqa: PLR2004


def error_from_response(  # noqa: PLR0911  # one return for each kind of refusal
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    shown: str,
    subject: str = "",
    scope: str | None = None,
    secrets: Iterable[str] = (),
) -> XeroError:
    """The error that an answer means.

    Args:
        status: The HTTP status, 400 or above.
        headers: The answer's headers.
        body: The answer's body.
        shown: Method and path of the request.
        subject: The stream or entity that the call was for.
        scope: The scope that the call needs.
        secrets: What must not be repeated, should the server send it back.
    """
    secrets = tuple(secrets)
    # Before anything is made of it, since what is made of it goes to logs and results.
    content = _decoded(_without(body, secrets))
    # Once more, for what JSON spells in another way; and cut after the secrets are out, since half
    # a token would not be found any more.
    said = redacted(_message(content), secrets)[:SHOWN_BODY]
    facts: dict[str, Any] = {
        "status": status,
        "correlation_id": headers.get("Xero-Correlation-Id"),
        "body": content,
        "headers": headers,
    }
    about = f"{subject}: " if subject else ""
    match status:
        case 401 if is_missing_scope(headers, content):
            needed = f"scope {scope!r}" if scope else "a scope that it was not granted"
            return ScopeMissingError(
                f"{about}{shown} needs {needed}: add it to 'scopes' and consent again with "
                f"`xero login`{_also(scope)}",
                **facts,
            )
        case 401:
            return LoginRequiredError(
                f"{about}Xero does not accept the access token for {shown} ({said}): run "
                "`xero login`",
                **facts,
            )
        case 403 if _detail(content).startswith("AuthenticationUnsuccessful"):
            return TenantNotConnectedError(
                f"{about}the organisation is not connected to this token: check 'tenant_id'",
                **facts,
            )
        case 403:
            return AccessDeniedError(
                f"{about}Xero forbids {shown} ({said}): the user's role or the organisation's "
                f"plan lacks it{_also(scope)}",
                **facts,
            )
        case 404:
            return NotFoundError(f"{about}{shown} was not found ({said})", **facts)
        case 400 if isinstance(content, dict) and content.get("Type") == "HighVolumeException":
            return HighVolumeError(
                f"{about}the organisation has too many records for {shown} as asked ({said}): "
                "ask for less with a later 'start_date', or other 'params' of the stream",
                **facts,
            )
        case _ if status not in NEVER_DONE and (status >= 500 or status == 408):  # noqa: PLR2004  # server errors, and a request that took too long to arrive
            return NoResponseError(f"{about}{shown} failed with {status} ({said})", **facts)
        case _:
            return RequestRefusedError(
                f"{about}Xero refused {shown} with {status}: {said}", **facts
            )


def redacted(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret blotted out."""
    for secret in sorted(secrets, key=len, reverse=True):  # one may be a part of another
        if secret:
            text = text.replace(secret, "***")
    return text


def _without(body: bytes, secrets: Iterable[str]) -> bytes:
    """The bytes with every secret blotted out, also as JSON and URLs spell it."""
    for secret in sorted(secrets, key=len, reverse=True):
        if secret:
            for spelled in {secret, secret.replace("/", r"\/"), quote(secret, safe="")}:
                body = body.replace(spelled.encode(), b"***")
    return body


def _also(scope: str | None) -> str:
    return f" (scope {scope})" if scope else ""


def _decoded(body: bytes) -> Any:  # noqa: ANN401  # any JSON
    try:
        return wire.decode(body)
    except ValueError:
        return body.decode(errors="replace")


def _detail(content: Any) -> str:  # noqa: ANN401  # any JSON
    return str(content.get("Detail") or "") if isinstance(content, dict) else ""


def _message(content: Any) -> str:  # noqa: ANN401  # any JSON
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
