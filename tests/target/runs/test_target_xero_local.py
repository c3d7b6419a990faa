"""Contacts and invoices published to xero-local, an emulator from another project."""

import pytest
import requests
from target_runner import records, run_with
from xero_local import emulator


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    with emulator(tmp_path_factory.mktemp("xero-local") / "log") as running:
        yield running


def config(folder, other):
    return other.settings | {
        "store_uri": f"sqlite:///{folder / 'xero.db'}",
        "results_path": str(folder / "results.jsonl"),
        "rejects_path": str(folder / "rejects-{run_id}.jsonl"),
    }


def records_in(other, entity):
    answer = requests.get(
        f"{other.base_uri}/{entity}", headers={"Authorization": "Bearer any"}, timeout=30
    )
    return answer.json()[entity]


def test_invoices_are_created_and_found_unchanged_by_the_next_run(tmp_path, other):
    # The emulator has no PUT for contacts, which is how Xero says that a contact exists.
    before = len(records_in(other, "Invoices"))
    line = {"Description": "Work", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
    row = {"Type": "ACCREC", "ContactName": "Emulated", "Date": "2026-10-01",
           "DueDate": "2026-10-31", "LineItems": [line]}  # fmt: skip
    rows = records("invoices", [row | {"InvoiceNumber": f"E-{n}"} for n in range(7)])
    for expected in ("created", "unchanged"):
        run = run_with(config(tmp_path, other), tmp_path, rows)
        assert run.exit_code == 0, run.log
        assert run.statuses == {expected: 7}
    assert len(records_in(other, "Invoices")) == before + 7


def test_invoices_are_created_with_their_lines(tmp_path, other):
    line = {"Description": "Work", "Quantity": "2", "UnitAmount": "10.50", "AccountCode": 200}
    row = {"Type": "ACCREC", "InvoiceNumber": "L-1", "ContactName": "Emulated",
           "Date": "2026-10-01", "DueDate": "2026-10-31", "LineItems": [line]}  # fmt: skip
    run = run_with(config(tmp_path, other), tmp_path, records("invoices", [row]))
    assert run.exit_code == 0, run.log
    [result] = run.results
    assert result["status"] == "created"
    [made] = [
        invoice
        for invoice in records_in(other, "Invoices")
        if invoice["InvoiceID"] == result["xero_id"]
    ]
    assert made["LineItems"][0]["UnitAmount"] == 10.5
