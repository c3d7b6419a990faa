"""A name, code or number that one record of the source gives up, and another one takes."""

from copy_pair import assert_records_match, last_state
from small_company import line_item


def copy_again(pair):
    """Copies what has changed; the log then has only the calls of this copy."""
    pair.xero.reset()
    ended = pair.copy(pair.tap(state=pair.state))
    assert ended.returncode == 0, [x for x in pair.results if x["errors"]]
    pair.state = last_state(ended)


def an_invoice(contact, number, amount="70"):
    return {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact["ContactID"]},
        "InvoiceNumber": number,
        "Date": "2026-03-05",
        "DueDate": "2026-04-05",
        "Status": "AUTHORISED",
        "LineItems": [line_item(amount)],
    }


def test_a_new_contact_with_the_earlier_name_of_another_is_copied_as_itself(copied):
    ana = copied.find("Contacts", Name="Ana")
    copied.post("Contacts", {"ContactID": ana["ContactID"], "Name": "Ana (old)"})
    new = copied.put("Contacts", {"Name": "Ana", "EmailAddress": "new@example.com"})
    copied.put("Invoices", an_invoice(new, "NEW-1"))
    copy_again(copied)

    theirs = copied.find("Invoices", copied.target, InvoiceNumber="NEW-1")
    assert theirs["Contact"]["Name"] == "Ana"
    assert_records_match(copied)

    copy_again(copied)
    assert copied.writes == []


def test_new_settings_with_the_earlier_codes_of_others_are_copied_as_themselves(copied):
    loaf = copied.find("Items", Code="LOAF")
    copied.post("Items", {"ItemID": loaf["ItemID"], "Code": "LOAF-OLD"})
    copied.put("Items", {"Code": "LOAF", "Name": "New loaf"})
    group = copied.find("ContactGroups", Name="Daily")
    path = f"ContactGroups/{group['ContactGroupID']}"
    copied.call("POST", path, {"Name": "Daily (old)", "Status": "ACTIVE"})
    copied.put("ContactGroups", {"Name": "Daily"})
    copy_again(copied)

    assert_records_match(copied)


def test_a_new_invoice_with_the_earlier_number_of_another_is_copied_as_itself(copied):
    ana = copied.find("Contacts", Name="Ana")
    copied.put("Invoices", an_invoice(ana, "NEW-1"))
    copy_again(copied)
    first = copied.find("Invoices", InvoiceNumber="NEW-1")
    copied.post("Invoices", {"InvoiceID": first["InvoiceID"], "InvoiceNumber": "NEW-1-OLD"})
    mill = copied.find("Contacts", Name="Mill & Söhne")
    copied.put("Invoices", an_invoice(mill, "NEW-1", "77"))
    copy_again(copied)

    assert_records_match(copied)


def test_a_new_invoice_with_the_number_of_a_deleted_one_is_copied(copied):
    ana = copied.find("Contacts", Name="Ana")
    copied.put("Invoices", {**an_invoice(ana, "NEW-1"), "Status": "DRAFT"})
    copy_again(copied)
    first = copied.find("Invoices", InvoiceNumber="NEW-1")
    copied.post("Invoices", {"InvoiceID": first["InvoiceID"], "Status": "DELETED"})
    copied.put("Invoices", an_invoice(ana, "NEW-1", "77"))
    copy_again(copied)

    theirs = [x for x in copied.records("Invoices") if x["InvoiceNumber"] == "NEW-1"]
    assert {x["Status"] for x in theirs} == {"AUTHORISED", "DELETED"}
    assert copied.statuses["removed"] == 1
    assert_records_match(copied)


def test_an_item_that_was_deleted_and_made_again_is_copied(copied):
    copied.send("DELETE", f"Items/{copied.find('Items', Code='LOAF')['ItemID']}")
    copied.put("Items", {"Code": "LOAF", "Name": "Made again"})
    copy_again(copied)

    assert copied.find("Items", copied.target, Code="LOAF")["Name"] == "Made again"
    assert copied.statuses["removed"] == 1
    assert_records_match(copied)

    copy_again(copied)
    assert copied.writes == []


def test_an_option_is_renamed_and_a_new_one_takes_its_name(copied):
    region = copied.find("TrackingCategories", Name="Region")
    path = f"TrackingCategories/{region['TrackingCategoryID']}/Options"
    option = region["Options"][0]
    copied.call("POST", f"{path}/{option['TrackingOptionID']}", {"Name": "Renamed"})
    copied.call("PUT", path, {"Name": option["Name"]})
    copy_again(copied)

    assert_records_match(copied)


def test_another_invoice_of_the_target_with_the_same_number_is_not_taken_for_the_copy(pair):
    other = {
        **an_invoice(pair.put("Contacts", {"Name": "Other"}, pair.target), "INV-1"),
        "LineItems": [line_item("9999")],
    }
    theirs = pair.put("Invoices", other, pair.target)
    ended = pair.copy(pair.tap(), yes=True)

    assert ended.returncode == 1
    refused = {r["key"].get("InvoiceNumber"): r["errors"] for r in pair.results if r["errors"]}
    assert refused["INV-1"] == ["Invoice # must be unique"]
    untouched = pair.find("Invoices", pair.target, InvoiceNumber="INV-1")
    assert untouched["AmountDue"] == theirs["AmountDue"]
