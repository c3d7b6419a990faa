"""The books of an organisation, read from Xero; ``backup`` reads them from a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from target_xero.books.chart import Chart
from target_xero.books.dates import day_of
from target_xero.books.reports import SCOPES, Amounts, ReportRequest, read_amounts
from target_xero.lookup.lists import every_record
from xero_client.auth.tenants import Tenant, choose_tenants, transport_for
from xero_client.auth.token_sources import token_source
from xero_client.connection import connection_settings
from xero_client.entities.entity import LoadLayer
from xero_client.entities.load_order import load_layer, load_position
from xero_client.entities.table import ENTITIES, read_scopes
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of

# The entities of the books, in the order in which they are compared.
_IN_BOOKS = sorted(
    (entity for entity in ENTITIES if entity.in_books),
    key=lambda entity: load_position(entity.stream),
)
BOOK_ENTITIES = tuple(entity.name for entity in _IN_BOOKS)
# A copy matches these records rather than creating them, so the target may have more of them.
SETTINGS = tuple(entity.name for entity in _IN_BOOKS if load_layer(entity) <= LoadLayer.CHART)
NEEDED_SCOPES = (*read_scopes(tuple(_IN_BOOKS)), *SCOPES)
# Entities whose earliest record tells when the books begin. Other money is made of these, or comes
# after them.
DATED_ENTITIES = tuple(
    entity.name
    for entity in _IN_BOOKS
    if entity.is_posted and entity.writing and entity.reading.is_paged
)

Record = Mapping[str, Any]


class Books(Protocol):
    """The books of one organisation, from Xero or from a backup."""

    @property
    def tenant(self) -> Tenant:
        """The organisation."""

    @property
    def origin(self) -> str:
        """Where the books are read from, for people."""

    @property
    def has_reports(self) -> bool:
        """Whether any report is known."""

    def holds(self, entity: str) -> bool:
        """Whether the records of an entity are known, even if it has no record."""

    def records(self, entity: str) -> Iterator[Record]:
        """All records of an entity, archived and removed ones too.

        Raises:
            XeroError: They cannot be read.
        """

    def organisation(self) -> Record:
        """The organisation's own settings; empty if they are not known.

        Raises:
            XeroError: They cannot be read.
        """

    def amounts(self, report: ReportRequest, chart: Chart) -> Amounts | None:
        """The amounts of a report; None if they are not known.

        Raises:
            XeroError: The report cannot be read.
        """

    def first_day(self) -> str:
        """The day of the first document, ISO; empty without a document.

        Raises:
            XeroError: It cannot be read.
        """


@dataclass(frozen=True)
class ReadOrganisation:
    """An organisation whose books are read from Xero."""

    tenant: Tenant
    transport: Transport = field(repr=False)
    origin: str = "Xero"
    has_reports: bool = True

    def holds(self, entity: str) -> bool:  # noqa: ARG002  # see ``Books``
        """See ``Books``."""
        return True

    def records(self, entity: str) -> Iterator[Record]:
        """See ``Books``."""
        return every_record(self.transport, entity)

    def organisation(self) -> Record:
        """See ``Books``."""
        return next(iter(self.records("Organisations")), {})

    def amounts(self, report: ReportRequest, chart: Chart) -> Amounts:
        """See ``Books``."""
        return read_amounts(self.transport, report, chart)

    def first_day(self) -> str:
        """See ``Books``."""
        days = []
        for entity in DATED_ENTITIES:
            params = {"page": "1", "pageSize": "1", "order": "Date"}
            response = self.transport.send(Request("GET", f"/{entity}", params, subject=entity))
            days += [day_of(record, "Date") for record in records_of(response.json, entity)]
        return min(filter(None, days), default="")


def connect_for_reading(config: Mapping[str, Any], user_agent: str) -> ReadOrganisation:
    """Connects to the organisation of a configuration.

    Raises:
        XeroError: It cannot be reached.
    """
    settings = connection_settings(config, user_agent=user_agent)
    tokens = token_source(settings, needed_scopes=NEEDED_SCOPES)
    [tenant] = choose_tenants(settings, tokens).tenants
    return ReadOrganisation(tenant, transport_for(settings, tokens, tenant))
