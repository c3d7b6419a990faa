"""The publish log in the state database: its versions, its fingerprints, several runs at once."""

import json
import os
import sqlite3
import subprocess
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from target_runner import (
    TARGET,
    config_in,
    lines_in,
    lines_of,
    publish,
    record,
    records,
    schema,
    start,
)

from target_xero.delivery.publish_log.tables import SCHEMA

# What a run of the version without versions left behind; the sandbox's ids are the same each time.
OLD_DATABASE = Path(__file__).with_name("state_database_1.sql")
STREAMS = {
    "bills": {"entity": "Invoices"},
    "contacts": {},
    "bank_transactions": {},
    "manual_journals": {},
}


def line(amount=10.5, account="200"):
    own = {"Description": "Work", "Quantity": 1, "UnitAmount": amount, "AccountCode": account}
    return [own]


def bill(number, **fields):
    return {
        "Type": "ACCPAY",
        "Contact": {"Name": "Ana"},
        "Date": "2026-10-01",
        "DueDate": "2026-10-31",
        "InvoiceNumber": number,
        "LineItems": line(),
        **fields,
    }


def coffee(xero):
    bank = next(a for a in xero.records("Accounts") if a.get("Type") == "BANK")
    return {
        "Type": "SPEND",
        "Contact": {"Name": "Cafe"},
        "BankAccount": {"Code": bank["Code"]},
        "Date": "2026-10-01",
        "LineItems": [
            {"Description": "Coffee", "Quantity": 1, "UnitAmount": 4, "AccountCode": "429"}
        ],
    }


def journal(line_number=2):
    lines = [{"LineAmount": amount, "AccountCode": code} for amount, code in
             ((10.5, "200"), (-10.5, "429"))]  # fmt: skip
    place = {"_sdc_path": "in.csv", "_sdc_line_number": line_number}
    return place | {"Narration": "Accrual", "Date": "2026-10-31", "JournalLines": lines}


def old_messages(xero, journal_line=2):
    """The input of the run that made the old database."""
    refused = bill("B-2", LineItems=[
        {"AccountCode": "998", "Description": "Work", "Quantity": 1, "UnitAmount": 1}
    ])  # fmt: skip
    return [
        *records("contacts", [{"Name": "Ana", "EmailAddress": "ana@example.com"}]),
        *records("bank_transactions", [coffee(xero), coffee(xero)]),
        schema("bills", key=["InvoiceNumber"]),
        *(record("bills", **own) for own in (bill("B-1"), refused)),
        schema("manual_journals", key=["_sdc_path", "_sdc_line_number"]),
        record("manual_journals", **journal(journal_line)),
    ]


IN_POSTGRESQL = {
    "DATETIME": "TIMESTAMP",
    "BLOB": "BYTEA",
    "X'": "'\\x",
    "FLOAT": "DOUBLE PRECISION",
    "BEGIN TRANSACTION;": "",
    "COMMIT;": "",
}


def store_of(database, folder, request):
    if database == "postgresql":
        return request.getfixturevalue("fresh_postgres_uri")
    return f"sqlite:///{folder / 'xero.db'}"


def load_old_database(store_uri):
    script = OLD_DATABASE.read_text()
    if store_uri.startswith("sqlite:"):
        connection = sqlite3.connect(store_uri.removeprefix("sqlite:///"))
        connection.executescript(script)
        connection.close()
        return
    for old, new in IN_POSTGRESQL.items():
        script = script.replace(old, new)
    plain = store_uri.replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(plain) as connection:
        connection.execute(script)


def values(store_uri, query):
    engine = create_engine(store_uri)
    with engine.connect() as connection:
        found = list(connection.execute(text(query)).scalars())
    engine.dispose()
    return found


DATABASES = pytest.mark.parametrize("database", ["sqlite", "postgresql"])


