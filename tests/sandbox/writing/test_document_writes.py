"""Invoices, credit notes, quotes, orders: match keys, lines, statuses, tax.

(xero-facts.md: Writing, Writing by entity)
"""

import itertools
from datetime import date

import pytest
from sandbox_caller import calling

NUMBERS = itertools.count(1)
TOO_LARGE = "Discount must not be greater than the line total."


@pytest.fixture(scope="module")
def caller():
    with calling() as record:
        yield record


@pytest.fixture
def name():
    return f"Contact {next(NUMBERS)}"


def send(caller, method, path, element, status=200, **params):
    answer = caller.send(method, path, json=element, params=params)
    assert answer.status_code == status, answer.text
    if status != 200:
        return [record["Message"] for record in answer.json()["Elements"][0]["ValidationErrors"]]
    key = path.split("/")[0]
    return answer.json()[key][0]


def sale(name, *lines, **fields):
    found = [{"Description": "x", "AccountCode": "200", **line} for line in lines]
    return {
        "Type": "ACCREC",
        "Contact": {"Name": name},
        "LineItems": found or [{"Description": "x", "AccountCode": "200", "UnitAmount": 100}],
        "Status": "AUTHORISED",
        **fields,
    }


def test_an_invoice_gets_number_due_date_tax_and_totals(caller, name):
    made = send(caller, "PUT", "Invoices", sale(name, {"Quantity": 3, "UnitAmount": 33.33}))
    assert made["InvoiceNumber"].startswith("INV-")
    assert (made["SubTotal"], made["TotalTax"], made["Total"]) == (99.99, 15.00, 114.99)
    assert (made["AmountDue"], made["AmountPaid"], made["AmountCredited"]) == (114.99, 0, 0)
    assert made["DueDateString"] > made["DateString"]
    assert made["LineItems"][0]["TaxType"] == "OUTPUT2"


@pytest.mark.parametrize(
    ("amount_types", "sub_total", "tax", "total"),
    [("Exclusive", 10, 1.5, 11.5), ("Inclusive", 8.7, 1.3, 10), ("NoTax", 10, 0, 10)],
)
def test_line_amounts_exclude_include_or_have_no_tax(
    caller, name, amount_types, sub_total, tax, total
):
    element = sale(name, {"UnitAmount": 10}, LineAmountTypes=amount_types)
    made = send(caller, "PUT", "Invoices", element)
    assert (made["SubTotal"], made["TotalTax"], made["Total"]) == (sub_total, tax, total)


def test_a_discount_comes_off_the_line_and_is_summed_up(caller, name):
    line = {"Quantity": 2, "UnitAmount": 50, "DiscountRate": 10}
    made = send(caller, "PUT", "Invoices", sale(name, line))
    assert made["LineItems"][0]["LineAmount"] == 90
    assert made["IsDiscounted"] is True
    assert made["TotalDiscount"] == 10


def test_bills_take_no_discount(caller, name):
    line = {"UnitAmount": 50, "DiscountRate": 10, "AccountCode": "429"}
    made = send(caller, "PUT", "Invoices", sale(name, line, Type="ACCPAY"))
    assert made["SubTotal"] == 50


def test_a_line_amount_that_does_not_fit_is_refused(caller, name):
    line = {"Quantity": 2, "UnitAmount": 10, "LineAmount": 21}
    (message,) = send(caller, "PUT", "Invoices", sale(name, line), status=400)
    assert message == "The line total 21.00 does not match the expected line total 20.00"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            {"UnitAmount": 10, "DiscountRate": 25, "LineAmount": 10},
            "The line total 10.00 does not match the expected line total 7.50",
        ),
        (
            {"DiscountRate": 100, "LineAmount": 10},
            "The line total 10.00 does not match the expected line total 0.00",
        ),
        (
            {"UnitAmount": 795, "DiscountRate": 100, "LineAmount": 0},
            "The line total -795.00 does not match the expected line total 0.00",
        ),
        (
            {"UnitAmount": 795, "DiscountAmount": 795, "LineAmount": 0},
            "The line total -795.00 does not match the expected line total 0.00",
        ),
        (
            {"UnitAmount": 0.01, "DiscountRate": 60, "LineAmount": 0.004},
            "The line total -0.01 does not match the expected line total 0.00",
        ),
        (
            {"UnitAmount": 27.82, "DiscountAmount": 27.83},
            f"The discount rate '27.83' is invalid. {TOO_LARGE}",
        ),
        (
            {"UnitAmount": -5, "DiscountAmount": 0},
            f"The discount rate '0.00' is invalid. {TOO_LARGE}",
        ),
    ],
)
def test_a_discounted_line_that_does_not_fit_is_refused(caller, name, line, message):
    lines = ({"UnitAmount": 100}, line)
    assert send(caller, "PUT", "Invoices", sale(name, *lines), status=400) == [message]


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        ({"UnitAmount": 795, "DiscountRate": 100}, 0),
        ({"UnitAmount": 795, "DiscountAmount": 795}, 0),
        ({"UnitAmount": 5.5, "DiscountRate": 99.9, "LineAmount": 0.01}, 0.01),
        ({"UnitAmount": 0, "DiscountRate": 10, "LineAmount": 0}, 0),
        ({"UnitAmount": 10, "DiscountAmount": 0, "LineAmount": 10}, 10),
        ({"UnitAmount": -5, "DiscountRate": 0}, -5),
        ({"UnitAmount": -5, "DiscountRate": 10}, -4.5),
        ({"DiscountRate": 20, "LineAmount": 80}, 80),
    ],
)
def test_a_discounted_line_that_fits_is_saved(caller, name, line, amount):
    made = send(caller, "PUT", "Invoices", sale(name, {"UnitAmount": 100}, line))
    assert made["LineItems"][1]["LineAmount"] == amount
    assert made["SubTotal"] == 100 + amount


