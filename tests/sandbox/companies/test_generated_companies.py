"""Generated companies: of any size, always the same, and writable like any other."""

from datetime import datetime, timezone
from itertools import pairwise

import pytest
from sandbox_caller import calling

from xero_sandbox.companies.presets import build_companies
from xero_sandbox.generated.company import fill, parse_sizes

SIZES = {"invoices": 1200, "contacts": 60, "bank_transactions": 30, "items": 20}
SINCE = datetime(2026, 6, 1, tzinfo=timezone.utc)


def company(seed=1, sizes=SIZES):
    return fill(build_companies(["empty"])[0], sizes, seed)


@pytest.fixture
def caller():
    with calling(company()) as entry:
        yield entry


def walk(caller, entity, id_field, headers=None, **params):
    found, page = [], 1
    while True:
        answer = caller.get(entity, headers=headers, page=page, pageSize=1000, **params)
        found += answer[entity]
        if page >= answer["pagination"]["pageCount"]:
            ids = [record[id_field] for record in found]
            assert len(ids) == answer["pagination"]["itemCount"]
            return ids
        page += 1


def test_every_order_shows_every_record_once(caller):
    by_id = walk(caller, "Invoices", "InvoiceID", order="InvoiceID")
    by_change = walk(caller, "Invoices", "InvoiceID")
    assert by_id == sorted(set(by_id))
    assert sorted(by_change) == by_id
    assert len(by_id) == 1200
    assert by_change != by_id


def test_the_order_of_change_is_one(caller):
    records = caller.get("Invoices", page=1, pageSize=1000)["Invoices"]
    times = [int(entry["UpdatedDateUTC"][6:19]) for entry in records]
    assert all(entry < other for entry, other in pairwise(times))


def test_the_same_seed_gives_the_same_company_and_another_another():
    records = []
    for seed in (1, 1, 2):
        collection = company(seed).collections["Invoices"]
        records.append([collection[own_id] for own_id in list(collection)[:5]])
    assert records[0] == records[1]
    assert records[0] != records[2]


def test_lists_and_single_records_agree(caller):
    for entity, own_id in (
        ("Invoices", "InvoiceID"),
        ("Contacts", "ContactID"),
        ("BankTransactions", "BankTransactionID"),
    ):
        for record in caller.get(entity, page=1)[entity][:3]:
            (single,) = caller.get(f"{entity}/{record[own_id]}")[entity]
            contact, listed = single.pop("Contact", {}), record.pop("Contact", {})
            assert single == record
            assert contact.items() >= listed.items()
    item = caller.get("Items")["Items"][0]
    assert caller.get(f"Items/{item['Code']}")["Items"] == [item]


def test_invoices_add_up_and_name_contacts_that_exist(caller):
    contacts = set(walk(caller, "Contacts", "ContactID"))
    for invoice in caller.get("Invoices", page=1)["Invoices"]:
        lines = sum(round(line["LineAmount"] * 100) for line in invoice["LineItems"])
        assert lines == round(invoice["SubTotal"] * 100)
        total = round((invoice["SubTotal"] + invoice["TotalTax"]) * 100)
        assert total == round(invoice["Total"] * 100)
        assert round((invoice["AmountDue"] + invoice["AmountPaid"]) * 100) == total
        assert invoice["Contact"]["ContactID"] in contacts


def test_modified_since_holds_in_both_orders(caller):
    header = {"If-Modified-Since": f"{SINCE:%Y-%m-%dT%H:%M:%S}"}
    changed = {
        record["InvoiceID"]
        for record in caller.xero.records("Invoices")
        if record["UpdatedDateUTC"] >= SINCE
    }
    assert 0 < len(changed) < 1200
    assert set(walk(caller, "Invoices", "InvoiceID", headers=header)) == changed
    by_id = walk(caller, "Invoices", "InvoiceID", headers=header, order="InvoiceID")
    assert by_id == sorted(changed)


