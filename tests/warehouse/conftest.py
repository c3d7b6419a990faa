"""Two databases that dbt built of two organisations: the demo company, and a random one.

Loading and building takes longer than all queries, so the tests of this folder share both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from generated_company import generated_company
from official_reports import OfficialReports
from warehouse_streams import ACCRUAL_JOURNALS, Record, as_input, messages, month_ends
from warehouses import Warehouse

from xero_sandbox.server import server

GENERATED = "11111111-2222-4333-8444-555555555555"
MONTHS = {"demo": month_ends(date(2025, 10, 1), date(2026, 11, 30))}
MONTHS["generated"] = month_ends(date(2025, 9, 1), date(2026, 8, 31))


@dataclass(frozen=True)
class Books:
    """A sandbox with both companies.

    Attributes:
        xero: The sandbox.
        tenants: The tenant id of each company.
        months: The month ends that are compared with Xero's reports.
        reports: Xero's own reports of each company.
    """

    xero: Any
    tenants: Mapping[str, str]
    months: Mapping[str, list[date]]
    reports: Mapping[str, OfficialReports]


@pytest.fixture(scope="session")
def books() -> Iterator[Books]:
    """A sandbox with both companies, and which tenant is which."""
    with server(companies=["demo", generated_company(GENERATED, 7, 300)]) as xero:
        tenants = {"demo": xero.tenant_ids[0], "generated": GENERATED}
        reports = {name: OfficialReports(xero, tenant) for name, tenant in tenants.items()}
        yield Books(xero, tenants, MONTHS, reports)
        for each in reports.values():
            each.close()


@pytest.fixture(scope="session")
def read_messages(books: Books) -> list[Record]:
    """Both organisations, read by one run of the tap, with all journals."""
    first = min(day for days in MONTHS.values() for day in days)
    tenants = list(books.tenants.values())
    return messages(books.xero, tenants, first, bases=("accrual", "cash"), without=())


def _built(warehouse: Warehouse, read: list[Record], *, with_journals: set[str]) -> Warehouse:
    """Both organisations in one database; some do not have the tier that has journals."""
    warehouse.loader.load(
        as_input(
            line
            for line in read
            if line["type"] != "RECORD"
            or line["stream"] not in ACCRUAL_JOURNALS
            or line["record"]["_tenant_id"] in with_journals
        )
    )
    warehouse.build(xero_fivetran_schemas={GENERATED: "generated_alone"})
    return warehouse


@pytest.fixture(scope="session")
def duckdb(read_messages: list[Record], tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The demo company's ledger out of documents, the other's out of its journals."""
    warehouse = Warehouse.on_duckdb(tmp_path_factory.mktemp("duckdb"))
    return _built(warehouse, read_messages, with_journals={GENERATED})


@pytest.fixture(scope="session")
def postgres(
    read_messages: list[Record], tmp_path_factory: pytest.TempPathFactory, postgres_uri: str
) -> Warehouse:
    """Both ledgers out of documents."""
    warehouse = Warehouse.on_postgres(tmp_path_factory.mktemp("postgres"), postgres_uri)
    return _built(warehouse, read_messages, with_journals=set())


@pytest.fixture(scope="session", params=["duckdb", "postgres"])
def warehouse(request: pytest.FixtureRequest) -> Warehouse:
    """Each database."""
    built: Warehouse = request.getfixturevalue(request.param)
    return built
