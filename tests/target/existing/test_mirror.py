"""The setting `mirror`: what a stream published and that did not come again is removed."""

import pytest
from target_runner import publish, record, records, schema

MIRROR = {"streams": {"people": {"entity": "Contacts", "mirror": True}}}


def complete(stream="people", version=1):
    return {"type": "ACTIVATE_VERSION", "stream": stream, "version": version}


def people(*names, end=True):
    """A full read of a table of people."""
    rows = [{"Name": name} for name in names]
    return [*records("people", rows), *([complete()] if end else [])]


def run_with(folder, xero, messages, **settings):
    return publish(folder, xero, messages, **MIRROR | settings)


def active(xero, tenant=""):
    return sorted(
        contact["Name"]
        for contact in xero.records("Contacts", tenant)
        if contact.get("ContactStatus", "ACTIVE") == "ACTIVE"
    )


def test_what_did_not_come_again_is_removed(tmp_path, xero):
    run_with(tmp_path, xero, people("Ann", "Bob", "Cat"))
    run = run_with(tmp_path, xero, people("Ann", "Cat"))
    last = run_with(tmp_path, xero, people("Ann", "Cat"))

    assert run.exit_code == 0, run.log
    assert run.statuses == {"unchanged": 2, "removed": 1}
    assert active(xero) == ["Ann", "Cat"]
    assert last.statuses == {"unchanged": 2}


def test_what_others_published_stays(tmp_path, xero):
    publish(tmp_path, xero, records("contacts", [{"Name": "Zoe"}]))
    run_with(tmp_path, xero, people("Ann", "Bob"))
    run_with(tmp_path, xero, people("Ann"))

    assert active(xero) == ["Ann", "Zoe"]


def test_without_the_setting_everything_stays(tmp_path, xero):
    streams = {"people": {"entity": "Contacts"}}
    publish(tmp_path, xero, people("Ann", "Bob"), streams=streams)
    publish(tmp_path, xero, people("Ann"), streams=streams)

    assert active(xero) == ["Ann", "Bob"]


class TestInputThatIsNotWhole:
    @pytest.fixture(autouse=True)
    def _first_run(self, tmp_path, xero):
        run = run_with(tmp_path, xero, people("Ann", "Bob", "Cat"))
        assert run.statuses == {"created": 3}, run.log

    @pytest.mark.parametrize(
        "messages",
        [
            people("Ann", end=False),
            [schema("people"), complete()],
            [schema("people"), complete(), record("people", Name="Ann")],
            [*people("Ann"), record("people", Name="Bob")],
            [complete("others"), *people("Ann", end=False)],
        ],
        ids=["without the end", "empty", "the end before the records", "records after the end",
             "the end of another stream"],
    )  # fmt: skip
    def test_nothing_is_removed(self, tmp_path, xero, messages):
        run = run_with(tmp_path, xero, messages)

        assert run.exit_code == 0, run.log
        assert "mirror removes nothing" in run.log
        assert active(xero) == ["Ann", "Bob", "Cat"]

    @pytest.mark.parametrize("on_reject", ["fail", "skip"])
    def test_nothing_is_removed_if_a_record_was_not_published(self, tmp_path, xero, on_reject):
        rows = [{"Name": "Ann"}, {"Name": "Bob", "SalesDefaultAccountCode": "x9"}]

        run = run_with(tmp_path, xero, [*records("people", rows), complete()], on_reject=on_reject)

        assert run.statuses == {"unchanged": 1, "rejected": 1}
        assert "some of its records were not published" in run.log
        assert active(xero) == ["Ann", "Bob", "Cat"]

    def test_nothing_is_removed_if_a_line_cannot_be_read(self, tmp_path, xero):
        run = run_with(tmp_path, xero, [*people("Ann"), b'{"type": "RECORD", "stre\n'])

        assert run.exit_code == 1
        assert active(xero) == ["Ann", "Bob", "Cat"]

    def test_the_next_whole_run_removes(self, tmp_path, xero):
        run_with(tmp_path, xero, people("Ann", end=False))
        run_with(tmp_path, xero, people("Bob"))
        run = run_with(tmp_path, xero, people("Bob"))

        # Ann came since the last whole run, in the one that was interrupted.
        assert run.statuses == {"unchanged": 1, "removed": 1}
        assert active(xero) == ["Bob"]


