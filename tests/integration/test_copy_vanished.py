"""What the source loses without a trace is removed from the copy as well, if the copy made it."""

from copies import assert_the_same, line, state_of


def copied(pair, state=None, **settings):
    """Copies, and clears the log of calls before."""
    pair.xero.reset()
    ended = pair.copy(pair.tap(state=state), **settings)
    assert ended.returncode == 0, [x for x in pair.results if x["errors"]]
    return state_of(ended)


def test_items_accounts_groups_and_options_that_are_deleted_go_from_the_copy(pair):
    pair.call("PUT", "Accounts", {"Code": "206", "Name": "Pies", "Type": "REVENUE"})
    pair.put("ContactGroups", {"Name": "Weekly"})
    region = pair.one("TrackingCategories", Name="Region")
    path = f"TrackingCategories/{region['TrackingCategoryID']}/Options"
    west = pair.call("PUT", path, {"Name": "West"})["Options"][0]
    state = copied(pair)
    assert pair.one("Items", pair.target, Code="LOAF")

    pair.send("DELETE", f"Items/{pair.one('Items', Code='LOAF')['ItemID']}")
    pair.send("DELETE", f"Accounts/{pair.one('Accounts', Code='206')['AccountID']}")
    pair.send("DELETE", f"{path}/{west['TrackingOptionID']}")
    group = pair.one("ContactGroups", Name="Weekly")
    pair.call("POST", f"ContactGroups/{group['ContactGroupID']}", {"Status": "DELETED"})
    state = copied(pair, state)

    assert pair.one("Items", pair.target, Code="LOAF") is None
    assert pair.one("Accounts", pair.target, Code="206") is None
    assert pair.one("ContactGroups", pair.target, Name="Weekly") is None
    theirs = pair.one("TrackingCategories", pair.target, Name="Region")
    assert "West" not in {option["Name"] for option in theirs["Options"]}
    assert pair.statuses["removed"] == 4
    assert_the_same(pair)

    copied(pair, state)
    assert pair.writes == []


def test_an_allocation_that_is_taken_back_is_taken_back_in_the_copy(pair):
    state = copied(pair)
    note = next(x for x in pair.records("CreditNotes", pair.source) if x.get("Allocations"))
    [allocation] = note["Allocations"]
    before = pair.one("Invoices", pair.target, InvoiceNumber="INV-1")["AmountDue"]

    path = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    pair.send("DELETE", f"{path}/{allocation['AllocationID']}")
    copied(pair, state)

    after = pair.one("Invoices", pair.target, InvoiceNumber="INV-1")["AmountDue"]
    assert after - before == allocation["Amount"]
    assert pair.statuses["removed"] == 1
    assert_the_same(pair)


def test_a_contact_that_left_a_group_leaves_it_in_the_copy(pair):
    state = copied(pair)
    group = pair.one("ContactGroups", Name="Daily")
    ana = pair.one("Contacts", Name="Ana")
    pair.send("DELETE", f"ContactGroups/{group['ContactGroupID']}/Contacts/{ana['ContactID']}")
    # Whether that moves a contact's time of change is not documented; an edit surely does.
    pair.post("Contacts", {"ContactID": ana["ContactID"], "EmailAddress": "a@example.com"})
    copied(pair, state)

    assert not pair.one("Contacts", pair.target, Name="Ana").get("ContactGroups")
    assert pair.one("ContactGroups", pair.target, Name="Daily")
    assert_the_same(pair)


def test_a_credit_note_is_voided_after_its_allocations_are_gone(pair):
    state = copied(pair)
    note = next(x for x in pair.records("CreditNotes", pair.source) if x.get("Allocations"))
    path = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    pair.send("DELETE", f"{path}/{note['Allocations'][0]['AllocationID']}")
    pair.post("CreditNotes", {"CreditNoteID": note["CreditNoteID"], "Status": "VOIDED"})
    copied(pair, state)

    number = note["CreditNoteNumber"]
    assert pair.one("CreditNotes", pair.target, CreditNoteNumber=number)["Status"] == "VOIDED"
    assert_the_same(pair)


def test_what_the_copy_only_found_there_stays(pair):
    bread = {"Code": "LOAF", "Name": "Loaf"}
    pair.call("PUT", "Items", {"Items": [bread]}, pair.target)
    state = copied(pair)
    pair.send("DELETE", f"Items/{pair.one('Items', Code='LOAF')['ItemID']}")
    copied(pair, state)

    assert pair.one("Items", pair.target, Code="LOAF")
    assert pair.writes == []


def test_a_list_that_did_not_come_whole_removes_nothing(pair):
    state = copied(pair)
    pair.send("DELETE", f"Items/{pair.one('Items', Code='LOAF')['ItemID']}")
    backup = pair.tap(state=state, emit_activate_version_messages=False)
    assert pair.copy(backup).returncode == 0
    assert pair.one("Items", pair.target, Code="LOAF")


def test_two_backups_one_after_the_other_are_held_to_the_later_one(pair):
    first = pair.tap().read_bytes()
    assert pair.copy(pair.tap()).returncode == 0
    pair.send("DELETE", f"Items/{pair.one('Items', Code='LOAF')['ItemID']}")
    both = pair.folder / "both.jsonl"
    both.write_bytes(first + pair.tap().read_bytes())
    assert pair.copy(both).returncode == 0

    assert pair.one("Items", pair.target, Code="LOAF") is None


def test_what_is_gone_from_the_copy_too_is_no_failure(pair):
    state = copied(pair)
    loaf = pair.one("Items", Code="LOAF")
    theirs = pair.one("Items", pair.target, Code="LOAF")
    pair.send("DELETE", f"Items/{loaf['ItemID']}")
    pair.xero.organisation(pair.target).collections["Items"].pop(theirs["ItemID"])
    copied(pair, state)

    assert pair.writes == []


def test_a_dry_run_says_what_would_be_removed(pair):
    state = copied(pair)
    pair.send("DELETE", f"Items/{pair.one('Items', Code='LOAF')['ItemID']}")
    copied(pair, state, dry_run=True)

    said = [x for x in pair.results if x.get("would") == "remove"]
    assert [x["entity"] for x in said] == ["Items"]
    assert pair.one("Items", pair.target, Code="LOAF")


def test_a_removal_that_was_cut_off_is_done_by_the_next_run(pair):
    state = copied(pair)
    note = pair.put("CreditNotes", {
        "Type": "ACCRECCREDIT", "Contact": {"Name": "Ana"}, "LineItems": [line("1")],
    })  # fmt: skip
    assert note
    pair.send("DELETE", f"Items/{pair.one('Items', Code='LOAF')['ItemID']}")
    pair.xero.fault("unavailable", "Items/*", method="DELETE", times=None)
    failed = pair.copy(pair.tap(state=state))
    assert failed.returncode == 1
    copied(pair, state)

    assert pair.one("Items", pair.target, Code="LOAF") is None
