"""Records that are deleted in the source are removed from the target, if the copy created them."""

import time

from copy_pair import assert_records_match, last_state
from small_company import line_item


def copy_again(pair, **settings):
    """Copies what has changed; the log then has only the calls of this copy."""
    pair.xero.reset()
    ended = pair.copy(pair.tap(state=pair.state), **settings)
    assert ended.returncode == 0, [x for x in pair.results if x["errors"]]
    pair.state = last_state(ended)


def test_deleted_items_accounts_groups_and_options_are_removed_from_the_copy(pair):
    pair.call("PUT", "Accounts", {"Code": "206", "Name": "Pies", "Type": "REVENUE"})
    pair.put("ContactGroups", {"Name": "Weekly"})
    region = pair.find("TrackingCategories", Name="Region")
    path = f"TrackingCategories/{region['TrackingCategoryID']}/Options"
    west = pair.call("PUT", path, {"Name": "West"})["Options"][0]
    copy_again(pair)
    assert pair.find("Items", pair.target, Code="LOAF")

    pair.send("DELETE", f"Items/{pair.find('Items', Code='LOAF')['ItemID']}")
    pair.send("DELETE", f"Accounts/{pair.find('Accounts', Code='206')['AccountID']}")
    pair.send("DELETE", f"{path}/{west['TrackingOptionID']}")
    group = pair.find("ContactGroups", Name="Weekly")
    pair.call("POST", f"ContactGroups/{group['ContactGroupID']}", {"Status": "DELETED"})
    copy_again(pair)

    assert pair.find("Items", pair.target, Code="LOAF") is None
    assert pair.find("Accounts", pair.target, Code="206") is None
    assert pair.find("ContactGroups", pair.target, Name="Weekly") is None
    theirs = pair.find("TrackingCategories", pair.target, Name="Region")
    assert "West" not in {option["Name"] for option in theirs["Options"]}
    assert pair.statuses["removed"] == 4
    assert_records_match(pair)

    copy_again(pair)
    assert pair.writes == []


def test_a_deleted_allocation_is_deleted_in_the_copy(copied):
    note = next(x for x in copied.records("CreditNotes", copied.source) if x.get("Allocations"))
    [allocation] = note["Allocations"]
    before = copied.find("Invoices", copied.target, InvoiceNumber="INV-1")["AmountDue"]

    path = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    copied.send("DELETE", f"{path}/{allocation['AllocationID']}")
    copy_again(copied)

    after = copied.find("Invoices", copied.target, InvoiceNumber="INV-1")["AmountDue"]
    assert after - before == allocation["Amount"]
    assert copied.statuses["removed"] == 1
    assert_records_match(copied)


def test_a_contact_that_was_removed_from_a_group_is_removed_from_it_in_the_copy(copied):
    group = copied.find("ContactGroups", Name="Daily")
    ana = copied.find("Contacts", Name="Ana")
    copied.send("DELETE", f"ContactGroups/{group['ContactGroupID']}/Contacts/{ana['ContactID']}")
    # It is not documented whether that changes a contact's UpdatedDateUTC; an edit does.
    copied.post("Contacts", {"ContactID": ana["ContactID"], "EmailAddress": "a@example.com"})
    copy_again(copied)

    assert not copied.find("Contacts", copied.target, Name="Ana").get("ContactGroups")
    assert copied.find("ContactGroups", copied.target, Name="Daily")
    assert_records_match(copied)


def test_a_credit_note_is_voided_after_its_allocations_are_deleted(copied):
    note = next(x for x in copied.records("CreditNotes", copied.source) if x.get("Allocations"))
    path = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    copied.send("DELETE", f"{path}/{note['Allocations'][0]['AllocationID']}")
    copied.post("CreditNotes", {"CreditNoteID": note["CreditNoteID"], "Status": "VOIDED"})
    copy_again(copied)

    number = note["CreditNoteNumber"]
    assert copied.find("CreditNotes", copied.target, CreditNoteNumber=number)["Status"] == "VOIDED"
    assert_records_match(copied)


def test_a_record_that_the_copy_only_found_is_not_removed(pair):
    bread = {"Code": "LOAF", "Name": "Loaf"}
    pair.call("PUT", "Items", {"Items": [bread]}, pair.target)
    copy_again(pair)
    pair.send("DELETE", f"Items/{pair.find('Items', Code='LOAF')['ItemID']}")
    copy_again(pair)

    assert pair.find("Items", pair.target, Code="LOAF")
    assert pair.writes == []


def test_an_incomplete_list_removes_nothing(copied):
    copied.send("DELETE", f"Items/{copied.find('Items', Code='LOAF')['ItemID']}")
    backup = copied.tap(state=copied.state, emit_activate_version_messages=False)
    ended = copied.copy(backup)
    assert ended.returncode == 0
    assert "What was deleted in the source since then stays in the target" in ended.stderr
    assert copied.find("Items", copied.target, Code="LOAF")


def test_of_two_backups_in_one_run_the_later_one_counts(pair):
    first = pair.tap().read_bytes()
    time.sleep(1)  # the version of a whole table is the second in which its run began
    assert pair.copy(pair.tap()).returncode == 0
    pair.send("DELETE", f"Items/{pair.find('Items', Code='LOAF')['ItemID']}")
    both = pair.folder / "both.jsonl"
    both.write_bytes(first + pair.tap().read_bytes())
    assert pair.copy(both).returncode == 0

    assert pair.find("Items", pair.target, Code="LOAF") is None


def test_a_record_that_is_deleted_in_the_copy_too_is_not_an_error(copied):
    loaf = copied.find("Items", Code="LOAF")
    theirs = copied.find("Items", copied.target, Code="LOAF")
    copied.send("DELETE", f"Items/{loaf['ItemID']}")
    copied.xero.organisation(copied.target).collections["Items"].pop(theirs["ItemID"])
    copy_again(copied)

    assert copied.writes == []


def test_a_dry_run_says_what_would_be_removed(copied):
    copied.send("DELETE", f"Items/{copied.find('Items', Code='LOAF')['ItemID']}")
    copy_again(copied, dry_run=True)

    said = [x for x in copied.results if x.get("would") == "remove"]
    assert [x["entity"] for x in said] == ["Items"]
    assert copied.find("Items", copied.target, Code="LOAF")


def test_a_removal_that_failed_is_done_by_the_next_run(copied, prompt):
    note = copied.put("CreditNotes", {
        "Type": "ACCRECCREDIT", "Contact": {"Name": "Ana"}, "LineItems": [line_item("1")],
    })  # fmt: skip
    assert note
    copied.send("DELETE", f"Items/{copied.find('Items', Code='LOAF')['ItemID']}")
    copied.xero.fault("unavailable", "Items/*", method="DELETE", times=None)
    failed = copied.copy(copied.tap(state=copied.state))
    assert failed.returncode == 1
    copy_again(copied)

    assert copied.find("Items", copied.target, Code="LOAF") is None
