"""The order of records of several streams: whole batches, what others refer to first."""

import json

import pytest
from target_runner import publish, record, records, schema, state

ACTIVATE = {"type": "ACTIVATE_VERSION", "version": 1}


def contact(n):
    return record("contacts", Name=f"Contact {n}")


def invoice(n, contact_number=None):
    line = {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "200"}
    name = f"Contact {n if contact_number is None else contact_number}"
    return record(
        "invoices", Type="ACCREC", InvoiceNumber=f"S-{n}", Contact={"Name": name},
        Date="2026-10-01", DueDate="2026-10-02", LineItems=[line],
    )  # fmt: skip


def sent(xero):
    """The entity and the number of records of each call that writes, in order."""
    return [
        (call["endpoint"], len(json.loads(call["body"])[call["endpoint"]]))
        for call in xero.log
        if call["method"] in ("POST", "PUT")
        and call["endpoint"] in ("Accounts", "Contacts", "Invoices")
    ]


BATCHES_OF_BOTH = [
    ("Contacts", 50), ("Contacts", 50), ("Contacts", 30),
    ("Invoices", 50), ("Invoices", 50), ("Invoices", 30),
]  # fmt: skip


@pytest.mark.parametrize("contact_first", [True, False])
def test_streams_that_come_in_turn_leave_in_whole_batches_the_referred_to_first(
    tmp_path, xero, contact_first
):
    xero.fault("latency", "Contacts", method="P*", seconds=0.2, times=None)
    messages = [schema("contacts"), schema("invoices")]
    for n in range(130):
        pair = [contact(n), invoice(n)]
        messages += pair if contact_first else pair[::-1]
    run = publish(tmp_path, xero, messages)
    assert run.statuses == {"created": 260}, run.log
    assert sorted(sent(xero), key=lambda call: call[0]) == sent(xero)
    assert sorted(sent(xero)) == sorted(BATCHES_OF_BOTH)
    assert len(xero.records("Contacts")) == 130


def test_states_and_repeated_schemas_do_not_split_batches(tmp_path, xero):
    messages = []
    for n in range(60):
        messages += [schema("contacts"), contact(n), state(f"contact {n}")]
        messages += [schema("invoices"), invoice(n), state(f"invoice {n}")]
    run = publish(tmp_path, xero, messages)
    assert sorted(sent(xero)) == [
        ("Contacts", 10), ("Contacts", 50), ("Invoices", 10), ("Invoices", 50),
    ]  # fmt: skip
    assert run.states == [f"{kind} {n}" for n in range(60) for kind in ("contact", "invoice")]


def test_no_state_passes_a_record_that_is_held(tmp_path, xero, monkeypatch):
    monkeypatch.setattr("target_xero.delivery.sender.MAX_TRIES", 1)
    xero.fault("reset", "Invoices", method="P*", times=None)
    messages = [
        schema("contacts"),
        schema("invoices"),
        contact(1),
        state(1),
        invoice(1),
        contact(2),
    ]
    run = publish(tmp_path, xero, [*messages, state(2)])
    assert run.statuses == {"created": 2, "unknown": 1}
    assert run.states == [1]


def test_a_stream_keeps_the_order_of_its_own_records(tmp_path, xero):
    messages = [schema("contacts"), schema("invoices")]
    numbers = [n * 37 % 130 for n in range(130)]  # each once, not sorted
    for n in numbers:
        messages += [contact(n), invoice(n)]
    run = publish(tmp_path, xero, messages, max_concurrency=1)
    assert run.statuses == {"created": 260}, run.log
    for entity, field, prefix in [
        ("Contacts", "Name", "Contact "),
        ("Invoices", "InvoiceNumber", "S-"),
    ]:
        sent_in_order = [
            row[field]
            for call in xero.calls(entity, "P*")
            for row in json.loads(call["body"])[entity]
        ]
        assert sent_in_order == [f"{prefix}{n}" for n in numbers]


