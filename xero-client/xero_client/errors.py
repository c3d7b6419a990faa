"""The errors of this package, each named for what the caller can do about it.

XeroError
├── SettingsError
├── StoreError
├── LoginRequiredError
│   └── TokenRefusedError
├── ClientRefusedError
├── ScopeRefusedError
├── ScopeMissingError
├── TenantNotConnectedError
├── AccessDeniedError
├── NotFoundError
├── RequestRefusedError
│   └── HighVolumeError
├── DailyLimitError
├── NoResponseError
│   └── OrganisationOfflineError
├── DeadlineExceededError
├── StoppedError
└── UnexpectedResponseError
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xero_client.json_value import Json


def printable(text: str) -> str:
    """The text without control characters, which a terminal would obey; line ends stay."""
    return "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in text)


class XeroError(Exception):
    """Base of all errors of this package.

    Attributes:
        status: The HTTP status; None without a response.
        correlation_id: The header ``Xero-Correlation-Id``, which Xero's support asks for.
        body: The decoded JSON of the response, or its text; None without a response.
        headers: The headers of the response.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        correlation_id: str | None = None,
        body: Json = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if correlation_id:
            message = f"{message} [Xero-Correlation-Id {correlation_id}]"
        super().__init__(printable(message))
        self.status = status
        self.correlation_id = correlation_id
        self.body = body
        self.headers = headers or {}


class SettingsError(XeroError):
    """A setting is missing or invalid: change the configuration."""


class StoreError(XeroError):
    """The state database cannot be used: check ``store_uri``."""


class LoginRequiredError(XeroError):
    """The grant is missing or invalid: run ``xero login``."""


class TokenRefusedError(LoginRequiredError):
    """Xero refuses a call's access token although it was renewed: run ``xero login``."""


class ClientRefusedError(XeroError):
    """Xero refuses the client id, the secret or the grant type: check the app."""


class ScopeRefusedError(XeroError):
    """The app may not request one of the scopes: change ``scopes``, or the app."""


class ScopeMissingError(XeroError):
    """The token lacks a scope that the call needs: run the ``xero login`` of the message."""


class TenantNotConnectedError(XeroError):
    """The organisation is not connected to this token: choose another one or connect it."""


class AccessDeniedError(XeroError):
    """The user's role or the plan does not allow the call: change it, or deselect the stream."""


class NotFoundError(XeroError):
    """Xero has no such record or path: check its id."""


class RequestRefusedError(XeroError):
    """Xero refused the request, and will again: correct the record or setting that is named."""

    @property
    def kind(self) -> str:
        """Xero's ``Type``, such as ``QueryParseException``; empty without one."""
        return str(self.body.get("Type") or "") if isinstance(self.body, dict) else ""

    @property
    def elements(self) -> Sequence[Mapping[str, Any]]:
        """The failed elements of a batch, as Xero sent them (xero-facts.md: Batch results)."""
        elements = self.body.get("Elements") if isinstance(self.body, dict) else None
        return elements if isinstance(elements, list) else []


class HighVolumeError(RequestRefusedError):
    """The organisation has too many records for this request: ask for fewer.

    Facts: (xero-facts.md: Paging).
    """


class DailyLimitError(XeroError):
    """The day's calls to this organisation are used up: run again later, or set ``on_daily_limit``.

    Attributes:
        retry_after: Seconds until Xero accepts calls again; None if Xero did not say.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None,
        status: int | None = None,
        correlation_id: str | None = None,
    ) -> None:
        super().__init__(message, status=status, correlation_id=correlation_id)
        self.retry_after = retry_after


class NoResponseError(XeroError):
    """No usable response came, and a write may have been carried out: run the same input again."""


class OrganisationOfflineError(NoResponseError):
    """Xero has taken this organisation offline: run again in five minutes or later.

    Facts: (xero-facts.md: Limits).
    """


class DeadlineExceededError(XeroError):
    """The deadline of the request passed before it could be sent: run again."""


class StoppedError(XeroError):
    """The run is stopping, and the request was not sent: run again."""


class UnexpectedResponseError(XeroError):
    """The response has a form that Xero does not document: report it, with its id."""
