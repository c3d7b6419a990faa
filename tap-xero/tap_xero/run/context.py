"""What a stream needs to know of its run, and how far an error reaches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from tap_xero.paging.paginators.by_id import MissingRecordsError
from tap_xero.run.organisations import Organisation
from xero_client.errors import (
    AccessDeniedError,
    ClientRefusedError,
    DailyLimitError,
    LoginRequiredError,
    NotFoundError,
    OrganisationOfflineError,
    ScopeMissingError,
    ScopeRefusedError,
    StoppedError,
    StoreError,
    TenantNotConnectedError,
    TokenRefusedError,
    XeroError,
)

# Xero refuses the whole stream, because of the scope, the plan or the user's role, or it refuses
# records that the settings name. The setting unavailable_streams says what follows.
UNAVAILABLE_ERRORS = (ScopeMissingError, AccessDeniedError, MissingRecordsError)
# Xero answers every call to one organisation like this. The other organisations are still read.
ORGANISATION_ERRORS = (
    DailyLimitError,
    OrganisationOfflineError,
    TenantNotConnectedError,
    TokenRefusedError,
)
# All organisations of the run have the same login and the same state database.
RUN_ERRORS = (
    ClientRefusedError,
    LoginRequiredError,
    ScopeRefusedError,
    StoppedError,
    StoreError,
)


def ends_run(error: XeroError) -> bool:
    """Whether no other organisation can be read either."""
    return isinstance(error, RUN_ERRORS) and not isinstance(error, ORGANISATION_ERRORS)


def unavailable(error: XeroError, needs: str) -> XeroError:
    """The error of a stream, in words if the organisation or the user lacks what it needs.

    Args:
        error: The error.
        needs: What the organisation and the user must have; empty for nothing.
    """
    is_refusal = isinstance(error, AccessDeniedError | NotFoundError | TenantNotConnectedError)
    # 405 is the response to a payroll call for an organisation of another country
    # (xero-facts.md: Payroll gates).
    is_refusal = is_refusal or error.status == HTTPStatus.METHOD_NOT_ALLOWED
    if not needs or not is_refusal:
        return error
    said = str(error)
    if isinstance(error, TenantNotConnectedError):
        # So Xero answers a user without a role in Projects (xero-facts.md: Projects).
        said = "Xero refuses the call as if the organisation were not connected"
        if error.correlation_id:
            said += f" [Xero-Correlation-Id {error.correlation_id}]"
    return AccessDeniedError(f"{said}. {needs}", status=error.status, body=error.body)


class RunContext(Protocol):
    """What a stream needs to know of the run."""

    @property
    def started_at(self) -> datetime:
        """The start of the run."""
        ...

    @property
    def max_concurrency(self) -> int:
        """The most calls in flight to one organisation."""
        ...

    @property
    def organisations(self) -> Mapping[str, Organisation]:
        """The organisations to read, by tenant id."""
        ...

    @property
    def table_version(self) -> int | None:
        """The version of the tables that are read whole; None if the run writes no versions."""
        ...

    @property
    def is_state_due(self) -> bool:
        """Whether a STATE may be written after a page; at the end of the run it always is."""
        ...

    def add_failure(self, stream: str, organisation: Organisation, error: XeroError) -> None:
        """Reports that a stream of an organisation could not be read.

        Raises:
            XeroError: The error, if it ends the whole run.
        """
        ...
