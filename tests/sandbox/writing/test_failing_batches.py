"""A request with a failing element saves all of the others, or none.

(xero-facts.md: Batch results)
"""

from datetime import datetime, timezone
from unittest.mock import patch

import pytest

from xero_sandbox.companies.presets import empty_company
from xero_sandbox.model.transaction import copy_record
from xero_sandbox.writing import WriteRequest, write
from xero_sandbox.writing.contacts import contacts

NOW = datetime(2026, 11, 21, 2, tzinfo=timezone.utc)
ELEMENTS = [{"Name": "Ana"}, {"Name": ""}, {"Name": "Ben"}]


@pytest.fixture
def company():
    return empty_company("44444444-4444-4444-8444-444444444444")


def put_contacts(company, **query):
    request = WriteRequest("PUT", ("Contacts",), query, copy_record(ELEMENTS), "Tester")
    return write(company, request, NOW)


def names(company):
    return [record["Name"] for record in company.collections["Contacts"].values()]


def test_by_default_one_failure_keeps_all_from_being_saved(company):
    written = put_contacts(company)
    assert [bool(result.errors) for result in written.results] == [False, True, False]
    assert names(company) == []
    assert company.collections["Contacts"].find("Name", "Ana") == []
    assert all(not notes for notes in company.history.values())


def test_a_company_can_be_set_to_save_the_siblings_as_older_reports_say(company):
    company.default_mode_saves_siblings = True
    put_contacts(company)
    assert names(company) == ["Ana", "Ben"]


@pytest.mark.parametrize("spelling", ["summarizeErrors", "SummarizeErrors"])
def test_without_summaries_each_element_stands_for_itself(company, spelling):
    put_contacts(company, **{spelling: "false"})
    assert names(company) == ["Ana", "Ben"]


def test_a_defect_of_the_sandbox_leaves_nothing_half_done(company):
    broken = patch.object(contacts, "active_by_name", side_effect=[None, ZeroDivisionError])
    with broken, pytest.raises(ZeroDivisionError):
        put_contacts(company, summarizeErrors="false")
    assert names(company) == []


def test_a_number_that_was_rolled_back_is_not_given_twice(company):
    line = {"Description": "x", "UnitAmount": 1, "AccountCode": "200"}
    good = {"Type": "ACCREC", "Contact": {"Name": "Ana"}, "LineItems": [line]}
    good["Status"] = "AUTHORISED"
    batch = [good, {**good, "Type": "NEITHER"}]
    write(company, WriteRequest("PUT", ("Invoices",), {}, batch, "Tester"), NOW)
    assert not company.collections["Journals"]
    write(company, WriteRequest("PUT", ("Invoices",), {}, [good], "Tester"), NOW)
    (journal,) = company.collections["Journals"].values()
    assert journal["JournalNumber"] == 2
