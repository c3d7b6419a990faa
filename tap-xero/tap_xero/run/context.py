"""What a stream needs to know of its run, and how far an error reaches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
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
# What Xero also answers if the organisation or the user lacks what a stream needs.
NEED_ERRORS = (NotFoundError, TenantNotConnectedError)
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
