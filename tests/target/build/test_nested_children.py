"""Children that stand in a record, but that Xero only takes on paths of their own."""

import pytest
from target_runner import publish, records

OPTIONS = {"Name": "Region", "Options": [{"Name": "North"}, {"Name": "South"}]}
MEMBERS = {"Name": "Friends", "Contacts": [{"ContactID": "2b8f0000-0000-4000-8000-000000000001"}]}
ALLOCATIONS = {
    "Type": "ACCRECCREDIT",
    "Contact": {"Name": "Ann"},
    "LineItems": [{"Description": "Tea", "UnitAmount": 1, "AccountCode": "200"}],
    "Allocations": [{"Amount": 1, "Invoice": {"InvoiceNumber": "1"}}],
}


@pytest.mark.parametrize(
    ("stream", "row", "child_stream"),
    [
        ("tracking_categories", OPTIONS, "tracking_categories_options"),
        ("contact_groups", MEMBERS, "contact_groups_contacts"),
        ("credit_notes", ALLOCATIONS, "credit_notes_allocations"),
    ],
)
class TestRecordsWithChildren:
    def test_they_are_refused_with_the_stream_of_the_children(
        self, tmp_path, xero, stream, row, child_stream
    ):
        run = publish(tmp_path, xero, records(stream, [row]))

        assert run.statuses == {"invalid": 1}
        assert f"publish them to the stream '{child_stream}'" in run.errors("invalid")[0]
        assert xero.calls(method="P*") == []

    @pytest.mark.parametrize("how", ["ignore", "read by tap-xero"])
    def test_children_can_be_left_out_with_a_warning(
        self, tmp_path, xero, stream, row, child_stream, how
    ):
        settings = {"unknown_columns": "ignore"} if how == "ignore" else {}
        marked = row if how == "ignore" else {**row, "_tenant_id": "x"}

        run = publish(tmp_path, xero, records(stream, [marked]), **settings)

        assert run.statuses == {"created": 1}, run.log
        assert f"'{child_stream}'; they were left out" in run.results[0]["warnings"][0]

    def test_an_empty_list_is_not_a_child(self, tmp_path, xero, stream, row, child_stream):
        empty = {name: [] if isinstance(value, list) and name != "LineItems" else value
                 for name, value in row.items()}  # fmt: skip

        run = publish(tmp_path, xero, records(stream, [empty]))

        assert run.statuses == {"created": 1}, run.log
        assert child_stream not in str(run.results[0]["warnings"])


def test_options_are_made_by_their_own_stream(tmp_path, xero):
    options = [{"TrackingCategory.Name": "Region", "Name": name} for name in ("North", "South")]
    messages = [
        *records("tracking_categories", [{"Name": "Region"}]),
        *records("tracking_categories_options", options),
    ]

    run = publish(tmp_path, xero, messages)

    assert run.exit_code == 0, run.log
    [category] = xero.records("TrackingCategories")
    assert [option["Name"] for option in category["Options"]] == ["North", "South"]