@DATABASES
def test_a_database_without_versions_is_upgraded_and_what_it_knows_is_kept(
    tmp_path, xero, request, database
):
    store_uri = store_of(database, tmp_path, request)
    load_old_database(store_uri)
    settings = {"streams": STREAMS, "store_uri": store_uri}
    run = publish(tmp_path, xero, old_messages(xero), **settings)
    assert run.statuses == {"unchanged": 5, "rejected": 1}, run.log
    assert values(store_uri, "SELECT version_num FROM publish_log_version") == [SCHEMA.version]
    # The journal was found by its line in the file; from now on its content is enough.
    moved = publish(tmp_path, xero, old_messages(xero, journal_line=9), **settings)
    assert moved.statuses == {"unchanged": 5, "rejected": 1}, moved.log
    # The outcome of this one was not known. Xero does not have it.
    lost = publish(tmp_path, xero, records("bills", [bill("B-3")], ["InvoiceNumber"]), **settings)
    assert lost.statuses == {"created": 1}, lost.log
    for endpoint in ("Contacts", "BankTransactions", "ManualJournals"):
        assert xero.calls(endpoint, "POST") == []


def test_a_dry_run_recognises_old_rows_and_leaves_them(tmp_path, xero):
    store_uri = store_of("sqlite", tmp_path, None)
    load_old_database(store_uri)
    old = values(store_uri, "SELECT fingerprint FROM publish_records ORDER BY 1")
    run = publish(tmp_path, xero, old_messages(xero), streams=STREAMS, dry_run=True)
    assert Counter(result["would"] for result in run.results)["unchanged"] == 5, run.log
    assert values(store_uri, "SELECT fingerprint FROM publish_records ORDER BY 1") == old


def test_an_upgraded_database_has_the_tables_of_a_new_one(fresh_postgres_uri):
    load_old_database(fresh_postgres_uri)
    subprocess.run([TARGET.parent / "python", "-c", UPGRADE, fresh_postgres_uri], check=True)
    engine = create_engine(fresh_postgres_uri)
    with engine.connect() as connection:
        ours = {"include_name": lambda name, kind, _: kind != "table" or name in TABLES}
        context = MigrationContext.configure(connection, opts=ours | {"compare_type": True})
        assert compare_metadata(context, SCHEMA.tables) == []
    engine.dispose()


TABLES = {"publish_records", "publish_requests"}
UPGRADE = """
import sys
from xero_client.store.database import Store
from target_xero.delivery.publish_log import PublishLog
PublishLog(Store(sys.argv[1]), "tenant", "run")
"""


