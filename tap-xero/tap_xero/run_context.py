"""What a stream needs to know of its run, and the errors that fail one stream only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from tap_xero.organisations import Organisation
from tap_xero.paging.by_id import MissingRecordsError
from xero_client.errors import (
    AccessDeniedError,
    NotFoundError,
    RequestRefusedError,
    ScopeMissingError,
    SettingsError,
    UnexpectedResponseError,
    XeroError,
)

# Xero refuses the whole stream, because of the scope, the plan or the user's role, or it refuses
# records that the settings name. The setting unavailable_streams says what follows.
UNAVAILABLE_ERRORS = (ScopeMissingError, AccessDeniedError, MissingRecordsError)
# Errors of one stream only: the other streams are still read.
STREAM_ERRORS = (
    *UNAVAILABLE_ERRORS,
    NotFoundError,
    UnexpectedResponseError,
    RequestRefusedError,
    SettingsError,
)


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

    def add_failure(self, stream: str, organisation: Organisation, error: XeroError) -> None:
        """Reports that a stream of an organisation could not be read."""
        ...
