"""Children that are removed by what they are, named services, and columns of a user's own."""

from base64 import b64encode

import pytest
from target_runner import publish, records

LINE = {"Description": "Work", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
OWN = {"Contact": {"Name": "Ana"}, "Date": "2026-10-01", "Status": "AUTHORISED"}


def allocation(**fields):
    return {"CreditNoteNumber": "CN-1", **fields}


def allocations(*rows):
    return records("credit_notes_allocations", rows)


@pytest.fixture
def allocated(tmp_path, xero):
    """A credit note that is allocated to two sales."""
    sales = [OWN | {"Type": "ACCREC", "InvoiceNumber": f"S-{n}", "DueDate": "2026-10-31",
                    "LineItems": [LINE]} for n in (1, 2)]  # fmt: skip
    credit = OWN | {"Type": "ACCRECCREDIT", "CreditNoteNumber": "CN-1", "LineItems": [LINE]}
    publish(tmp_path, xero, [*records("invoices", sales), *records("credit_notes", [credit])])
    rows = [allocation(InvoiceNumber=f"S-{n}", Amount=n, Date="2026-10-02") for n in (1, 2)]
    run = publish(tmp_path, xero, allocations(*rows))
    assert run.statuses == {"created": 2}, run.log


def amounts(xero):
    [credit] = xero.records("CreditNotes")
    return [allocated["Amount"] for allocated in credit["Allocations"]]


@pytest.mark.parametrize("fields", [{"InvoiceNumber": "S-1"}, {"Amount": "1.00"}])
def test_an_allocation_is_removed_by_what_it_is(tmp_path, xero, allocated, fields):
    rows = allocations(allocation(**fields))
    dry = publish(tmp_path, xero, rows, method="DELETE", dry_run=True)
    assert [result["would"] for result in dry.results] == ["remove"]
    run = publish(tmp_path, xero, rows, method="DELETE")
    assert run.statuses == {"removed": 1}, run.log
    assert amounts(xero) == [2]
    assert publish(tmp_path, xero, rows, method="DELETE").statuses == {"unchanged": 1}


@pytest.mark.parametrize(("fields", "has"), [({"Amount": 7}, "no"), ({"Date": "2026-10-02"}, "2")])
@pytest.mark.parametrize("dry_run", [True, False])
def test_an_allocation_that_is_not_the_only_one_is_not_removed(
    tmp_path, xero, allocated, fields, has, dry_run
):
    run = publish(
        tmp_path, xero, allocations(allocation(**fields)), method="DELETE", dry_run=dry_run
    )
    assert run.statuses == {"invalid": 1}
    assert f"has {has} Allocations with" in run.errors("invalid")[0]
    assert sorted(amounts(xero)) == [1, 2]


def test_an_option_is_removed_by_its_name(tmp_path, xero):
    publish(tmp_path, xero, records("tracking_categories", [{"Name": "Region"}]))
    [category] = xero.records("TrackingCategories")
    options = [{"TrackingCategoryName": "Region", "Name": name} for name in ("North", "South")]
    publish(tmp_path, xero, records("tracking_categories_options", options))
    rows = [options[0], {"TrackingCategoryID": category["TrackingCategoryID"], "Name": "West"}]
    run = publish(tmp_path, xero, records("tracking_categories_options", rows), method="DELETE")
    assert run.statuses == {"removed": 1, "invalid": 1}, run.log
    assert "has no Options with Name West" in run.errors("invalid")[0]
    [category] = xero.records("TrackingCategories")
    active = [o["Name"] for o in category["Options"] if o.get("Status") == "ACTIVE"]
    assert active == ["South"]


def test_a_theme_gets_a_payment_service_by_name(tmp_path, xero):
    service = {"PaymentServiceName": "ACME Pay", "PaymentServiceUrl": "https://pay.example.com"}
    themed = {"BrandingThemeName": "Standard", "PaymentServiceName": "ACME Pay"}
    wrong = themed | {"PaymentServiceName": "Other"}
    messages = [
        *records("payment_services", [service | {"PayNowText": "Pay"}]),
        *records("branding_themes_payment_services", [themed, wrong]),
    ]
    run = publish(tmp_path, xero, messages)
    assert run.statuses == {"created": 2, "invalid": 1}, run.log
    assert "Xero has no PaymentServices with PaymentServiceName Other" in run.log


def test_columns_of_a_users_own_name_the_parent_of_a_child(tmp_path, xero):
    publish(tmp_path, xero, records("contacts", [{"Name": "Ana"}]))
    streams = {
        "notes": {
            "entity": "Contacts/History",
            "columns": {"Kunde": "Contact.Name", "Text": "Details"},
        },
        "files": {
            "entity": "Contacts/Attachments",
            "columns": {"Kunde": "Contact.Name", "Datei": "FileName", "Inhalt": "Content"},
        },
    }
    content = b64encode(b"hello").decode()
    messages = [
        *records("notes", [{"Kunde": "Ana", "Text": "Called"}]),
        *records("files", [{"Kunde": "Ana", "Datei": "a.txt", "Inhalt": content}]),
    ]
    run = publish(tmp_path, xero, messages, streams=streams)
    assert run.statuses == {"created": 2}, run.log


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"entity": "Contacts/History", "columns": {"K": "Contact.Nam"}}, "'Contact.Nam', which"),
        ({"entity": "Contacts/Histroy"}, "did you mean 'Contacts/History'?"),
        ({"entity": "Invoicess"}, "did you mean 'Invoices'?"),
        ({"entity": "Invoices", "match": ["InvoiceNumbr"]}, "did you mean 'InvoiceNumber'?"),
    ],
)
def test_a_misspelled_setting_of_a_stream_is_refused_at_the_start(tmp_path, xero, settings, text):
    run = publish(tmp_path, xero, records("notes", [{"K": "Ana"}]), streams={"notes": settings})
    assert run.exit_code == 1
    assert text in run.last_line
    assert xero.log == []