def test_the_missing_unit_amount_is_worked_out(caller, name):
    line = {"Quantity": 4, "LineAmount": 10}
    made = send(caller, "PUT", "Invoices", sale(name, line), unitdp=4)
    assert made["LineItems"][0]["UnitAmount"] == 2.5


def test_unit_amounts_have_two_places_unless_four_are_asked_for(caller, name):
    line = {"Quantity": 100, "UnitAmount": 1.2345}
    assert send(caller, "PUT", "Invoices", sale(name, line))["SubTotal"] == 123
    assert send(caller, "PUT", "Invoices", sale(name, line), unitdp=4)["SubTotal"] == 123.45


def test_lines_with_an_id_change_those_without_are_added_those_left_out_go(caller, name):
    made = send(caller, "PUT", "Invoices", sale(name, {"UnitAmount": 10}, {"UnitAmount": 20}))
    first, second = made["LineItems"]
    changed = {
        "InvoiceID": made["InvoiceID"],
        "LineItems": [
            {"LineItemID": second["LineItemID"], "Quantity": 3},
            {"Description": "new", "UnitAmount": 5, "AccountCode": "260"},
        ],
    }
    lines = send(caller, "POST", "Invoices", changed)["LineItems"]
    assert lines[0]["LineItemID"] == second["LineItemID"]
    assert first["LineItemID"] not in [line["LineItemID"] for line in lines]
    assert [line["LineAmount"] for line in lines] == [60, 5]


def test_an_update_without_lines_keeps_them(caller, name):
    made = send(caller, "PUT", "Invoices", sale(name, Status="DRAFT"))
    approved = {"InvoiceID": made["InvoiceID"], "Status": "AUTHORISED"}
    assert send(caller, "POST", "Invoices", approved)["LineItems"] == made["LineItems"]


def test_put_refuses_a_known_number_and_post_overwrites_it(caller, name):
    made = send(caller, "PUT", "Invoices", sale(name, InvoiceNumber="OWN-1"))
    assert send(caller, "PUT", "Invoices", sale(name, InvoiceNumber="OWN-1"), status=400) == [
        "Invoice # must be unique"
    ]
    again = send(caller, "POST", "Invoices", sale(name, InvoiceNumber="OWN-1", Reference="second"))
    assert again["InvoiceID"] == made["InvoiceID"]
    assert again["Reference"] == "second"


def test_bills_may_share_a_number_and_are_not_matched_by_it(caller, name):
    line = {"UnitAmount": 10, "AccountCode": "429"}
    bill = sale(name, line, Type="ACCPAY", InvoiceNumber="77")
    ids = {send(caller, "POST", "Invoices", bill)["InvoiceID"] for _ in range(2)}
    assert len(ids) == 2


def test_an_invoice_is_found_by_its_number_in_the_path(caller, name):
    send(caller, "PUT", "Invoices", sale(name, InvoiceNumber="PATH-1"))
    changed = send(caller, "POST", "Invoices/PATH-1", {"Reference": "by number"})
    assert changed["Reference"] == "by number"


