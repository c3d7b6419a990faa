"""A dry run says of each record what a run does with it, and writes nothing."""

import json
import re
from collections import Counter

import pytest
from documents import invoice
from target_runner import publish, record, records, schema

pytestmark = pytest.mark.usefixtures("no_waiting")

# The statuses that a run gives to what a dry run predicts.
DONE_AS = {
    "create": "created",
    "update": "updated",
    "remove": "removed",
    "send": "created",
    "unchanged": "unchanged",
}
# How many records Xero has, and what they are: the run may just have created one of them.
_UNSTEADY = re.compile(r"has \d+|\([^()]*(?:[0-9a-f-]{36}|one that the run \w+ or \w+)\)")
REFUSED = {
    "status": 400,
    "body": json.dumps({"Type": "QueryParseException", "ErrorNumber": 16, "Message": "no"}),
    "content_type": "application/json",
}


def writes(xero):
    """The calls that write, without those for tokens."""
    return [
        call
        for call in xero.calls()
        if call["method"] != "GET" and call["endpoint"] != "connect/token"
    ]


def predicted(tmp_path, xero, messages, **settings):
    """What a dry run says of each record; nothing is written."""
    before = len(writes(xero))
    dry = publish(tmp_path, xero, messages, dry_run=True, **settings)
    assert len(writes(xero)) == before
    return dry


def outcomes(run):
    """How many records of each stream have which outcome; with the reasons of the invalid ones."""
    return Counter(
        (
            result["stream"],
            DONE_AS.get(result.get("would"), result["status"]),
            *(_UNSTEADY.sub("N", e) for e in result["errors"] if result["status"] == "invalid"),
        )
        for result in run.results
    )


def check_prediction(tmp_path, xero, messages, expected, **settings):
    """Checks that a dry run says of each record what a run then does."""
    dry = predicted(tmp_path, xero, messages, **settings)
    run = publish(tmp_path, xero, messages, **settings)
    assert sorted(result["status"] for result in run.results) == sorted(expected), run.log
    assert outcomes(dry) == outcomes(run), dry.log
    assert (dry.exit_code == 0) == (run.exit_code == 0), dry.log
    return dry


def bill(number, contact="Ana", **fields):
    return invoice(number, Contact={"Name": contact}, **fields) | {"Type": "ACCPAY"}


OTHER_LINE = {"Description": "Other", "Quantity": 2, "UnitAmount": 7, "AccountCode": "200"}
OWN = {
    "new": ([], ["created"]),
    "published before": ([invoice("S-1")], ["unchanged"]),
    "published with other content": ([invoice("S-1", Reference="old")], ["updated"]),
}


@pytest.mark.parametrize("case", OWN)
def test_of_own_invoices(tmp_path, xero, case):
    before, expected = OWN[case]
    publish(tmp_path, xero, records("invoices", before))
    check_prediction(tmp_path, xero, records("invoices", [invoice("S-1")]), expected)


@pytest.mark.parametrize("overwrite", ["own", "any", "never"])
@pytest.mark.parametrize("other", [{}, {"LineItems": [OTHER_LINE]}], ids=["equal", "different"])
@pytest.mark.parametrize("make", [invoice, bill], ids=["invoice", "bill"])
def test_of_what_was_made_by_hand(tmp_path, xero, by_hand, make, other, overwrite):
    by_hand("invoices", make("S-1", **other))
    expected = "unchanged" if not other else "updated" if overwrite == "any" else "invalid"
    rows = records("invoices", [make("S-1"), make("S-2")])
    check_prediction(tmp_path, xero, rows, [expected, "created"], overwrite=overwrite)


@pytest.mark.parametrize("make", [invoice, bill], ids=["invoice", "bill"])
def test_of_an_own_document_that_was_deleted_in_xero(tmp_path, xero, make):
    first = publish(tmp_path, xero, records("invoices", [make("S-1", Status="DRAFT")]))
    xero.edit("Invoices", first.results[0]["xero_id"], Status="DELETED")
    rows = records("invoices", [make("S-1", Status="DRAFT", Reference="again")])
    expected = "created" if make is invoice else "rejected"
    check_prediction(tmp_path, xero, rows, [expected])


