"""What can go wrong with Xero, named by what the caller can do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class XeroError(Exception):
    """Something went wrong with Xero.

    Attributes:
        status: The HTTP status; None where no answer came.
        correlation_id: Xero's ``Xero-Correlation-Id``, for its support.
        body: The decoded JSON answer, or its text; None where no answer came.
        headers: The answer's headers.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        correlation_id: str | None = None,
        body: Any = None,  # noqa: ANN401  # whatever Xero sent
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if correlation_id:
            message = f"{message} [Xero-Correlation-Id {correlation_id}]"
        super().__init__(message)
        self.status = status
        self.correlation_id = correlation_id
        self.body = body
        self.headers = headers or {}


class SettingsError(XeroError):
    """A setting is missing or wrong: change the configuration."""


class StoreError(XeroError):
    """The state database cannot be used: check ``store_uri``."""


class LoginRequiredError(XeroError):
    """The grant is gone or was never given: run ``xero login``."""


class ClientRefusedError(XeroError):
    """Xero does not know the app, or not with this secret or grant type: check the app."""


class ScopeRefusedError(XeroError):
    """The app may not ask for one of the scopes: change ``scopes``, or the app."""


class ScopeMissingError(XeroError):
    """The token lacks a scope that the call needs: grant it and consent again."""


class TenantNotConnectedError(XeroError):
    """The organisation is not connected to this token: choose another or connect it."""


class AccessDeniedError(XeroError):
    """The user's role or the organisation's plan forbids the call."""


class NotFoundError(XeroError):
    """Xero has no such record or path."""


class RequestRefusedError(XeroError):
    """Xero refused the request as it stands: the same again will be refused again."""

    @property
    def kind(self) -> str:
        """Xero's ``Type``, such as ``QueryParseException``; empty where there is none."""
        return str(self.body.get("Type") or "") if isinstance(self.body, dict) else ""

    @property
    def elements(self) -> Sequence[Mapping[str, Any]]:
        """The failing elements of a batch, as Xero sent them (xero-facts.md: Batch results)."""
        elements = self.body.get("Elements") if isinstance(self.body, dict) else None
        return elements if isinstance(elements, list) else []


class HighVolumeError(RequestRefusedError):
    """The organisation is too large for this request: ask for less (xero-facts.md: Paging)."""


class DailyLimitError(XeroError):
    """The day's calls to this organisation are used up.

    Attributes:
        retry_after: Seconds until Xero answers again; None where it did not say.
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
    """No usable answer came, after all retries: for a write, its outcome is unknown."""


class DeadlineExceededError(XeroError):
    """The call's own deadline passed before it could go out: nothing was sent."""


class StoppedError(XeroError):
    """The run is ending: nothing was sent."""


class UnexpectedResponseError(XeroError):
    """An answer came in a shape that Xero does not document."""