def test_an_id_cannot_be_chosen(caller, name):
    chosen = "5e5e5e5e-1111-4222-8333-444444444444"
    for method in ("PUT", "POST"):
        assert send(caller, method, "Invoices", sale(name, InvoiceID=chosen), status=400)
    assert caller.send("POST", f"Invoices/{chosen}", json={}).status_code == 404


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("DRAFT", "VOIDED"),
        ("DRAFT", "PAID"),
        ("SUBMITTED", "VOIDED"),
        ("AUTHORISED", "DRAFT"),
        ("AUTHORISED", "DELETED"),
        ("AUTHORISED", "SUBMITTED"),
    ],
)
def test_statuses_only_go_where_xero_lets_them(caller, name, before, after):
    made = send(caller, "PUT", "Invoices", sale(name, Status=before))
    change = {"InvoiceID": made["InvoiceID"], "Status": after}
    (message,) = send(caller, "POST", "Invoices", change, status=400)
    assert "not of valid status for modification" in message


@pytest.mark.parametrize(("before", "final"), [("DRAFT", "DELETED"), ("AUTHORISED", "VOIDED")])
def test_voided_and_deleted_are_final(caller, name, before, final):
    made = send(caller, "PUT", "Invoices", sale(name, Status=before))
    change = {"InvoiceID": made["InvoiceID"], "Status": final}
    assert send(caller, "POST", "Invoices", change)["Status"] == final
    again = {"InvoiceID": made["InvoiceID"], "Reference": "too late"}
    assert send(caller, "POST", "Invoices", again, status=400)


def test_a_new_invoice_cannot_be_paid_at_once(caller, name):
    assert send(caller, "PUT", "Invoices", sale(name, Status="PAID"), status=400)


def test_read_only_fields_are_ignored(caller, name):
    element = sale(name, AmountPaid=50, Total=1, UpdatedDateUTC="/Date(0)/", HasAttachments=True)
    made = send(caller, "PUT", "Invoices", element)
    assert (made["AmountPaid"], made["Total"], made["HasAttachments"]) == (0, 115, False)
    assert made["UpdatedDateUTC"] != "/Date(0)/"


def test_an_unknown_contact_is_made_but_not_by_purchase_orders(caller, name):
    send(caller, "PUT", "Invoices", sale(name))
    assert caller.get("Contacts", where=f'Name=="{name}"', page=1)["Contacts"]
    order = sale(f"{name} of nowhere")
    del order["Type"], order["Status"]
    assert send(caller, "PUT", "PurchaseOrders", order, status=400) == [
        "The contact could not be found."
    ]


def test_contact_persons_are_dropped_by_a_contact_that_a_document_carries(caller, name):
    person = {"FirstName": "Kim", "EmailAddress": "kim@example.com"}
    contact = send(caller, "PUT", "Contacts", {"Name": name, "ContactPersons": [person]})
    contact_id = contact["ContactID"]
    send(caller, "PUT", "Invoices", sale(name, Contact={"ContactID": contact_id}))
    assert caller.get(f"Contacts/{contact_id}")["Contacts"][0]["ContactPersons"]
    carried = {"ContactID": contact_id, "FirstName": "New"}
    send(caller, "PUT", "Invoices", sale(name, Contact=carried))
    changed = caller.get(f"Contacts/{contact_id}")["Contacts"][0]
    assert (changed["FirstName"], changed["ContactPersons"]) == ("New", [])


@pytest.mark.parametrize(
    "line",
    [
        {"AccountCode": "none"},
        {"AccountCode": "090"},
        {"AccountCode": "610"},
        {"TaxType": "NOSUCH"},
        {"TaxType": "INPUT2"},
        {"ItemCode": "NOSUCH"},
        {"Tracking": [{"Name": "Region", "Option": "Nowhere"}]},
    ],
)
def test_lines_name_accounts_rates_items_and_options_that_exist(caller, name, line):
    assert send(caller, "PUT", "Invoices", sale(name, {"UnitAmount": 1, **line}), status=400)


def test_only_approved_invoices_are_sent_to_the_contact(caller, name):
    body = {"Invoices": [sale(name, Status="DRAFT", SentToContact=True)]}
    answer = caller.send("PUT", "Invoices", json=body, params={"summarizeErrors": "false"})
    (made,) = answer.json()["Invoices"]
    assert made["StatusAttributeString"] == "WARNING"
    assert made["Warnings"] == [
        {"Message": "Only AUTHORISED invoices may have SentToContact updated."}
    ]
    assert made["SentToContact"] is False