@DATABASES
def test_processes_that_upgrade_at_one_moment_all_go_on(tmp_path, request, database):
    store_uri = store_of(database, tmp_path, request)
    load_old_database(store_uri)
    command = [TARGET.parent / "python", "-c", UPGRADE, store_uri]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(3)]
    errors = [process.communicate(timeout=60)[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], errors
    assert values(store_uri, "SELECT version_num FROM publish_log_version") == [SCHEMA.version]


@pytest.mark.parametrize("table", ["publish_log_version", "tokens_version"])
def test_a_database_of_a_newer_version_is_refused_in_words(tmp_path, xero, table):
    rows = records("contacts", [{"Name": "Ana"}])
    publish(tmp_path, xero, rows)
    connection = sqlite3.connect(tmp_path / "xero.db")
    connection.execute(f"UPDATE {table} SET version_num = '0099'")  # noqa: S608  # a name above
    connection.commit()
    connection.close()
    run = publish(tmp_path, xero, rows)
    assert run.exit_code == 1
    assert "have version 0099, and this program knows versions up to" in run.log
    assert "Install that version, or set 'store_uri' to another database" in run.last_line
    assert "Traceback" not in run.log


def test_alembic_is_imported_only_to_upgrade(tmp_path, xero):
    for old in (True, False):
        if old:
            load_old_database(store_of("sqlite", tmp_path, None))
        config = config_in(tmp_path, xero)
        (tmp_path / "config.json").write_text(json.dumps(config))
        done = subprocess.run(
            [TARGET, "--config", tmp_path / "config.json"],
            input=lines_of(records("contacts", [{"Name": "Ana"}])),
            env=os.environ | {"PYTHONPROFILEIMPORTTIME": "1"},
            capture_output=True,
            check=True,
        )
        assert (b" alembic\n" in done.stderr) is old


# Fingerprints


def test_these_fingerprints_stay_as_they_are_for_ever(tmp_path, xero):
    """A change of one of them would publish the records of every user once more."""
    sale = bill("S-1", Type="ACCREC", LineItems=line("10.50"))
    rows = {
        "contacts": ([{"Name": "Ana", "EmailAddress": "ana@example.com"}], ()),
        "invoices": ([sale, bill("B-1")], ()),
        "bank_transactions": ([coffee(xero), coffee(xero)], ()),
        "manual_journals": ([journal()], ("_sdc_path", "_sdc_line_number")),
        "quotes": ([{
            "QuoteNumber": "Q-1", "Contact": {"Name": "Ana"}, "Date": "2026-10-01",
            "LineItems": line(),
        }], ("QuoteNumber",)),
    }  # fmt: skip
    found = {}
    for stream, (own, key) in rows.items():
        run = publish(tmp_path, xero, records(stream, own, key))
        assert run.statuses == {"created": len(own)}, run.log
        query = "SELECT fingerprint FROM publish_records WHERE entity = '{}' ORDER BY 1"
        entity = "".join(word.capitalize() for word in stream.split("_"))
        found[stream] = [
            value[:16]
            for value in values(f"sqlite:///{tmp_path / 'xero.db'}", query.format(entity))
        ]
    assert found == PINNED


PINNED = {
    "contacts": ["a974b68c84da2ab4"],
    "invoices": ["267ac23ee11cbefd", "dd959850934badff"],
    "bank_transactions": ["24189be595ab11ca", "b4c10e75150f7788"],
    "manual_journals": ["a56008320f5517ef"],
    "quotes": ["6b0f4977f0f06486"],
}


# Equal rows, and several runs at once


def test_many_equal_rows_go_out_in_whole_batches(tmp_path, xero):
    rows = records("bank_transactions", [coffee(xero)] * 300)
    for expected in ({"created": 300}, {"unchanged": 300}):
        run = publish(tmp_path, xero, rows)
        assert run.statuses == expected, run.log
    assert len(xero.calls("BankTransactions", "POST")) == 6
    assert len(xero.records("BankTransactions")) == 300


@DATABASES
def test_runs_at_once_with_equal_rows_lose_none_and_double_none(tmp_path, xero, request, database):
    store_uri = store_of(database, tmp_path, request)
    rows = [bill(f"B-{n}") for n in range(30)]
    processes = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        bills = rows if number % 2 else rows[::-1]
        messages = [
            *records("bank_transactions", [coffee(xero)] * 30),
            *records("bills", bills, ["InvoiceNumber"]),
        ]
        own = {"store_uri": store_uri, "batch_size": 5, "streams": STREAMS}
        processes.append((folder, start(folder, config_in(folder, xero, **own), messages)))
    codes = [process.wait(160) for _, process in processes]
    assert codes == [0, 0], [(folder / "stderr").read_text() for folder, _ in processes]
    assert len(xero.records("BankTransactions")) == 30
    assert len(xero.records("Invoices")) == 30
    for folder, _ in processes:
        statuses = Counter(result["status"] for result in lines_in(folder / "results.jsonl"))
        assert sum(statuses.values()) == 60
        assert statuses.keys() <= {"created", "updated", "unchanged"}


def test_no_name_is_too_long_or_too_odd_for_the_database(tmp_path, xero, fresh_postgres_uri):
    paths = ["/" + "long" * 800, "/odd\0path"]
    streams = {f"stream_{n}": {"path": path} for n, path in enumerate(paths)}
    messages = [
        *(message for stream in streams for message in records(stream, [{"a": 1}])),
        *records("contacts", [{"Name": "Ana"}]),
    ]
    settings = {"streams": streams | {"contacts": {}}, "store_uri": fresh_postgres_uri}
    for expected in ("created", "unchanged"):
        run = publish(tmp_path, xero, messages, **settings)
        statuses = {result["stream"]: result["status"] for result in run.results}
        assert statuses == {
            "stream_0": "rejected",
            "stream_1": "rejected",
            "contacts": expected,
        }, run.log
        assert len(run.results) == 3
    [contact] = xero.records("Contacts")
    name = f"{'n' * 200}.txt"
    row = {"ContactID": contact["ContactID"], "FileName": name, "Content": "QQ=="}
    attached = records("contacts_attachments", [row])
    own = {"streams": {"contacts_attachments": {}}, "store_uri": fresh_postgres_uri}
    for expected in ({"created": 1}, {"unchanged": 1}):
        assert publish(tmp_path, xero, attached, **own).statuses == expected