def test_of_an_own_record_that_somebody_has_changed_to_the_same(tmp_path, xero):
    first = publish(tmp_path, xero, records("invoices", [invoice("S-1")]))
    xero.edit("Invoices", first.results[0]["xero_id"], Reference="new")
    rows = records("invoices", [invoice("S-1", Reference="new")])
    dry = check_prediction(tmp_path, xero, rows, ["updated"])
    assert dry.results[0]["changes"] == {}


OFFER = {"Contact": {"Name": "Ana"}, "Date": "2026-10-01", "LineItems": [OTHER_LINE]}
OF_NUMBERS = {
    "invoices": invoice("N-1"),
    "quotes": {"QuoteNumber": "N-1", **OFFER},
    "purchase_orders": {"PurchaseOrderNumber": "N-1", **OFFER},
}


@pytest.mark.parametrize("match", [[], ["Reference"]], ids=["", "match"])
@pytest.mark.parametrize("status", ["DRAFT", "DELETED"])
@pytest.mark.parametrize("stream", OF_NUMBERS)
def test_of_a_number_that_exists_if_only_new_records_are_made(
    tmp_path, xero, by_hand, stream, status, match
):
    document = OF_NUMBERS[stream]
    by_hand("contacts", {"Name": "Ana"})
    [existing] = by_hand(stream, document)
    xero.edit(stream.title().replace("_", ""), existing, Status=status)
    rows = records(stream, [{**document, "Reference": "new"}])
    expected = "created" if status == "DELETED" else "rejected"
    settings = {"method": "PUT", "streams": {stream: {"match": match}}}
    check_prediction(tmp_path, xero, rows, [expected], **settings)


@pytest.mark.parametrize("status", ["DELETED", "VOIDED"])
def test_of_the_number_of_an_invoice_that_somebody_has_removed(tmp_path, xero, by_hand, status):
    [removed] = by_hand("invoices", invoice("S-1", LineItems=[OTHER_LINE]))
    xero.edit("Invoices", removed, Status=status)
    # Xero frees the number of a deleted invoice only.
    expected = "created" if status == "DELETED" else "invalid"
    check_prediction(tmp_path, xero, records("invoices", [invoice("S-1")]), [expected])


@pytest.mark.parametrize("fields", [{}, {"ContactNumber": "7"}], ids=["name", "number"])
def test_of_an_archived_contact(tmp_path, xero, by_hand, fields):
    [archived] = by_hand("contacts", {"Name": "Ana"} | fields)
    xero.edit("Contacts", archived, ContactStatus="ARCHIVED")
    rows = records("contacts", [{"Name": "Ana", "EmailAddress": "a@example.com"} | fields])
    check_prediction(tmp_path, xero, rows, ["updated" if fields else "created"])


def test_of_an_own_contact_that_was_archived(tmp_path, xero):
    first = publish(tmp_path, xero, records("contacts", [{"Name": "Ana"}]))
    xero.edit("Contacts", first.results[0]["xero_id"], ContactStatus="ARCHIVED")
    rows = records("contacts", [{"Name": "Ana", "EmailAddress": "a@example.com"}])
    check_prediction(tmp_path, xero, rows, ["updated"])


def test_of_a_name_that_exists_though_match_finds_nothing(tmp_path, xero, by_hand):
    by_hand("contacts", {"Name": "Ana", "EmailAddress": "old@example.com"})
    rows = [{"Name": name, "EmailAddress": f"{name}@example.com"} for name in ("Ana", "Bo")]
    streams = {"contacts": {"match": ["EmailAddress"]}}
    messages = records("contacts", rows)
    check_prediction(tmp_path, xero, messages, ["rejected", "created"], streams=streams)


@pytest.mark.parametrize("overwrite", ["own", "never"])
@pytest.mark.parametrize("status", ["DRAFT", "DELETED", "VOIDED", None])
def test_of_a_record_that_gives_its_id(tmp_path, xero, by_hand, status, overwrite):
    [own_id] = by_hand("invoices", invoice("S-1", Status="DRAFT"))
    if status is None:
        own_id = "11111111-1111-1111-1111-111111111111"
    else:
        xero.edit("Invoices", own_id, Status=status)
    rows = records("invoices", [{"InvoiceID": own_id, "Reference": "new"}])
    expected = "updated" if status == "DRAFT" else "rejected"
    if overwrite == "never":
        expected = "invalid"
    check_prediction(tmp_path, xero, rows, [expected], overwrite=overwrite)