def test_locked_periods_take_no_documents_and_no_changes(name):
    with calling() as caller:
        made = send(caller, "PUT", "Invoices", sale(name, Date="2026-03-15"))
        organisation = caller.xero.organisation()
        organisation.period_lock_date = date(2026, 3, 31)
        messages = [
            send(caller, "PUT", "Invoices", sale(name, Date="2026-03-31"), status=400),
            send(
                caller,
                "POST",
                "Invoices",
                {"InvoiceID": made["InvoiceID"], "Status": "VOIDED"},
                status=400,
            ),
        ]
        for (message,) in messages:
            assert message.startswith("The document date cannot be before the period lock date")
        send(caller, "PUT", "Invoices", sale(name, Date="2026-04-01"))


def test_foreign_currencies_need_a_subscription_and_get_the_days_rate(caller, name):
    assert send(caller, "PUT", "Invoices", sale(name, CurrencyCode="GBP"), status=400) == [
        "Organisation is not subscribed to currency GBP"
    ]
    send(caller, "PUT", "Currencies", {"Code": "EUR"})
    made = send(caller, "PUT", "Invoices", sale(name, CurrencyCode="EUR"))
    assert 0.3 < made["CurrencyRate"] < 0.9
    given = send(caller, "PUT", "Invoices", sale(name, CurrencyCode="EUR", CurrencyRate=0.5))
    assert given["CurrencyRate"] == 0.5
    home = send(caller, "PUT", "Invoices", sale(name))
    change = {"InvoiceID": home["InvoiceID"], "CurrencyCode": "EUR"}
    assert send(caller, "POST", "Invoices", change)["CurrencyRate"] == made["CurrencyRate"]


def test_credit_notes_count_what_is_left_of_them(caller, name):
    element = sale(name, Type="ACCRECCREDIT")
    made = send(caller, "PUT", "CreditNotes", element)
    assert made["CreditNoteNumber"].startswith("CN-")
    assert made["RemainingCredit"] == made["Total"] == 115


def test_quotes_walk_their_statuses_and_keep_their_number_unique(caller, name):
    element = sale(name, QuoteNumber="Q-9")
    del element["Type"], element["Status"]
    made = send(caller, "PUT", "Quotes", element)
    assert made["Status"] == "DRAFT"
    assert send(caller, "PUT", "Quotes", element, status=400)
    quote = {"QuoteID": made["QuoteID"]}
    assert send(caller, "POST", "Quotes", {**quote, "Status": "ACCEPTED"}, status=400)
    for status in ("SENT", "ACCEPTED", "INVOICED", "DELETED"):
        assert send(caller, "POST", "Quotes", {**quote, "Status": status})["Status"] == status
    assert send(caller, "POST", "Quotes", {**quote, "Title": "late"}, status=400)


def test_purchase_orders_are_matched_by_number(caller, name):
    send(caller, "PUT", "Contacts", {"Name": name})
    element = sale(name, PurchaseOrderNumber="PO-77", Status="SUBMITTED")
    del element["Type"]
    made = send(caller, "PUT", "PurchaseOrders", element)
    changed = send(caller, "POST", "PurchaseOrders", {**element, "Reference": "again"})
    assert changed["PurchaseOrderID"] == made["PurchaseOrderID"]
    deleted = {"PurchaseOrderID": made["PurchaseOrderID"], "Status": "DELETED"}
    assert send(caller, "POST", "PurchaseOrders", deleted)["Status"] == "DELETED"


def test_repeating_invoices_are_made_and_deleted_never_updated(caller, name):
    element = sale(name)
    element["Schedule"] = {
        "Period": 1,
        "Unit": "MONTHLY",
        "DueDate": 20,
        "DueDateType": "OFFOLLOWINGMONTH",
        "StartDate": "2026-12-01",
    }
    made = send(caller, "PUT", "RepeatingInvoices", element)
    template = {"RepeatingInvoiceID": made["RepeatingInvoiceID"]}
    assert send(caller, "POST", "RepeatingInvoices", {**template, "Reference": "x"}, status=400)
    deleted = {**template, "Status": "DELETED"}
    assert send(caller, "POST", "RepeatingInvoices", deleted)["Status"] == "DELETED"
    assert send(caller, "PUT", "RepeatingInvoices", {**element, "Type": "ACCPAY"}, status=400)


def test_a_record_read_back_can_be_published_again_without_a_change(caller, name):
    made = send(caller, "PUT", "Invoices", sale(name, {"Quantity": 3, "UnitAmount": 9.99}))
    read = caller.get(f"Invoices/{made['InvoiceID']}", unitdp=4)["Invoices"][0]
    again = send(caller, "POST", "Invoices", read)
    same = ("Total", "TotalTax", "LineItems", "InvoiceNumber", "Status", "Date", "DueDate")
    assert {field: again[field] for field in same} == {field: read[field] for field in same}