def test_edits_additions_and_removals_lie_on_top(caller):
    first, second, third = walk(caller, "Invoices", "InvoiceID", order="InvoiceID")[:3]
    caller.xero.edit("Invoices", first, Status="VOIDED")
    caller.xero.remove("Invoices", second)
    added = caller.xero.add("Invoices", {"Type": "ACCPAY", "Status": "DRAFT"})
    by_id = walk(caller, "Invoices", "InvoiceID", order="InvoiceID")
    assert by_id == sorted(by_id)
    assert by_id.index(third) == 1 + (added < third)
    assert second not in by_id
    assert len(by_id) == 1200
    by_change = walk(caller, "Invoices", "InvoiceID")
    assert by_change[-2:] == [first, added]
    assert caller.get(f"Invoices/{first}")["Invoices"][0]["Status"] == "VOIDED"
    assert caller.send("GET", f"Invoices/{second}").status_code == 404
    caller.xero.remove("Invoices", first)
    caller.xero.remove("Invoices", added)
    assert len(caller.xero.records("Invoices")) == 1198


def test_contacts_of_a_generated_company_owe_what_their_invoices_say(caller):
    listed = caller.get("Contacts", page=1, pageSize=100)["Contacts"]
    due = dict.fromkeys((contact["ContactID"] for contact in listed), 0)
    for invoice in caller.get("Invoices", page=1, pageSize=1000)["Invoices"]:
        due[invoice["Contact"]["ContactID"]] += round(invoice["AmountDue"] * 100)
    for invoice in caller.get("Invoices", page=2, pageSize=1000)["Invoices"]:
        due[invoice["Contact"]["ContactID"]] += round(invoice["AmountDue"] * 100)
    for contact in listed:
        owed = contact["Balances"]["AccountsReceivable"]["Outstanding"]
        assert round(owed * 100) == due[contact["ContactID"]]
        assert (contact["ContactGroups"], contact["ContactPersons"]) == ([], [])
        assert contact["HasValidationErrors"] is False


def test_archived_contacts_of_a_generated_company_are_hidden(caller):
    contact = walk(caller, "Contacts", "ContactID", order="ContactID")[0]
    caller.xero.edit("Contacts", contact, ContactStatus="ARCHIVED")
    assert len(walk(caller, "Contacts", "ContactID", order="ContactID")) == 59
    shown = walk(caller, "Contacts", "ContactID", order="ContactID", includeArchived="true")
    assert len(shown) == 60


def test_filters_and_other_orders_work_the_slow_way(caller):
    found = caller.get("Invoices", page=1, where='InvoiceNumber=="INV-0000017"')["Invoices"]
    assert [entry["InvoiceNumber"] for entry in found] == ["INV-0000017"]
    totals = [entry["Total"] for entry in caller.get("Invoices", page=1, order="Total")["Invoices"]]
    assert totals == sorted(totals)


def test_a_generated_invoice_can_be_written_to(caller):
    paid = next(
        record for record in caller.xero.records("Invoices") if record["Status"] == "AUTHORISED"
    )
    answer = caller.send("POST", f"Invoices/{paid['InvoiceID']}", json={"Reference": "changed"})
    assert answer.status_code == 200, answer.text
    shown = caller.get(f"Invoices/{paid['InvoiceID']}")["Invoices"][0]
    assert shown["Reference"] == "changed"


def test_an_invoice_is_about_as_large_as_a_real_one(caller):
    size = len(caller.send("GET", "Invoices", params={"page": 1, "pageSize": 1000}).content)
    assert 2300 < size / 1000 < 2500


def test_a_page_comes_compressed_when_that_is_accepted(caller):
    for accepted, encoding in (("gzip", "gzip"), ("identity", None)):
        answer = caller.send(
            "GET", "Invoices", params={"page": 1}, headers={"Accept-Encoding": accepted}
        )
        assert answer.headers.get("Content-Encoding") == encoding
        assert len(answer.json()["Invoices"]) == 100


def test_sizes_are_read_from_text():
    assert parse_sizes("invoices=10, contacts=5") == {"invoices": 10, "contacts": 5}
    for text in ("invoices", "journals=3", "invoices=-1", "invoices=x"):
        with pytest.raises(ValueError, match="expected ENTITY=COUNT"):
            parse_sizes(text)