def test_an_interrupted_read_that_goes_on_is_one_read(tmp_path, xero):
    run_with(tmp_path, xero, people("Ann", "Bob", "Cat"))
    run_with(tmp_path, xero, people("Ann", "Bob", end=False))
    run = run_with(tmp_path, xero, people("Cat"))

    assert run.statuses == {"unchanged": 1}
    assert active(xero) == ["Ann", "Bob", "Cat"]


def test_more_than_half_is_removed_only_if_it_is_asked_for(tmp_path, xero):
    names = [f"Contact {number:02}" for number in range(24)]
    run_with(tmp_path, xero, people(*names))

    refused = run_with(tmp_path, xero, people(*names[:8]))
    count = len(active(xero))
    streams = {"people": {"entity": "Contacts", "mirror": "all"}}
    run = run_with(tmp_path, xero, people(*names[:8]), streams=streams)

    assert refused.exit_code == 1
    assert "16 of 24 records did not come again" in refused.last_line
    assert count == 24
    assert run.exit_code == 0, run.log
    assert active(xero) == names[:8]


def test_a_record_of_two_streams_is_removed_when_it_is_in_neither(tmp_path, xero):
    streams = {name: {"entity": "Contacts", "mirror": True} for name in ("people", "staff")}

    def run(*names):
        staff = [*records("staff", [{"Name": name} for name in names]), complete("staff")]
        return publish(tmp_path, xero, [*people("Ann"), *staff], streams=streams)

    publish(tmp_path, xero, people("Ann", "Bob"), streams=streams)
    run("Bob", "Cat")
    kept = active(xero)
    run("Cat")

    assert kept == ["Ann", "Bob", "Cat"]
    assert active(xero) == ["Ann", "Cat"]


def test_a_dry_run_shows_that_a_record_of_two_streams_would_be_removed(tmp_path, xero):
    streams = {name: {"entity": "Contacts", "mirror": True} for name in ("people", "staff")}

    def run(*names, **settings):
        staff = [*records("staff", [{"Name": name} for name in names]), complete("staff")]
        return publish(tmp_path, xero, [*people(*names), *staff], streams=streams, **settings)

    run("Ann", "Bob")
    dry = run("Ann", dry_run=True)

    assert [line["would"] for line in dry.results] == ["unchanged", "unchanged", "remove"]
    assert run("Ann").statuses == {"unchanged": 2, "removed": 1}


def test_what_a_stream_published_to_another_entity_stays(tmp_path, xero):
    def run(entity, *rows):
        streams = {"rows": {"entity": entity, "mirror": True}}
        return publish(tmp_path, xero, [*records("rows", rows), complete("rows")], streams=streams)

    run("Contacts", {"Name": "Ann"}, {"Name": "Bob"})
    first = run("Items", {"Code": "A"}, {"Code": "B"})
    second = run("Items", {"Code": "A"})

    assert first.statuses == {"created": 2}, first.log
    assert second.statuses == {"unchanged": 1, "removed": 1}
    assert active(xero) == ["Ann", "Bob"]


def test_what_a_stream_published_to_another_entity_is_not_among_its_records(tmp_path, xero):
    names = [f"R{number:02}" for number in range(18)]

    def run(entity, field, names):
        streams = {"rows": {"entity": entity, "mirror": True}}
        messages = [*records("rows", [{field: name} for name in names]), complete("rows")]
        return publish(tmp_path, xero, messages, streams=streams)

    run("Contacts", "Name", names)
    run("Items", "Code", names)

    assert "12 of 18 records did not come again" in run("Items", "Code", names[:6]).last_line


