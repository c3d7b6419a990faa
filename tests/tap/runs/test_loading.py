"""What tap-xero reads, loaded by the loaders that people use: files, DuckDB, PostgreSQL."""

import json
import subprocess
from collections import Counter
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from loaders import DuckDb, JsonLines, PostgreSql

from tap_runner import TAP, arguments, settings_for
from xero_sandbox.server import server

HARD_TEXTS = [
    'O\'Brien, "the baker"',
    "two\nlines",
    "two\r\nlines of a letter",
    "tab\tand \\backslash\\ and \\N",
    "Zoë 🍞 麵包 مخبز",
    "  spaces around  ",
    "NULL",
    '"',
    "=1+1;--",
    "2026-01-31",
]
HARD_AMOUNTS = ["0.01", "0.30", "9999999999.99", "1234567.89", "-5.55", "0.00"]
LOADERS = ["target-jsonl", "target-duckdb", "target-postgres"]
LONG_AGO = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)


@pytest.fixture
def new_loader(tmp_path, request):
    """Makes a loader by its name, with nothing loaded yet."""

    def make(name):
        if name == "target-postgres":
            uri = request.getfixturevalue("fresh_postgres_uri")
            return PostgreSql.into(tmp_path, uri)
        return {"target-jsonl": JsonLines, "target-duckdb": DuckDb}[name].into(tmp_path)

    return make


@pytest.fixture(scope="module")
def company():
    """A company with a year of trade, and with text and amounts that are hard for loaders."""
    with server(companies=["demo"]) as xero:
        for position, text in enumerate(HARD_TEXTS):
            xero.add("Contacts", {"Name": text, "AccountNumber": f"hard {position}"})
        for amount in HARD_AMOUNTS:
            xero.add("Invoices", {"Type": "ACCREC", "Status": "DRAFT", "Total": Decimal(amount)})
        yield xero


@pytest.fixture(scope="module")
def messages(company, tmp_path_factory):
    """What the tap says of the whole company."""
    return tapped(company, tmp_path_factory.mktemp("tap"))


def tapped(xero, folder, state=None, streams=None, **settings):
    """The standard output of a run of the tap."""
    settings = settings_for(xero, store_uri=f"sqlite:///{folder / 'store.db'}", **settings)
    command = [TAP, *arguments(folder, settings, streams, state)]
    ended = subprocess.run(command, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()[-2000:]
    return ended.stdout


def total(rows):
    return sum((Decimal(str(row["total"] or 0)) for row in rows), Decimal(0))


@pytest.mark.parametrize("name", LOADERS)
def test_every_record_arrives_once_to_the_cent_and_to_the_letter(
    name, new_loader, company, messages
):
    loader = new_loader(name)
    state = loader.load(messages)

    lines = [json.loads(line) for line in messages.splitlines()]
    read = Counter(line["stream"] for line in lines if line["type"] == "RECORD")
    assert {stream: len(loader.rows(stream)) for stream in read} == read
    assert set(read) <= set(state["bookmarks"]), "no stream starts over in the next run"
    assert read["invoices"] == len(company.records("Invoices")) > 1000
    assert read["payments"] == len(company.records("Payments")) > 1000

    invoices = loader.rows("invoices")
    assert len({row["invoiceid"] for row in invoices}) == len(invoices)
    in_xero = {invoice["InvoiceID"]: invoice["Total"] for invoice in company.records("Invoices")}
    assert {row["invoiceid"]: Decimal(str(row["total"])) for row in invoices} == in_xero
    assert total(invoices) == sum(in_xero.values())

    names = {row.get("accountnumber"): row["name"] for row in loader.rows("contacts")}
    assert [names[f"hard {position}"] for position in range(len(HARD_TEXTS))] == HARD_TEXTS


@pytest.mark.parametrize("name", ["target-duckdb", "target-postgres"])
def test_a_second_run_updates_what_changed_and_adds_nothing_twice(name, new_loader, tmp_path):
    loader = new_loader(name)
    invoice = {"Type": "ACCREC", "Total": Decimal("10.10")}
    streams = ["invoices", "items"]
    with server() as xero:
        first, *_ = [
            xero.add("Invoices", invoice | {"UpdatedDateUTC": LONG_AGO + timedelta(days=day)})
            for day in range(5)
        ]
        items = [xero.add("Items", {"Code": f"item {number}"}) for number in range(3)]
        state = loader.load(tapped(xero, tmp_path, streams=streams))
        xero.clock.advance(3600)
        xero.edit("Invoices", first, Total=Decimal("99.99"))
        xero.add("Invoices", {"Type": "ACCREC", "Total": Decimal("0.01")})
        xero.remove("Items", items[1])
        again = tapped(xero, tmp_path, state, streams)

    loader.load(again)

    # The edited one, the new one, and once more the newest of the first run.
    assert again.count(b'"type":"RECORD","stream":"invoices"') == 3
    rows = loader.rows("invoices")
    assert len(rows) == 6
    assert total(rows) == Decimal("140.40")
    left = {row["itemid"] for row in loader.rows("items")}
    # target-duckdb ignores ACTIVATE_VERSION: records deleted in Xero stay there.
    assert left == ({items[0], items[2]} if name == "target-postgres" else set(items))


def test_a_load_cut_off_in_the_middle_is_completed_by_the_next(new_loader, tmp_path):
    loader = new_loader("target-duckdb")
    with server() as xero:
        for number in range(350):
            xero.add("Invoices", {"Type": "ACCREC", "Total": Decimal(number) / 100})
        run = tapped(xero, tmp_path, streams=["invoices"], page_size=100)
        lines = run.splitlines(keepends=True)
        states = [at for at, line in enumerate(lines) if line.startswith(b'{"type":"STATE"')]
        assert len(states) > 3, "a state after each page"
        state = loader.load(b"".join(lines[: states[1] + 1]))
        assert 0 < len(loader.rows("invoices")) < 350
        xero.reset()
        loader.load(tapped(xero, tmp_path, state, ["invoices"], page_size=100))
        pages = [call["query"]["page"] for call in xero.calls("Invoices")]

    rows = loader.rows("invoices")
    assert len({row["invoiceid"] for row in rows}) == len(rows) == 350
    assert total(rows) == sum(Decimal(number) / 100 for number in range(350))
    assert "1" not in pages, "the second run must resume where the first stopped"
