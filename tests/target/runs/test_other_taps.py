"""Other people's taps into target-xero: CSV, spreadsheets and JSON lines, flat and nested."""

import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import psycopg
from loaders import tool
from target_runner import config_in, lines_of, publish, records, run_with

INVOICES = Path(__file__).parents[3] / "examples" / "invoices.csv"


def extracted(tap, folder, **settings):
    """The output of a tap with these settings."""
    config = folder / f"{tap}.json"
    config.write_text(json.dumps(settings))
    return output_of(tap, folder, "--config", config)


def output_of(tap, folder, *arguments):
    command = [tool(tap, tap), *arguments]
    ended = subprocess.run(command, capture_output=True, check=False, cwd=folder)
    assert ended.returncode == 0, ended.stderr.decode()[-2000:]
    return ended.stdout


def everything(tap, folder):
    """A catalog that selects all streams, for taps that do not select any by themselves."""
    catalog = json.loads(output_of(tap, folder, "--config", folder / f"{tap}.json", "--discover"))
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            entry["metadata"]["selected"] = True
    path = folder / "catalog.json"
    path.write_text(json.dumps(catalog))
    return path


def totals(xero):
    return {
        invoice["InvoiceNumber"]: (
            invoice["Contact"]["Name"],
            invoice["SubTotal"],
            len(invoice["LineItems"]),
        )
        for invoice in xero.records("Invoices")
    }


EXPECTED = {
    "WEB-1001": ("Harbour Books", Decimal("405.50"), 2),
    "WEB-1002": ("Tide & Co", Decimal("147.19"), 1),
    "WEB-1003": ("Rowan Gallery", Decimal("890.40"), 3),
}
GROUPED = {"*": {"entity": "Invoices", "group_by": ["InvoiceNumber"]}}


def test_a_csv_of_lines_becomes_invoices(tmp_path, xero):
    folder = tmp_path / "csv"
    folder.mkdir()
    shutil.copy(INVOICES, folder)
    messages = extracted("tap-csv-folder", tmp_path, path=str(folder),
                         read_mode="one_stream_per_file")  # fmt: skip
    run = publish(tmp_path, xero, messages, streams=GROUPED)
    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 3}
    assert totals(xero) == EXPECTED
    again = publish(tmp_path, xero, messages, streams=GROUPED)
    assert again.statuses == {"unchanged": 3}


def test_a_spreadsheet_of_lines_becomes_invoices(tmp_path, xero):
    shutil.copy(INVOICES, tmp_path)
    files = [{"path": "invoices.csv", "format": "csv", "table_name": "invoices"}]
    messages = extracted("tap-spreadsheets", tmp_path, files=files)
    run = publish(tmp_path, xero, messages, streams=GROUPED)
    assert run.exit_code == 0, run.log
    assert totals(xero) == EXPECTED


def test_a_table_in_a_warehouse_becomes_contacts(tmp_path, xero, fresh_postgres_uri):
    plain_uri = fresh_postgres_uri.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain_uri) as database:
        database.execute("CREATE TABLE customers (id int PRIMARY KEY, name text, email text)")
        database.execute(
            "INSERT INTO customers VALUES (1, 'Ana', 'ana@example.com'), (2, 'Bo', NULL)"
        )
    settings = {"sqlalchemy_url": fresh_postgres_uri.replace("+psycopg:", "+psycopg2:")}
    config = tmp_path / "tap-postgres.json"
    config.write_text(json.dumps(settings | {"filter_schemas": ["public"]}))
    catalog = everything("tap-postgres", tmp_path)
    messages = output_of("tap-postgres", tmp_path, "--config", config, "--catalog", catalog)
    streams = {
        "public-customers": {
            "entity": "Contacts",
            "payload": {
                "ContactNumber": "C-{{ record.id }}",
                "EmailAddress": "{{ record.email or '' }}",
            },
        }
    }
    run = publish(tmp_path, xero, messages, streams=streams)
    assert run.exit_code == 0, run.log
    found = {contact["ContactNumber"]: contact["Name"] for contact in xero.records("Contacts")}
    assert found == {"C-1": "Ana", "C-2": "Bo"}
    assert [result["key"] for result in run.results] == [{"id": 1}, {"id": 2}]


def test_json_lines_become_contacts(tmp_path, xero):
    rows = [
        {"name": "Ana", "email_address": "ana@example.com",
         "phones": [{"phone_type": "DEFAULT", "phone_number": 123}]},
        {"name": "Bo", "email_address": None, "phones": []},
    ]  # fmt: skip
    (tmp_path / "people.jsonl").write_bytes(lines_of(rows))
    messages = extracted("tap-jsonl", tmp_path, path="people.jsonl", stream_name="people")
    run = publish(tmp_path, xero, messages, streams={"people": {"entity": "contacts"}})
    assert run.exit_code == 0, run.log
    ana = next(contact for contact in xero.records("Contacts") if contact["Name"] == "Ana")
    assert ana["EmailAddress"] == "ana@example.com"
    assert "123" in {phone.get("PhoneNumber") for phone in ana["Phones"]}


def test_rows_of_one_document_that_disagree_are_refused_together(tmp_path, xero):
    row = {"Type": "ACCREC", "ContactName": "Ana", "InvoiceNumber": "S-1", "Description": "x",
           "UnitAmount": "1", "AccountCode": "200"}  # fmt: skip
    other = row | {"InvoiceNumber": "S-2", "Date": "2026-10-02", "DueDate": "2026-10-30"}
    rows = [row | {"Date": "2026-10-01"}, row | {"Date": "2026-10-02"}, other]
    streams = {"invoices": {"group_by": "invoice_number"}}
    first = publish(tmp_path, xero, records("invoices", rows), streams=streams)
    assert first.statuses == {"invalid": 1, "created": 1}
    assert "disagree on Date" in first.errors("invalid")[0]
    assert len([message for message in first.rejects if message["type"] == "RECORD"]) == 2
    mended = first.rejects_path.read_bytes().replace(b"2026-10-01", b"2026-10-02")
    run = run_with(config_in(tmp_path, xero, streams=streams), tmp_path, mended)
    assert run.statuses == {"created": 1}, run.log
    assert totals(xero)["S-1"][2] == 2