def test_documents_of_rows_are_voided(tmp_path, xero):
    streams = {"sales": {"entity": "Invoices", "group_by": "InvoiceNumber", "mirror": True}}
    line = {"Type": "ACCREC", "Contact.Name": "Ann", "Status": "AUTHORISED", "Date": "2026-10-01",
            "DueDate": "2026-10-31", "Description": "Tea", "UnitAmount": 2,
            "AccountCode": "200"}  # fmt: skip

    def run(*numbers):
        rows = [{**line, "InvoiceNumber": number} for number in numbers]
        messages = [*records("sales", rows), complete("sales")]
        return publish(tmp_path, xero, messages, streams=streams)

    run("1", "1", "2")
    result = run("1", "1")

    assert result.statuses == {"unchanged": 1, "removed": 1}, result.log
    [removed] = [line for line in result.results if line["status"] == "removed"]
    assert removed["key"] == {"InvoiceNumber": "2"}
    assert {i["InvoiceNumber"]: i["Status"] for i in xero.records("Invoices")} == {
        "1": "AUTHORISED", "2": "VOIDED",
    }  # fmt: skip


def test_what_cannot_be_removed_is_named_and_tried_again(tmp_path, xero):
    streams = {"stock": {"entity": "Items", "mirror": True}}

    def run(*codes):
        rows = [{"Code": code, "Name": code} for code in codes]
        return publish(tmp_path, xero, [*records("stock", rows), complete("stock")],
                       streams=streams)  # fmt: skip

    run("A", "B")
    xero.fault("status", "Items/*", method="DELETE", status=400,
               body='{"Type": "ValidationException", "Message": "in use"}')  # fmt: skip
    refused = run("A")
    again = run("A")

    assert refused.exit_code == 1
    assert refused.statuses == {"unchanged": 1, "rejected": 1}
    assert "item B: " in refused.log
    assert refused.rejects == []
    assert again.statuses == {"unchanged": 1, "removed": 1}


def test_a_dry_run_shows_what_would_be_removed(tmp_path, xero):
    run_with(tmp_path, xero, people("Ann", "Bob"))

    runs = [run_with(tmp_path, xero, people("Ann"), dry_run=True) for _ in range(2)]

    for run in runs:
        assert [line["would"] for line in run.results] == ["unchanged", "remove"]
    assert active(xero) == ["Ann", "Bob"]
    assert run_with(tmp_path, xero, people("Ann")).statuses == {"unchanged": 1, "removed": 1}


SHOP = {"Code": "299", "Name": "Shop", "Type": "REVENUE"}


@pytest.mark.parametrize("key", [[], ["id"]])
@pytest.mark.parametrize(("entity", "row", "status"), [
    ("Contacts", {"Name": "Shop"}, "ContactStatus"),
    ("Contacts", {"Name": "Shop", "ContactNumber": "C-1"}, "ContactStatus"),
    ("Accounts", SHOP, "Status"),
])  # fmt: skip
def test_what_was_archived_and_comes_again_is_active_again(
    tmp_path, xero, entity, row, status, key
):
    streams = {"rows": {"entity": entity, "mirror": True}}
    other = {"Name": "Ann", "id": 1} | ({"Code": "298", "Type": "REVENUE"} if row is SHOP else {})

    def run(*rows, **settings):
        messages = [*records("rows", rows, key), complete("rows")]
        return publish(tmp_path, xero, messages, streams=streams, unknown_columns="ignore",
                       **settings)  # fmt: skip

    def statuses():
        return [each[status] for each in xero.records(entity) if each["Name"] == "Shop"]

    row = row | {"id": 2}
    run(other, row)
    if entity == "Accounts":  # one that is used cannot be deleted
        line = {"Description": "x", "UnitAmount": "1", "AccountCode": "299"}
        sale = {"Contact": {"Name": "Ann"}, "LineItems": [line]}
        publish(tmp_path, xero, records("sales_invoices", [sale]))
    for _ in range(2):
        assert run(other).statuses == {"unchanged": 1, "removed": 1}
        assert statuses() == ["ARCHIVED"]
        dry = run(other, row, dry_run=True)
        assert [line["would"] for line in dry.results] == ["unchanged", "update"]
        assert run(other, row).statuses == {"unchanged": 1, "updated": 1}
        assert statuses() == ["ACTIVE"]
    assert run(other, row).statuses == {"unchanged": 2}