@pytest.mark.parametrize("row", [{"Name": "Ana"}, {"Name": "Nobody"}], ids=["there", "absent"])
def test_of_removals(tmp_path, xero, row):
    publish(tmp_path, xero, records("contacts", [{"Name": "Ana"}]))
    expected = "removed" if row["Name"] == "Ana" else "invalid"
    rows = records("contacts", [row])
    check_prediction(tmp_path, xero, rows, [expected], method="DELETE")
    again = ["unchanged" if expected == "removed" else "invalid"]
    check_prediction(tmp_path, xero, rows, again, method="DELETE")


def test_of_a_parent_with_a_number_that_several_have(tmp_path, xero, by_hand):
    by_hand("invoices", bill("B-1"), bill("B-1", "Bo"))
    notes = [{"InvoiceNumber": "B-1", "Details": "which"}, {"InvoiceNumber": "B-2", "Details": "x"}]
    messages = [
        *records("invoices", [bill("B-1", "Cy"), bill("B-2")]),
        *records("invoices_history", notes),
    ]
    check_prediction(tmp_path, xero, messages, ["created", "created", "invalid", "created"])


# Look-ups that fail


def test_of_a_look_up_that_xero_refuses_for_one_record(tmp_path, xero, by_hand):
    by_hand("invoices", invoice("S-1"))
    xero.fault("status", "Invoices", method="GET", containing="ODD", times=None, **REFUSED)
    rows = [{"InvoiceNumber": number, "Details": "x"} for number in ("S-1", "ODD")]
    messages = [*records("invoices_history", rows), *records("contacts", [{"Name": "Bo"}])]
    check_prediction(tmp_path, xero, messages, ["created", "rejected", "created"])


def test_of_a_stream_that_xero_gives_no_access_to(tmp_path, xero, by_hand):
    by_hand("invoices", invoice("S-1"))
    xero.fault("forbidden", "Invoices", method="GET", times=None)
    messages = [
        *records("invoices_history", [{"InvoiceNumber": "S-1", "Details": "x"}]),
        *records("contacts", [{"Name": "Bo"}]),
    ]
    check_prediction(tmp_path, xero, messages, ["rejected", "created"])


# What earlier runs have begun


def journal(number, amount=10):
    lines = [{"LineAmount": sign * amount, "AccountCode": "200"} for sign in (1, -1)]
    return {"id": number, "Narration": f"J-{number}", "Date": "2026-10-31", "JournalLines": lines}


def journals(*rows):
    return [schema("manual_journals", key=["id"]), *(record("manual_journals", **r) for r in rows)]


def test_of_a_record_whose_response_was_lost(tmp_path, xero):
    xero.fault("reset", "Invoices", after_work=True, times=None)
    xero.fault("forbidden", "Invoices", method="GET", times=None)
    rows = records("invoices", [invoice("S-1")])
    assert publish(tmp_path, xero, rows).statuses == {"unknown": 1}
    xero.reset()
    xero.clock.advance(400)
    dry = predicted(tmp_path, xero, rows)
    # Xero has it, although the publish log does not know that this run has made it.
    assert [(r["status"], r.get("would")) for r in dry.results] == [("dry_run", "recover")], dry.log
    assert publish(tmp_path, xero, rows).statuses == {"created": 1}


def test_of_a_record_of_which_an_earlier_version_has_no_outcome(tmp_path, xero):
    xero.fault("reset", "ManualJournals", after_work=True, times=None)
    xero.fault("forbidden", "ManualJournals", method="GET", times=None)
    assert publish(tmp_path, xero, journals(journal(1))).statuses == {"unknown": 1}
    xero.reset()
    xero.clock.advance(400)
    check_prediction(tmp_path, xero, journals(journal(1, amount=11)), ["unknown"])
    settings = {"resend_unknown": True}
    check_prediction(tmp_path, xero, journals(journal(1, amount=11)), ["created"], **settings)


def test_a_record_that_comes_twice_is_unchanged_the_second_time(tmp_path, xero):
    rows = [invoice("S-1"), dict(reversed(invoice("S-1").items()))]
    messages = [*records("invoices", rows), *records("contacts", [{"Name": "Ana"}] * 2)]
    expected = ["created", "unchanged"] * 2
    check_prediction(tmp_path, xero, messages, expected)
    # Those that fail do so both times.
    check_prediction(
        tmp_path, xero, records("bills", [invoice("B-1", Mood="x")] * 2), ["invalid"] * 2
    )