def test_rows_of_a_document_may_have_another_stream_between_them(tmp_path, xero):
    row = {"Type": "ACCREC", "ContactName": "Ana", "Date": "2026-10-01", "DueDate": "2026-10-02",
           "Quantity": 1, "UnitAmount": 1, "AccountCode": "200"}  # fmt: skip
    messages = [schema("invoices"), schema("contacts")]
    for n in range(3):
        for line in range(2):
            rows = record("invoices", **row, InvoiceNumber=f"M-{n}", Description=f"line {line}")
            messages += [schema("invoices"), rows, contact(2 * n + line)]
    streams = {"invoices": {"group_by": ["InvoiceNumber"]}, "contacts": {}}
    run = publish(tmp_path, xero, messages, streams=streams)
    assert run.exit_code == 0, run.log
    lines = {found["InvoiceNumber"]: len(found["LineItems"]) for found in xero.records("Invoices")}
    assert lines == {"M-0": 2, "M-1": 2, "M-2": 2}


def test_more_records_than_are_held_leave_in_load_order_too(tmp_path, xero, monkeypatch):
    monkeypatch.setattr("target_xero.run.held_records.MAX_RECORDS", 100)
    messages = [schema("contacts"), schema("invoices")]
    for n in range(150):
        messages += [contact(n), invoice(n)]
    run = publish(tmp_path, xero, messages)
    assert run.statuses == {"created": 300}, run.log
    assert sent(xero) == [("Contacts", 50), ("Invoices", 50)] * 3


def test_removals_leave_in_the_opposite_order_and_not_before_what_came_first(tmp_path, xero):
    publish(tmp_path, xero, [schema("contacts"), contact(1), schema("invoices"), invoice(1)])
    xero.reset()
    messages = [
        schema("old_contacts"), schema("old_invoices"), schema("contacts"),
        contact(2),
        record("old_contacts", Name="Contact 1"),
        record("old_invoices", InvoiceNumber="S-1", Type="ACCREC"),
    ]  # fmt: skip
    streams = {
        "old_contacts": {"entity": "Contacts", "method": "DELETE"},
        "old_invoices": {"entity": "Invoices", "method": "DELETE"},
    }
    run = publish(tmp_path, xero, messages, streams=streams)
    assert [(result["stream"], result["status"]) for result in run.results] == [
        ("contacts", "created"), ("old_invoices", "removed"), ("old_contacts", "removed"),
    ]  # fmt: skip


# The first reject


# A POST is known as a reject after a look-up, a PUT at once.
@pytest.mark.parametrize(("method", "max_concurrency"), [("POST", 1), ("PUT", 1), ("PUT", 3)])
def test_fail_fast_sends_nothing_more_than_what_is_in_flight(
    tmp_path, xero, method, max_concurrency
):
    # The first call, which has the reject, is answered before the others.
    xero.fault(
        "latency", "Contacts", method="P*", containing="later", seconds=1.5, times=None
    )  # fmt: skip
    names = [{"Name": f"Contact {n}{' later' if n >= 10 else ''}"} for n in range(400)]
    names[3] = {"Name": "x", "EmailAddress": "not an address"}
    run = publish(tmp_path, xero, records("contacts", names), batch_size=10, on_reject="fail_fast",
                  max_concurrency=max_concurrency, method=method)  # fmt: skip
    assert run.exit_code == 1
    assert run.last_line.endswith("a record was not published, and on_reject is fail_fast")
    assert 1 <= len(xero.calls("Contacts", "P*")) <= max_concurrency


def test_fail_fast_sends_nothing_while_a_refusal_is_looked_up(tmp_path, xero):
    # Xero refuses a sale whose account is wrong; whether its number exists is looked up then.
    xero.fault("latency", "Invoices", method="GET", seconds=1.5, times=None)
    line = {"Description": "Tea", "Quantity": 1, "UnitAmount": 1, "AccountCode": "200"}
    sales = [
        {"Type": "ACCREC", "InvoiceNumber": f"S-{n}", "Contact": {"Name": "Ann"},
         "LineItems": [line | ({"AccountCode": "9999"} if n == 0 else {})]}
        for n in range(200)
    ]  # fmt: skip

    run = publish(
        tmp_path, xero, records("invoices", sales), batch_size=10, on_reject="fail_fast",
        max_concurrency=2,
    )  # fmt: skip

    assert run.exit_code == 1
    assert run.statuses["rejected"] == 1
    # The first call, and one that was in flight beside it.
    assert len(xero.calls("Invoices", "P*")) <= 3