@pytest.mark.usefixtures("no_waiting", "one_try")
def test_what_comes_again_after_a_removal_without_a_response_is_published(tmp_path, xero):
    run_with(tmp_path, xero, people("Ann", "Bob"))
    xero.fault("reset", "Contacts", method="POST", after_work=True, times=None)
    xero.fault("unavailable", "Contacts", method="GET", nth=2, times=None)
    lost = run_with(tmp_path, xero, people("Ann"))
    assert active(xero) == ["Ann"]
    xero.reset()

    run = run_with(tmp_path, xero, people("Ann", "Bob"))

    assert lost.statuses == {"unchanged": 1, "unknown": 1}, lost.log
    assert run.statuses == {"unchanged": 1, "updated": 1}, run.log
    assert active(xero) == ["Ann", "Bob"]


def test_a_record_with_an_earlier_name_of_one_that_was_archived_is_another(tmp_path, xero):
    def run(*rows):
        return run_with(tmp_path, xero, [*records("people", rows), complete()])

    ann, bob = {"Name": "Ann"}, {"Name": "Bob"}
    run(ann, bob)
    [bob_id] = [each["ContactID"] for each in xero.records("Contacts") if each["Name"] == "Bob"]
    run(ann, {"ContactID": bob_id, "Name": "Robert"})
    assert run(ann).statuses == {"unchanged": 1, "removed": 1}
    assert run(ann, bob).statuses == {"unchanged": 1, "created": 1}
    assert [each["Name"] for each in xero.records("Contacts")] == ["Ann", "Robert", "Bob"]


@pytest.mark.sandbox(companies=["empty", "empty"])
def test_each_organisation_is_mirrored_alone(tmp_path, xero):
    first, second = xero.tenant_ids
    token = xero.grant("sandbox-web")["access_token"]
    stream = {"entity": "Contacts", "mirror": True, "tenant_id": "{{ record.org }}"}

    def run(*rows):
        found = [{"Name": name, "org": tenant} for name, tenant in rows]
        return publish(tmp_path, xero, [*records("people", found), complete()],
                       access_token=token, streams={"people": stream})  # fmt: skip

    run(("Ann", first), ("Bob", first), ("Ann", second), ("Cat", second))
    result = run(("Ann", first))

    assert result.exit_code == 0, result.log
    assert active(xero, first) == ["Ann"]
    # No record of the second organisation came: nothing is removed there.
    assert active(xero, second) == ["Ann", "Cat"]


def test_records_are_mirrored_in_postgresql(tmp_path, xero, fresh_postgres_uri):
    settings = {"store_uri": fresh_postgres_uri}
    run_with(tmp_path, xero, people("Ann", "Bob"), **settings)
    run = run_with(tmp_path, xero, people("Ann"), **settings)

    assert run.statuses == {"unchanged": 1, "removed": 1}, run.log


def test_a_reject_that_is_tried_again_does_not_make_a_stream_whole(tmp_path, xero):
    run_with(tmp_path, xero, people("Ann", "Bob"))
    wrong = records("people", [{"Name": "Cat", "SalesDefaultAccountCode": "x9"}])
    run_with(tmp_path, xero, wrong, retry_rejects=True)

    run = run_with(tmp_path, xero, [schema("people"), complete()], retry_rejects=True)

    assert run.statuses == {"rejected": 1}
    assert active(xero) == ["Ann", "Bob"]


@pytest.mark.parametrize(
    ("stream", "problem"),
    [
        ({"entity": "Invoices/History"}, "cannot be removed"),
        ({"entity": "Currencies"}, "DELETE does not exist for Currencies"),
        ({"path": "/Setup"}, "cannot be removed"),
        ({"entity": "Contacts", "method": "DELETE"}, "removes records itself"),
    ],
)
def test_a_stream_that_cannot_be_mirrored_is_refused(tmp_path, xero, stream, problem):
    run = publish(tmp_path, xero, people("Ann"), streams={"people": {**stream, "mirror": True}})

    assert run.exit_code == 1
    assert "streams.people.mirror" in run.last_line
    assert problem in run.last_line
    assert xero.calls() == []
