"""Contacts and invoices published to the sandbox: requests, results, and the end of a run."""

import pytest
from target_runner import publish, records, state

pytestmark = pytest.mark.fast


def contacts(*names):
    return records("contacts", [{"Name": name} for name in names])


def invoice(number, **fields):
    return {
        "Type": "ACCREC",
        "InvoiceNumber": number,
        "Contact": {"Name": "Ana"},
        "Date": "2026-10-01",
        "DueDate": "2026-10-31",
        "LineItems": [
            {"Description": "Work", "Quantity": 2, "UnitAmount": 10.125, "AccountCode": "200"}
        ],
        **fields,
    }


def test_every_contact_exists_once_and_has_a_result(tmp_path, xero):
    run = publish(tmp_path, xero, [*contacts("Ana", "Bo", "Cy"), state({"seen": 3})])
    assert run.exit_code == 0, run.log
    assert sorted(contact["Name"] for contact in xero.records("Contacts")) == ["Ana", "Bo", "Cy"]
    ids = {contact["Name"]: contact["ContactID"] for contact in xero.records("Contacts")}
    assert [(r["key"], r["status"], r["xero_id"]) for r in run.results] == [
        ({"Name": name}, "created", ids[name]) for name in ("Ana", "Bo", "Cy")
    ]
    assert run.states == [{"seen": 3}]


def test_a_batch_is_one_call_with_summarize_errors_false(tmp_path, xero):
    publish(tmp_path, xero, contacts(*(f"Contact {n}" for n in range(120))), batch_size=50)
    calls = xero.calls("Contacts", "P*")
    assert len(calls) == 3
    assert all(call["query"]["summarizeErrors"] == "false" for call in calls)


def test_invoices_are_sent_with_unitdp_4(tmp_path, xero):
    run = publish(tmp_path, xero, records("invoices", [invoice("INV-1")]))
    assert run.exit_code == 0, run.log
    [made] = xero.records("Invoices")
    assert str(made["LineItems"][0]["UnitAmount"]) == "10.1250"
    assert run.results[0]["response"]["InvoiceNumber"] == "INV-1"
