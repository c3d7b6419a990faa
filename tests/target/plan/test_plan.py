"""``target-xero plan``: what would happen, what is booked, what it costs; nothing is sent."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from plan_runner import applied, plan_of
from planned_documents import invoice, movement, planned_movement, trial_balance
from target_runner import config_in, lines_of, publish, record, records, schema


def test_a_plan_sends_nothing_and_says_what_would_happen(tmp_path, xero, by_hand):
    by_hand("contacts", {"Name": "Ana", "EmailAddress": "old@example.com"}, {"Name": "Same"})
    rows = [
        *records(
            "contacts", [{"Name": "Ana", "EmailAddress": "new@example.com"}, {"Name": "Same"}]
        ),
        *records("invoices", [invoice("S-1", 100, 50), {"Type": "ACCREC", "Nonsense": 1}]),
    ]
    before = len(xero.calls())
    planned = plan_of(tmp_path, xero, rows)
    new = xero.calls()[before:]
    assert {call["method"] for call in new if call["endpoint"] != "connect/token"} == {"GET"}
    assert planned.exit_code == 3, planned.log
    assert sorted(planned.actions) == ["create", "refuse", "skip", "update"]
    [update] = planned.documents("update")
    [change] = update["changes"]
    assert (change["old"], change["new"]) == ("old@example.com", "new@example.com")
    [skipped] = planned.documents("skip")
    assert skipped["why"] == "Xero has all of it already"
    [refused] = planned.documents("refuse")
    assert "Nonsense" in refused["why"]
    [created] = planned.documents("create")
    assert (created["kind"], created["name"], created["contact"]) == ("Sales invoice", "S-1", "Ana")
    assert created["total"] == 172.5
    assert [(f["field"], f["value"]) for f in created["fields"]][:2] == [
        ("InvoiceNumber", "S-1"),
        ("Contact.Name", "Ana"),
    ]
    assert not (tmp_path / "results.jsonl").exists()
    assert planned.output.splitlines()[-2].startswith("2 records would be sent")
    assert xero.records("Invoices") == []


def test_old_values_are_written_as_people_write_them(tmp_path, xero, by_hand):
    by_hand("invoices", invoice("S-1", 1000))
    changed = invoice("S-1", 999, Contact={"Name": "Di"}, DueDate="2026-12-24")
    planned = plan_of(tmp_path, xero, records("invoices", [changed]), overwrite="any")
    [update] = planned.documents("update")
    assert {each["field"]: (each["old"], each["new"]) for each in update["changes"]} == {
        "Contact": ({"Name": "Ana"}, {"Name": "Di"}),
        "DueDate": ("2026-10-31", "2026-12-24"),
        "LineItems[1].UnitAmount": (1000, 999),
    }
    page = planned.path.with_suffix(".html").read_text()
    for shown in ("<del>Ana</del>", "<del>2026-10-31</del>", "<del>1,000</del>"):
        assert shown in page
    assert "/Date(" not in page


def test_children_of_a_document_that_the_plan_creates_are_sent_after_it(tmp_path, xero):
    note = {"InvoiceNumber": "S-1", "Details": "Checked"}
    rows = [*records("invoices", [invoice("S-1")]), *records("invoices_history", [note])]
    planned = plan_of(tmp_path, xero, rows)
    assert planned.exit_code == 0, planned.log
    run = applied(tmp_path, xero, planned.path)
    assert run.statuses == ["created", "created"], run.log


@pytest.mark.parametrize("named", [True, False], ids=["by name", "by id"])
def test_what_a_document_names_may_come_in_the_same_plan(tmp_path, xero, by_hand, named):
    line = {
        "ItemCode": "Shelf",
        "Quantity": 2,
        "AccountCode": "Harbour sales",
        "UnitAmount": 10,
        "Tracking": [{"Name": "Region", "Option": "North"}],
    }
    option = {"TrackingCategory.Name": "Region", "Name": "North"}
    rows = []
    if not named:
        [own_id] = by_hand("tracking_categories", {"Name": "Region"})
        option = {"TrackingCategoryID": own_id, "Name": "North"}
    rows += [
        *(records("tracking_categories", [{"Name": "Region"}]) if named else []),
        *records("tracking_categories_options", [option]),
        *records("items", [{"Code": "SHELF", "Name": "Shelf"}]),
        *records("accounts", [{"Code": "299", "Name": "Harbour sales", "Type": "REVENUE"}]),
        *records("invoices", [invoice("S-1", LineItems=[line])]),
    ]
    planned = plan_of(tmp_path, xero, rows)
    assert planned.exit_code == 0, planned.log
    before = trial_balance(xero)
    run = applied(tmp_path, xero, planned.path)
    assert run.exit_code == 0, run.log
    assert planned_movement(planned) == movement(before, trial_balance(xero))
    [made] = xero.records("Invoices")
    assert made["LineItems"][0]["Tracking"][0]["Option"] == "North"


def test_the_input_may_come_from_standard_input(tmp_path, xero):
    (tmp_path / "config.json").write_text(json.dumps(config_in(tmp_path, xero)))
    command = [Path(sys.executable).parent / "target-xero", "plan", "--config", "config.json"]
    rows = lines_of(records("contacts", [{"Name": "Ana"}]))
    run = subprocess.run(command, input=rows, cwd=tmp_path, capture_output=True, check=True)
    assert b"1 record would be sent" in run.stdout
    assert {path.name for path in tmp_path.iterdir()} >= {"xero-plan.json", "xero-plan.html"}
    assert (tmp_path / "xero-plan.json").stat().st_mode & 0o077 == 0


def test_a_copy_cannot_be_planned(tmp_path, xero):
    planned = plan_of(tmp_path, xero, [], references="translate")
    assert planned.exit_code == 1
    assert "copy" in planned.log
    assert planned.content == {}


@pytest.mark.parametrize(
    ("setting", "value", "why"),
    [("tenant_id", "{{ Company }}", "one organisation"), ("mirror", True, "not in the input")],
)
def test_a_stream_setting_that_a_plan_cannot_show_is_refused(tmp_path, xero, setting, value, why):
    rows = records("contacts", [{"Name": "Ana", "Company": "Demo"}])
    planned = plan_of(tmp_path, xero, rows, streams={"contacts": {setting: value}})
    assert planned.exit_code == 1
    assert f"streams.contacts.{setting}" in planned.log
    assert why in planned.log
    assert planned.content == {}


def test_rejects_of_earlier_runs_are_not_in_a_plan(tmp_path, xero):
    bad = records("contacts", [{"Name": "x", "EmailAddress": "not an address"}])
    assert publish(tmp_path, xero, bad, retry_rejects=True).statuses == {"rejected": 1}
    good = records("contacts", [{"Name": "Ana"}])
    planned = plan_of(tmp_path, xero, good, retry_rejects=True)
    assert planned.actions == ["create"]


def test_state_is_not_passed_on(tmp_path, xero):
    rows = [*records("contacts", [{"Name": "Ana"}]), {"type": "STATE", "value": {"a": 1}}]
    planned = plan_of(tmp_path, xero, rows)
    assert '"a"' not in planned.output


def test_rows_that_are_empty_or_deleted_in_the_source_are_skipped_with_the_reason(tmp_path, xero):
    rows = [
        schema("contacts"),
        record("contacts", Name=""),
        record("contacts", Name="Ana", _sdc_deleted_at="2026-10-01T00:00:00Z"),
    ]
    planned = plan_of(tmp_path, xero, rows, on_deleted="skip")
    whys = [document["why"] for document in planned.documents("skip")]
    assert len(whys) == 2
    assert "empty" in whys[0]
    assert "deleted" in whys[1]


def test_without_the_scope_for_settings_the_plan_says_that_it_cannot_compute(tmp_path, xero):
    scopes = "accounting.invoices accounting.contacts"
    planned = plan_of(tmp_path, xero, records("invoices", [invoice("S-1")]), scopes=scopes)
    assert planned.exit_code == 0, planned.log
    [note] = planned.content["notes"]
    assert "accounting.settings" in note
    assert planned.documents()[0]["total"] is None
