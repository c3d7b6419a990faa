"""Which report a name stands for, and how it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from xero_sandbox.organisation import Organisation, Record


class ReportRefused(Exception):  # noqa: N818  # named for what the caller sees
    """A report that cannot be made as asked.

    Attributes:
        status: The HTTP status.
        message: What Xero says.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


Report = Callable[[Organisation, Mapping[str, str], date], Record]
REPORTS: Mapping[str, Report] = {}


def report(organisation: Organisation, name: str, query: Mapping[str, str], today: date) -> Record:
    """The element of ``Reports`` that ``/Reports/{name}`` answers with.

    Raises:
        ReportRefused: For a report that does not exist, or parameters that it cannot take.
    """
    maker = REPORTS.get(name)
    if maker is None:
        raise ReportRefused(404, "The resource you're looking for cannot be found")
    return maker(organisation, query, today)
