"""Children that are removed by their content, named services, and columns of the user."""

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


@pytest.fixture
def two_sales(tmp_path, xero):
    """The ids of the sales S-1 and S-2."""
    sales = [OWN | {"Type": "ACCREC", "InvoiceNumber": f"S-{n}", "DueDate": "2026-10-31",
                    "LineItems": [LINE]} for n in (1, 2)]  # fmt: skip
    run = publish(tmp_path, xero, records("invoices", sales))
    return {f"S-{n}": result["xero_id"] for n, result in enumerate(run.results, start=1)}


def file_of(number, content, ids, by):
    parent = {"InvoiceNumber": number} if by == "number" else {"InvoiceID": ids[number]}
    return parent | {"FileName": "scan.txt", "Content": b64encode(content).decode()}


@pytest.mark.parametrize("by", ["id", "number"])
def test_files_of_one_name_on_two_records_are_two_files(tmp_path, xero, two_sales, by):
    rows = [file_of("S-1", b"one", two_sales, by), file_of("S-2", b"two", two_sales, by)]
    run = publish(tmp_path, xero, records("invoices_attachments", rows))
    assert run.statuses == {"created": 2}, run.log
    again = publish(tmp_path, xero, records("invoices_attachments", rows))
    assert again.statuses == {"unchanged": 2}, again.log
    changed = [file_of("S-2", b"three", two_sales, by)]
    run = publish(tmp_path, xero, records("invoices_attachments", changed))
    assert run.statuses == {"updated": 1}
    files = xero.organisation().attachments
    contents = [files["Invoices", own_id][0].content for own_id in two_sales.values()]
    assert contents == [b"one", b"three"]


@pytest.mark.parametrize("after_work", [True, False])
def test_a_first_file_whose_response_was_lost_was_created(tmp_path, xero, two_sales, after_work):
    other = records("invoices_attachments", [file_of("S-1", b"one", two_sales, "id")])
    assert publish(tmp_path, xero, other).statuses == {"created": 1}
    xero.fault("server_error", "Invoices/*/Attachments/*", times=None, after_work=after_work)
    rows = records("invoices_attachments", [file_of("S-2", b"two", two_sales, "id")])
    run = publish(tmp_path, xero, rows)
    if not after_work:
        assert run.statuses == {"unknown": 1}
        xero.reset()
        xero.clock.advance(400)
        run = publish(tmp_path, xero, rows)
    assert run.statuses == {"created": 1}, run.log


def test_one_contact_is_a_member_of_two_groups(tmp_path, xero):
    messages = [
        *records("contacts", [{"Name": "Ana"}]),
        *records("contact_groups", [{"Name": "East"}, {"Name": "West"}]),
    ]
    assert publish(tmp_path, xero, messages).statuses == {"created": 3}
    rows = [{"ContactGroup.Name": name, "ContactName": "Ana"} for name in ("East", "West")]
    members = records("contact_groups_contacts", rows)
    assert publish(tmp_path, xero, members).statuses == {"created": 2}
    assert publish(tmp_path, xero, members).statuses == {"unchanged": 2}


def test_a_note_finds_its_item_by_a_name_that_only_one_has(tmp_path, xero):
    items = [
        {"Code": code, "Name": name}
        for code, name in (("A", "Apple"), ("B", "Pear"), ("C", "Pear"))
    ]
    publish(tmp_path, xero, records("items", items))
    notes = [{"Item.Name": name, "Details": "Moved"} for name in ("Apple", "Pear")]
    run = publish(tmp_path, xero, records("items_history", notes))
    assert run.statuses == {"created": 1, "invalid": 1}, run.log
    assert "Xero has 2 Items with Name Pear" in run.errors("invalid")[0]
