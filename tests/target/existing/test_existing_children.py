"""Options and members of groups that Xero has already, published without a log of them."""

import pytest
from target_runner import publish, records

PARENT = {"TrackingCategory": {"Name": "Region"}}


def options(*rows):
    return records("tracking_categories_options", [PARENT | row for row in rows])


def forgotten(tmp_path, name):
    """A state database that has nothing of what was published."""
    return {"store_uri": f"sqlite:///{tmp_path / name}.db"}


@pytest.fixture
def region(tmp_path, xero):
    """A category with the option North."""
    publish(tmp_path, xero, records("tracking_categories", [{"Name": "Region"}]))
    run = publish(tmp_path, xero, options({"Name": "North"}), **forgotten(tmp_path, "first"))
    assert run.statuses == {"created": 1}, run.log


def both(tmp_path, xero, messages, **settings):
    """What a dry run says of each record, and what the run does."""
    settings = forgotten(tmp_path, "second") | settings
    dry = publish(tmp_path, xero, messages, dry_run=True, **settings)
    run = publish(tmp_path, xero, messages, **settings)
    said = [line.get("would") or line["status"] for line in dry.results]
    return said, [line["status"] for line in run.results], run


def found_options(xero):
    [category] = xero.records("TrackingCategories")
    return [(option["Name"], option["Status"]) for option in category["Options"]]


def test_an_option_that_exists_is_unchanged(tmp_path, xero, region):
    rows = options({"Name": "north "}, {"Name": "South"})
    said, done, run = both(tmp_path, xero, rows)
    assert (said, done) == (["unchanged", "create"], ["unchanged", "created"]), run.log
    assert run.results[0]["xero_id"]
    assert [name for name, _ in found_options(xero)] == ["North", "South"]


def test_an_option_that_exists_is_changed_by_its_name(tmp_path, xero, region):
    rows = options({"Name": "North", "Status": "ARCHIVED"})
    assert both(tmp_path, xero, rows)[:2] == (["update"], ["updated"])
    assert found_options(xero) == [("North", "ARCHIVED")]
    # Archived options are found too.
    assert both(tmp_path, xero, rows, **forgotten(tmp_path, "third"))[:2] == (
        ["unchanged"],
        ["unchanged"],
    )


@pytest.mark.parametrize("settings", [{"method": "PUT"}, {"overwrite": "never"}])
def test_an_option_that_exists_is_not_changed_without_leave(tmp_path, xero, region, settings):
    rows = options({"Name": "North", "Status": "ARCHIVED"})
    said, done, run = both(tmp_path, xero, rows, **settings)
    assert (said, done) == (["invalid"], ["invalid"])
    assert "has Name North already" in run.errors("invalid")[0]
    assert "or use POST and 'overwrite' any" in run.errors("invalid")[0]
    assert found_options(xero) == [("North", "ACTIVE")]


def test_two_options_of_one_name_are_invalid(tmp_path, xero, region):
    said, done, run = both(tmp_path, xero, options({"Name": "South"}, {"Name": "SOUTH"}))
    assert (said, done) == (["invalid"] * 2, ["invalid"] * 2)
    assert "is another record of TrackingCategories/Options Name SOUTH" in run.log


def test_a_member_that_a_group_has_is_unchanged(tmp_path, xero):
    publish(tmp_path, xero, records("contacts", [{"Name": "Ana"}, {"Name": "Ben"}]))
    publish(tmp_path, xero, records("contact_groups", [{"Name": "VIP"}]))
    members = [{"ContactGroupName": "VIP", "Contact": {"Name": name}} for name in ("Ana", "Ben")]
    first = records("contact_groups_contacts", members[:1])
    publish(tmp_path, xero, first, **forgotten(tmp_path, "first"))
    said, done, run = both(tmp_path, xero, records("contact_groups_contacts", members))
    assert (said, done) == (["unchanged", "create"], ["unchanged", "created"]), run.log
