"""The steps that copy a record, and their order."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_xero.copy.rules.by_stream import copy_plan
from target_xero.copy.rules.documents import line_payload
from target_xero.copy.schedule.settlement_order import settlement_waves
from target_xero.copy.steps import Phase, StepKind, digest_of

pytestmark = pytest.mark.fast

LINE = {"LineItemID": "l1", "Description": "Bread", "AccountCode": "200", "Quantity": 1}


def plan(stream, record, *, copy_voided=False, tracked=()):
    return copy_plan(stream, record, copy_voided=copy_voided, tracked=tracked)


def invoice(**fields):
    return {
        "InvoiceID": "i1",
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "Date": "2026-03-01",
        "Contact": {"ContactID": "c1", "Name": "Ana", "EmailAddress": "ana@example.com"},
        "LineItems": [LINE],
        **fields,
    }


@pytest.mark.parametrize(
    ("status", "copied_as"),
    [("DRAFT", "DRAFT"), ("SUBMITTED", "SUBMITTED"), ("AUTHORISED", "AUTHORISED"),
     ("PAID", "AUTHORISED")],
)  # fmt: skip
def test_an_invoice_is_approved_and_left_to_its_payments(status, copied_as):
    [step] = plan("invoices", invoice(Status=status, AmountPaid=5, Payments=[{}])).steps

    assert step.payload["Status"] == copied_as
    assert "Payments" not in step.payload
    assert step.payload["Contact"] == {"ContactID": "c1", "Name": "Ana"}
    assert "LineItemID" not in step.payload["LineItems"][0]


@pytest.mark.parametrize("status", ["ARCHIVED", "DELETED"])
def test_a_retired_tax_rate_is_created_before_and_retired_after_all_documents(status):
    used = {"TaxType": "TAX001", "Name": "Old GST", "TaxComponents": [{"Name": "x", "Rate": 9}]}
    [active] = plan("tax_rates", {**used, "Status": "ACTIVE"}).steps
    made, retired = plan("tax_rates", {**used, "Status": status}).steps

    assert digest_of(made) == digest_of(active)
    assert active.sort_key < made.sort_key
    assert retired.payload == {"TaxType": "TAX001", "Status": status}
    assert retired.only_if_created
    assert made.phase < Phase.STOCK_DOCUMENTS < retired.phase


def test_a_tax_rate_with_an_unknown_status_is_not_copied():
    assert plan("tax_rates", {"TaxType": "TAX001", "Status": "PENDING"}).skip_reason


def test_a_voided_invoice_is_only_removed_unless_copy_voided_is_set():
    [only] = plan("invoices", invoice(Status="VOIDED")).steps
    made, removed = plan("invoices", invoice(Status="VOIDED"), copy_voided=True).steps

    assert only.kind is StepKind.REMOVE
    assert made.payload["Status"] == "AUTHORISED"
    assert removed.kind is StepKind.REMOVE
    assert made.phase < removed.phase


def test_documents_that_move_stock_go_in_order_of_date_purchases_first():
    lines = [{**LINE, "ItemCode": "JAR"}]
    sale = plan("invoices", invoice(LineItems=lines), tracked={"JAR"}).steps[0]
    bill = plan("invoices", invoice(LineItems=lines, Type="ACCPAY"), tracked={"JAR"}).steps[0]
    other = plan("invoices", invoice(), tracked={"JAR"}).steps[0]

    assert sale.phase is bill.phase is Phase.STOCK_DOCUMENTS
    assert bill.sort_key < sale.sort_key
    assert sale.in_order
    assert other.phase is Phase.DOCUMENTS


def test_a_line_whose_unit_amount_xero_computed_is_sent_without_it():
    computed = {**LINE, "Quantity": 1000, "UnitAmount": Decimal("0.1001"), "LineAmount": "100.05"}

    assert "UnitAmount" not in line_payload(computed)
    exact = {**LINE, "Quantity": 3, "UnitAmount": Decimal("33.35"), "LineAmount": "100.05"}
    assert line_payload(exact)["UnitAmount"] == Decimal("33.35")
    discounted = {**exact, "DiscountRate": Decimal(10), "LineAmount": "90.05"}
    assert "UnitAmount" in line_payload(discounted)  # 90.045 to the cent


def test_a_line_with_only_a_description_is_sent_without_an_amount():
    remark = {"Description": "Thank you", "LineAmount": Decimal(0), "TaxAmount": Decimal(0)}

    assert line_payload(remark) == {"Description": "Thank you"}


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        ("DRAFT", []),
        ("SENT", ["SENT"]),
        ("DECLINED", ["SENT", "DECLINED"]),
        ("ACCEPTED", ["SENT", "ACCEPTED"]),
        ("INVOICED", ["SENT", "ACCEPTED", "INVOICED"]),
    ],
)
def test_a_quote_is_taken_to_its_status_step_by_step(status, steps):
    made, *changes = plan("quotes", {"QuoteID": "q1", "Status": status}).steps

    assert made.payload["Status"] == "DRAFT"
    assert [change.payload["Status"] for change in changes] == steps
    phases = [made.phase, *(change.phase for change in changes)]
    assert phases == sorted(set(phases))


@pytest.mark.parametrize(
    ("stream", "record", "reason"),
    [
        ("payments", {"PaymentID": "p", "BatchPaymentID": "b"}, "batch payment creates it"),
        ("bank_transactions", {"Type": "SPEND-TRANSFER"}, "bank transfer creates it"),
        ("repeating_invoices", {"Type": "ACCPAY"}, "cannot create repeating bills"),
        ("journals", {}, "creates journals from the documents"),
        ("users", {}, "cannot write users"),
    ],
)
def test_records_that_are_not_copied_have_a_reason(stream, record, reason):
    planned = plan(stream, record)

    assert planned.steps == ()
    assert reason in planned.skip_reason


def test_an_unknown_stream_has_no_plan():
    assert plan("asset_settings", {}) is None


def test_an_archived_contact_leaves_its_name_to_an_active_one_until_it_is_archived():
    record = {"ContactID": "12345678-rest", "Name": "Bo", "ContactStatus": "ARCHIVED"}
    made, archived = plan("contacts", record).steps

    assert made.payload["Name"] == "Bo (12345678)"
    assert archived.payload["Name"] == "Bo"
    assert archived.phase is Phase.ARCHIVING


def test_renaming_a_contact_does_not_change_its_invoices():
    [before] = plan("invoices", invoice()).steps
    [after] = plan("invoices", invoice(Contact={"ContactID": "c1", "Name": "Anna"})).steps
    [other] = plan("invoices", invoice(Contact={"ContactID": "c2", "Name": "Ana"})).steps

    assert digest_of(before) == digest_of(after)
    assert digest_of(before) != digest_of(other)


documents = st.sampled_from("abcdef")
settlements = st.lists(
    st.tuples(st.sampled_from(["1", "2", "3"]), st.lists(documents, min_size=1, max_size=3))
)


@given(settlements)
def test_settlements_of_a_document_keep_their_order_and_never_share_a_wave(drawn):
    rows = [(index, day, tuple(settles)) for index, (day, settles) in enumerate(drawn)]
    waves = settlement_waves(rows)

    for left in rows:
        for right in rows:
            if left[:2] != right[:2] and set(left[2]) & set(right[2]):
                earlier = (left[1], left[0]) < (right[1], right[0])
                assert (waves[left[0]] < waves[right[0]]) == earlier


@given(settlements)
def test_no_wave_is_empty(drawn):
    rows = [(index, day, tuple(settles)) for index, (day, settles) in enumerate(drawn)]

    used = set(settlement_waves(rows).values())
    assert used == set(range(len(used)))
