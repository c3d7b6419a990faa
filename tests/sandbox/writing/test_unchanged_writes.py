"""A record can be written as it was read, which changes nothing (xero-facts.md: Writing rules)."""

import pytest
from sandbox_caller import calling

FINAL = {"VOIDED", "DELETED"}
# Fields that a write may change although nothing else changes.
MOVES = {"UpdatedDateUTC", "UpdatedDateUTCString", "StatusAttributeString"}
ENTITIES = {
    "BankTransactions": {"Type": {"SPEND", "RECEIVE"}},
    "Contacts": {},
    "CreditNotes": {},
    "Invoices": {},
    "Items": {},
    "ManualJournals": {},
    "PurchaseOrders": {},
    "Quotes": {},
}


@pytest.fixture(scope="module")
def caller():
    with calling("demo") as record:
        yield record


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_demo_companys_records_can_be_published_again(caller, entity):
    wanted = ENTITIES[entity]
    params = {"page": 1, "pageSize": 120, "unitdp": 4, "includeArchived": "true"}
    records = [
        record
        for record in caller.get(entity, **params)[entity]
        if record.get("Status") not in FINAL
        and all(record[field] in values for field, values in wanted.items())
    ]
    assert len(records) > 10
    journals = len(caller.xero.records("Journals"))
    query = {"summarizeErrors": "false", "unitdp": "4"}
    answer = caller.send("POST", entity, json={entity: records}, params=query)
    for before, after in zip(records, answer.json()[entity], strict=True):
        assert "ValidationErrors" not in after, after["ValidationErrors"]
        differing = {
            field for field in before.keys() | after.keys() if before.get(field) != after.get(field)
        }
        assert differing <= MOVES
    assert len(caller.xero.records("Journals")) == journals


def test_an_element_that_fails_comes_back_as_it_was_sent(caller):
    voided = caller.get("Invoices", page=1, Statuses="VOIDED")["Invoices"][0]
    query = {"summarizeErrors": "false"}
    answer = caller.send("POST", "Invoices", json={"Invoices": [voided]}, params=query)
    (back,) = answer.json()["Invoices"]
    assert back["StatusAttributeString"] == "ERROR"
    assert back["InvoiceID"] == voided["InvoiceID"]
    assert back["DateString"] == voided["DateString"]
