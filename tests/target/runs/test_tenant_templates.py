"""The setting `tenant_id` of a stream: one run publishes to several organisations."""

import pytest
from target_runner import publish, record, records, schema

pytestmark = pytest.mark.sandbox(companies=["empty", "empty", "empty"])
BY_RECORD = {"tenant_id": "{{ record.org }}"}


@pytest.fixture
def access_token(xero):
    return xero.grant("sandbox-web", tenant_ids=xero.tenant_ids[:2])["access_token"]


def run_to(folder, xero, token, messages, entity="contacts", **settings):
    streams = {entity: {**BY_RECORD, **settings.pop("stream", {})}}
    return publish(folder, xero, messages, access_token=token, streams=streams, **settings)


def names(xero, tenant):
    return sorted(contact["Name"] for contact in xero.records("Contacts", tenant))


def contacts(*rows):
    return records("contacts", [{"Name": name, "org": tenant} for name, tenant in rows])


def test_each_record_goes_to_the_organisation_that_it_names(tmp_path, xero, access_token):
    first, second, _ = xero.tenant_ids
    rows = [("Ann", first), ("Bob", second), ("Cat", first), ("Ann", second)]

    runs = [run_to(tmp_path, xero, access_token, contacts(*rows)) for _ in range(2)]

    assert [run.exit_code for run in runs] == [0, 0], runs[0].log
    assert [run.statuses for run in runs] == [{"created": 4}, {"unchanged": 4}]
    assert names(xero, first) == ["Ann", "Cat"]
    assert names(xero, second) == ["Ann", "Bob"]
    of_run = {(line["key"]["Name"], line["tenant_id"]) for line in runs[0].results}
    assert of_run == set(rows)
    # The records of one organisation leave together.
    assert len(xero.calls("Contacts", "P*")) == 2


def test_an_organisation_may_be_named_by_its_name_in_any_case(tmp_path, xero, access_token):
    second = xero.organisation(xero.tenant_ids[1])

    run = run_to(tmp_path, xero, access_token, contacts(("Ann", second.name.upper())))

    assert run.exit_code == 0, run.log
    assert names(xero, second.tenant_id) == ["Ann"]


@pytest.mark.parametrize("which", ["not connected", "unknown", "empty"])
def test_a_record_that_names_no_connected_organisation_is_invalid(
    tmp_path, xero, access_token, which
):
    first, _, third = xero.tenant_ids
    named = {"not connected": third, "unknown": "Acme", "empty": ""}[which]

    run = run_to(tmp_path, xero, access_token, contacts(("Ann", first), ("Bob", named)))

    assert run.exit_code == 1
    assert run.statuses == {"created": 1, "invalid": 1}
    [problem] = run.errors("invalid")
    assert ("gives no organisation" if which == "empty" else "is not connected") in problem
    assert names(xero, third) == []


def test_rows_of_one_document_belong_to_one_organisation(tmp_path, xero, access_token):
    first, second, _ = xero.tenant_ids
    line = {"Type": "ACCREC", "InvoiceNumber": "1", "Contact.Name": "Ann", "Description": "Tea",
            "UnitAmount": 2, "AccountCode": "200"}  # fmt: skip
    rows = [{**line, "org": tenant} for tenant in (first, first, second)]

    run = run_to(
        tmp_path, xero, access_token, records("invoices", rows), "invoices",
        stream={"group_by": "InvoiceNumber"},
    )  # fmt: skip

    assert run.exit_code == 0, run.log
    assert [len(xero.records("Invoices", t)[0]["LineItems"]) for t in (first, second)] == [2, 1]


def test_an_organisation_that_stops_does_not_stop_the_others(tmp_path, xero, access_token):
    first, second, _ = xero.tenant_ids
    xero.fault("rate_limited", "Contacts", problem="day", retry_after=6000, method="P*",
               times=None, tenant_id=first)  # fmt: skip
    rows = [("Ann", first), ("Bob", second), ("Cat", second)]

    run = run_to(tmp_path, xero, access_token, contacts(*rows))

    assert run.exit_code == 1
    assert names(xero, second) == ["Bob", "Cat"]
    assert run.statuses["created"] == 2
    assert first in run.last_line
    assert run.states == []


def test_rejects_come_back_to_their_organisation(tmp_path, xero, access_token):
    first, second, _ = xero.tenant_ids
    rows = [{"Name": "Ann", "org": first, "SalesDefaultAccountCode": "x9"},
            {"Name": "Bob", "org": second}]  # fmt: skip
    run = run_to(tmp_path, xero, access_token, records("contacts", rows))
    assert run.statuses == {"created": 1, "rejected": 1}, run.log
    for message in run.rejects[1:]:
        message["record"]["SalesDefaultAccountCode"] = "200"

    again = run_to(tmp_path, xero, access_token, run.rejects)

    assert again.exit_code == 0, again.log
    assert names(xero, first) == ["Ann"]


def test_a_stream_without_the_setting_goes_to_the_organisation_of_the_target(
    tmp_path, xero, access_token
):
    first, second, _ = xero.tenant_ids
    messages = [
        *contacts(("Ann", second)),
        schema("items"),
        record("items", Code="T", Name="Tea"),
    ]

    run = run_to(tmp_path, xero, access_token, messages, tenant_id=first)

    assert run.exit_code == 0, run.log
    assert names(xero, second) == ["Ann"]
    assert len(xero.records("Items", first)) == 1
    assert {line["tenant_id"] for line in run.results} == {first, second}


def test_a_dry_run_reads_each_organisation(tmp_path, xero, access_token):
    first, second, _ = xero.tenant_ids
    run_to(tmp_path, xero, access_token, contacts(("Ann", first)))

    rows = [{"Name": "Ann", "FirstName": "A", "org": tenant} for tenant in (first, second)]
    run = run_to(tmp_path, xero, access_token, records("contacts", rows), dry_run=True)

    assert [line["would"] for line in run.results] == ["update", "create"]


def test_a_copy_takes_one_organisation_only(tmp_path, xero, access_token):
    run = run_to(tmp_path, xero, access_token, contacts(), references="translate")

    assert run.exit_code == 1
    assert "streams.contacts.tenant_id" in run.last_line
