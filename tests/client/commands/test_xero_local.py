"""Reading from xero-local: a server that ignores page size, order and modified-since."""

import json
import subprocess
from decimal import Decimal

import pytest
from xero_local import emulator

from tap_runner import TAP, Run, arguments

STREAMS = {
    "contacts": "ContactID",
    "credit_notes": "CreditNoteID",
    "invoices": "InvoiceID",
    "payments": "PaymentID",
}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """An emulator with several pages of records; yields it and the ids by stream."""
    with emulator(tmp_path_factory.mktemp("emulator") / "log") as running:
        contacts = running.create("Contacts", [{"Name": f"Customer {n}"} for n in range(230)])
        invoices = running.create(
            "Invoices",
            [
                {
                    "Type": "ACCREC",
                    "InvoiceNumber": f"INV-{number}",
                    "Contact": {"ContactID": contacts[number % 230]["ContactID"]},
                    "Date": "2026-01-31",
                    "DueDate": "2026-02-28",
                    "LineItems": [{"Description": "Bread", "LineAmount": number / 100}],
                    "Status": "AUTHORISED",
                }
                for number in range(350)
            ],
        )
        payments = running.create(
            "Payments",
            [
                {
                    "Invoice": {"InvoiceID": invoice["InvoiceID"]},
                    "Amount": 0.01,
                    "Date": "2026-02-01",
                }
                for invoice in invoices[:120]
            ],
        )
        notes = running.create(
            "CreditNotes",
            [{"Contact": {"ContactID": contacts[0]["ContactID"]}, "Total": 5} for _ in range(101)],
        )
        made = [contacts, notes, invoices, payments]
        yield (
            running,
            {
                stream: [record[key] for record in records]
                for (stream, key), records in zip(STREAMS.items(), made, strict=True)
            },
        )


def read(running, folder, state=None):
    settings = running.settings | {"store_uri": f"sqlite:///{folder / 'store.db'}"}
    command = [TAP, *arguments(folder, settings, STREAMS, state)]
    ended = subprocess.run(command, capture_output=True, check=False)
    return Run.of(ended.returncode, ended.stdout, ended.stderr.decode())


def test_every_record_comes_out_exactly_once(company, tmp_path):
    running, ids = company

    run = read(running, tmp_path)

    assert run.exit_code == 0, run.log
    for stream, key in STREAMS.items():
        assert sorted(run.ids(stream, key)) == sorted(ids[stream])


def test_dates_and_money_are_read_as_they_were_made(company, tmp_path):
    running, _ = company

    run = read(running, tmp_path)

    invoices = run.records("invoices")
    assert {(invoice["Date"], invoice["DueDate"]) for invoice in invoices} == {
        ("2026-01-31", "2026-02-28")
    }
    totals = sum(Decimal(str(invoice["Total"])) for invoice in invoices)
    assert totals == sum(Decimal(number) / 100 for number in range(350))


def test_the_next_run_goes_on_from_the_state_though_the_server_sends_everything(company, tmp_path):
    running, ids = company

    state = json.loads(json.dumps(read(running, tmp_path).state))
    again = read(running, tmp_path, state)

    assert again.exit_code == 0, again.log
    assert set(again.ids("invoices", "InvoiceID")) == set(ids["invoices"])
