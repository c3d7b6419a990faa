"""Records that are archived in the source, made active again, or deleted by their status."""

from copy_pair import assert_records_match, last_state
from small_company import line_item


def copy_again(pair):
    """Copies what has changed."""
    pair.xero.reset()
    ended = pair.copy(pair.tap(state=pair.state))
    assert ended.returncode == 0, [x for x in pair.results if x["errors"]]
    pair.state = last_state(ended)


def archive_and_restore(pair, method, path, record, status="Status"):
    """Copies an organisation after a record was archived, after it was restored, and so on."""
    for _ in range(2):
        for each in ("ARCHIVED", "ACTIVE"):
            pair.call(method, path, {**record, status: each})
            copy_again(pair)
            assert_records_match(pair)
            assert pair.statuses["updated"]
    copy_again(pair)
    assert pair.writes == []


def test_a_restored_contact_is_restored_in_the_copy_and_gets_its_new_invoice(copied):
    ana = copied.find("Contacts", Name="Ana")
    copied.post("Contacts", {"ContactID": ana["ContactID"], "ContactStatus": "ARCHIVED"})
    copy_again(copied)
    copied.post("Contacts", {"ContactID": ana["ContactID"], "ContactStatus": "ACTIVE"})
    invoice = {
        "Type": "ACCREC",
        "Contact": {"ContactID": ana["ContactID"]},
        "InvoiceNumber": "NEW-1",
        "Date": "2026-03-05",
        "Status": "AUTHORISED",
        "LineItems": [line_item("70")],
    }
    copied.put("Invoices", {**invoice, "DueDate": "2026-04-05"})
    copy_again(copied)

    assert copied.find("Invoices", copied.target, InvoiceNumber="NEW-1")
    assert_records_match(copied)


def test_contacts_are_archived_and_restored_as_often_as_in_the_source(copied):
    ana = copied.find("Contacts", Name="Ana")
    record = {"ContactID": ana["ContactID"], "Name": "Ana"}
    archive_and_restore(copied, "POST", "Contacts", record, "ContactStatus")


def test_accounts_are_archived_and_restored_as_often_as_in_the_source(copied):
    account_id = copied.find("Accounts", Code="205")["AccountID"]
    archive_and_restore(copied, "POST", f"Accounts/{account_id}", {"AccountID": account_id})


def test_tracking_categories_and_options_are_archived_and_restored_as_in_the_source(copied):
    region = copied.find("TrackingCategories", Name="Region")
    path = f"TrackingCategories/{region['TrackingCategoryID']}"
    option_id = next(x["TrackingOptionID"] for x in region["Options"] if x["Name"] == "North")
    archive_and_restore(copied, "POST", f"{path}/Options/{option_id}", {})
    archive_and_restore(copied, "POST", path, {"Name": "Region"})


def test_a_deleted_template_of_invoices_is_deleted_in_the_copy(copied):
    template = {
        "Type": "ACCREC",
        "Contact": {"ContactID": copied.find("Contacts", Name="Ana")["ContactID"]},
        "Status": "DRAFT",
        "Schedule": {
            "Period": 1,
            "Unit": "MONTHLY",
            "DueDate": 10,
            "DueDateType": "OFFOLLOWINGMONTH",
            "StartDate": "2027-02-01",
        },
        "LineItems": [line_item("9")],
    }
    made = copied.put("RepeatingInvoices", template)
    copy_again(copied)
    assert_records_match(copied)

    path = f"RepeatingInvoices/{made['RepeatingInvoiceID']}"
    copied.call("POST", path, {**made, "Status": "DELETED"})
    copy_again(copied)

    assert copied.statuses["removed"] == 1
    assert_records_match(copied)
