"""What a stream asks Xero for: parameters, templates, ids, selection; and refused streams."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from tap_runner import TAP, arguments, catalog_of, read, settings_for
from xero_client.entities.nested_lists import CASH_JOURNALS, NESTED_BY_STREAM
from xero_client.entities.reports import REPORT_BY_STREAM
from xero_client.entities.table import ALL_ENTITIES, ENTITIES

T0 = datetime(2026, 1, 1, tzinfo=timezone.utc)
ALL_BY_DEFAULT = {entity.stream for entity in ENTITIES if entity.reading.selected_by_default}


def query(xero, endpoint):
    return xero.calls(endpoint)[-1]["query"]


def test_discovery_needs_neither_settings_nor_network(tmp_path):
    for flags in (["--discover"], ["--about", "--format", "json"], ["--version"]):
        done = subprocess.run(
            [str(TAP), *flags], capture_output=True, check=True, cwd=tmp_path, timeout=60
        )
        assert done.stdout
    catalog = json.loads(
        subprocess.run([str(TAP), "--discover"], capture_output=True, check=True).stdout
    )
    assert {entry["tap_stream_id"] for entry in catalog["streams"]} == {
        *(entity.stream for entity in ALL_ENTITIES if entity.stream != "file_contents"),
        *NESTED_BY_STREAM,
        CASH_JOURNALS,
        *REPORT_BY_STREAM,
    }


def test_costly_and_restricted_streams_are_not_selected_by_default(xero):
    run = read(xero)
    schemas = {message["stream"] for message in run.messages if message["type"] == "SCHEMA"}
    assert schemas == ALL_BY_DEFAULT
    assert not schemas & {
        "journals",
        "payment_services",
        "expense_claims",
        "receipts",
        "budgets",
    }
    assert run.exit_code == 0


def test_an_incremental_run_with_nothing_new_takes_one_call_a_stream(xero):
    first = read(xero)
    xero.reset()
    read(xero, state=first.state)
    lists = [call for call in xero.log if call["endpoint"] not in ("connections", "connect/token")]
    assert len(lists) == len(ALL_BY_DEFAULT)


def test_parameters_of_a_stream_go_into_its_requests(xero):
    read(
        xero,
        ["invoices"],
        streams={"invoices": {"params": {"Statuses": "DRAFT,PAID", "createdByMyApp": True}}},
    )
    asked = query(xero, "Invoices")
    assert asked["Statuses"] == "DRAFT,PAID"
    assert asked["createdByMyApp"] == "true"
    assert asked["unitdp"] == "4"


def test_templates_speak_of_start_today_now_and_tenant(xero):
    where = 'Date >= {{ start | xero_date }} AND Reference == "{{ tenant.name }}"'
    read(
        xero,
        ["invoices"],
        start_date="2026-01-31T23:30:00Z",
        streams={"invoices": {"params": {"where": where, "searchTerm": "{{ today.year }}"}}},
    )
    asked = query(xero, "Invoices")
    name = xero.organisation().name
    assert asked["where"] == f'Date >= DateTime(2026, 01, 31) AND Reference == "{name}"'
    assert asked["searchTerm"] == str(datetime.now(timezone.utc).year)


@pytest.mark.parametrize(
    "template",
    [
        "{{ start | xero_date }}",
        "{{ nothing }}",
        "{{ 'a' ~ }}",
        "{{ ''.__class__ }}",
        "{{ 'a' * 9999999999 }}",
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
    ],
)
def test_a_template_that_cannot_be_rendered_names_its_setting(xero, template):
    run = read(xero, ["invoices"], streams={"invoices": {"params": {"where": template}}})
    assert run.exit_code == 1
    assert "'streams.invoices.params.where'" in run.last_line
    assert not xero.calls("Invoices")


def test_an_explicit_order_wins_over_the_order_by_id(xero):
    read(xero, ["contacts"], streams={"contacts": {"params": {"order": "Name DESC"}}})
    assert query(xero, "Contacts")["order"] == "Name DESC"


def test_pagination_can_be_turned_off(xero):
    read(xero, ["invoices"], streams={"invoices": {"pagination": False}})
    assert not {"page", "pageSize", "order"} & set(query(xero, "Invoices"))


def test_a_stream_can_have_its_own_page_size(xero):
    read(xero, ["invoices"], streams={"invoices": {"page_size": 7}})
    assert query(xero, "Invoices")["pageSize"] == "7"


def test_a_stream_that_does_not_exist_is_named(xero):
    run = read(xero, ["invoices"], streams={"invoicez": {}})
    assert run.exit_code == 1
    assert "'invoicez'" in run.last_line


@pytest.mark.parametrize(
    ("setting", "value"),
    [("page_size", 0), ("page_size", 1001), ("unavailable_streams", "maybe"), ("streams", "x")],
)
def test_a_setting_out_of_its_range_is_named_before_anything_is_sent(xero, setting, value):
    run = read(xero, catalog=catalog_of(["invoices"]), **{setting: value})
    assert run.exit_code == 1
    assert setting in run.last_line
    assert not xero.log


def test_ids_are_read_in_groups_of_forty(xero):
    ids = [xero.add("Contacts", {"Name": f"C{n}", "ContactStatus": "ACTIVE"}) for n in range(95)]
    run = read(xero, ["contacts"], streams={"contacts": {"ids": ids[:90]}})
    assert sorted(run.ids("contacts", "ContactID")) == sorted(ids[:90])
    groups = [call["query"]["IDs"].split(",") for call in xero.calls("Contacts")]
    assert sorted(len(group) for group in groups) == [10, 40, 40]


def test_ids_of_an_entity_without_a_list_parameter_are_read_one_by_one(xero):
    ids = [xero.add("Items", {"Code": f"I{number}"}) for number in range(3)]
    run = read(xero, ["items"], streams={"items": {"ids": ids[:2]}})
    assert sorted(run.ids("items", "ItemID")) == sorted(ids[:2])
    assert not [m for m in run.messages if m["type"] == "ACTIVATE_VERSION"]


def test_an_id_that_does_not_exist_is_named_and_other_streams_are_read(xero):
    missing = "11111111-2222-3333-4444-555555555555"
    run = read(xero, ["items", "accounts"], streams={"items": {"ids": [missing]}})
    assert run.exit_code == 1
    assert missing in run.last_line
    assert run.records("accounts")


def test_archived_records_are_read_unless_they_are_not_wanted(xero):
    xero.add("Contacts", {"Name": "Old", "ContactStatus": "ARCHIVED"})
    assert len(read(xero, ["contacts"]).records("contacts")) == 1
    assert read(xero, ["contacts"], include_archived=False).records("contacts") == []


def test_the_summary_is_asked_for_where_no_selected_property_is_missing_from_it(xero):
    dropped = next(e for e in ENTITIES if e.stream == "invoices").reading.summary_drops
    read(xero, catalog=catalog_of(["invoices"], {"invoices": dropped}))
    assert query(xero, "Invoices")["summaryOnly"] == "true"
    read(xero, ["invoices"])
    assert "summaryOnly" not in query(xero, "Invoices")


def test_a_deselected_property_does_not_come(xero):
    xero.add("Contacts", {"Name": "C", "ContactStatus": "ACTIVE", "EmailAddress": "c@example.com"})
    run = read(xero, catalog=catalog_of(["contacts"], {"contacts": ["EmailAddress"]}))
    [record] = run.records("contacts")
    assert "EmailAddress" not in record
    assert record["Name"] == "C"


@pytest.mark.parametrize("kind", ["insufficient_scope", "forbidden"])
def test_a_stream_that_xero_refuses_does_not_keep_the_others_from_being_read(xero, kind):
    xero.fault(kind, "Contacts", times=None)
    run = read(xero, ["accounts", "contacts", "users"])
    assert run.exit_code == 1
    assert len(xero.calls("Contacts")) == 1
    assert "contacts" in run.last_line
    assert "accounting.contacts.read" in run.last_line
    assert "Xero-Correlation-Id" in run.last_line
    assert run.records("accounts")
    assert xero.calls("Users")


def test_unavailable_streams_can_be_skipped_with_a_warning(xero):
    xero.fault("insufficient_scope", "Contacts", times=None)
    run = read(xero, ["accounts", "contacts"], unavailable_streams="skip")
    assert run.exit_code == 0
    assert "Skipping contacts" in run.log
    assert "accounting.contacts.read" in run.log


def test_skipping_does_not_hide_other_failures(xero):
    xero.fault("missing_key", "Contacts", times=None)
    run = read(xero, ["contacts"], unavailable_streams="skip")
    assert run.exit_code == 1
    assert "contacts" in run.last_line


def test_dates_are_days_instants_are_utc_and_money_is_exact(xero):
    xero.add(
        "Invoices",
        {
            "Type": "ACCREC",
            "Status": "AUTHORISED",
            "Date": date(1969, 7, 20),
            "DueDate": date(2026, 12, 31),
            "UpdatedDateUTC": datetime(2026, 3, 1, 23, 59, 59, 7000, tzinfo=timezone.utc),
            "Total": Decimal("9999999999.99"),
            "CurrencyRate": Decimal("0.123456789012345678"),
            "LineItems": [{"UnitAmount": Decimal("0.1001"), "Quantity": Decimal(3)}],
        },
    )
    run = read(xero, ["invoices"])
    [record] = run.records("invoices")
    assert record["Date"] == "1969-07-20"
    assert record["DueDate"] == "2026-12-31"
    assert record["UpdatedDateUTC"] == "2026-03-01T23:59:59.007Z"
    assert record["Total"] == 9999999999.99
    assert record["LineItems"][0]["UnitAmount"] == 0.1001


def test_a_field_that_the_schema_does_not_know_is_named_once(xero):
    for number in range(3):
        xero.add("Contacts", {"Name": f"C{number}", "ContactStatus": "ACTIVE", "Zodiac": "Leo"})
    run = read(xero, ["contacts"])
    assert run.exit_code == 0
    assert run.log.count("'Zodiac'") == 1
    assert "Zodiac" not in run.records("contacts")[0]
    passed = read(xero, ["contacts"], unknown_fields="pass")
    assert passed.log.count("'Zodiac'") == 1
    assert passed.records("contacts")[0]["Zodiac"] == "Leo"


def test_the_run_ends_with_a_summary_of_records_calls_bytes_and_limits(xero):
    for number in range(3):
        xero.add("Contacts", {"Name": f"C{number}", "ContactStatus": "ACTIVE"})
    log = read(xero, ["contacts"], page_size=2).log
    assert "contacts: 3 records, 2 calls," in log
    assert "limits left: minute" in log


def test_stream_maps_and_flattening_still_work(xero):
    xero.add(
        "Contacts",
        {
            "Name": "C",
            "ContactStatus": "ACTIVE",
            "Balances": {"AccountsReceivable": {"Outstanding": 5}},
        },
    )
    run = read(
        xero,
        ["contacts"],
        stream_maps={"contacts": {"ShoutedName": "Name.upper()"}},
        flattening_enabled=True,
        flattening_max_depth=2,
    )
    [record] = run.records("contacts")
    assert record["ShoutedName"] == "C"
    assert record["Balances__AccountsReceivable__Outstanding"] == 5


def test_batch_files_hold_the_same_records(xero, tmp_path):
    ids = [xero.add("Contacts", {"Name": f"C{n}", "ContactStatus": "ACTIVE"}) for n in range(5)]
    run = read(
        xero,
        ["contacts"],
        batch_config={
            "encoding": {"format": "jsonl", "compression": "gzip"},
            "storage": {"root": f"file://{tmp_path}"},
        },
    )
    [batch] = [message for message in run.messages if message["type"] == "BATCH"]
    lines = [
        json.loads(line)
        for manifest in batch["manifest"]
        for line in gzip.decompress(
            Path(manifest.removeprefix("file://")).read_bytes()
        ).splitlines()
    ]
    assert sorted(line["ContactID"] for line in lines) == sorted(ids)


def test_the_connection_test_reads_a_record_of_each_selected_stream_and_fails_where_it_cannot(
    xero, tmp_path
):
    command = [str(TAP), *arguments(tmp_path, settings_for(xero), None, None), "--test"]
    passed = subprocess.run(command, capture_output=True, check=False)
    assert passed.returncode == 0
    assert b"ERROR" not in passed.stderr
    assert xero.calls("Accounts")
    assert not xero.calls("Journals")
    xero.fault("forbidden", "Contacts", times=None)
    failed = subprocess.run(command, capture_output=True, check=False)
    assert failed.returncode == 1
    assert b"contacts" in failed.stderr.splitlines()[-1]


@pytest.mark.parametrize("option", ["--state", "--catalog", "--config"])
def test_a_file_that_is_not_json_is_named(xero, tmp_path, option):
    broken = tmp_path / "broken.json"
    broken.write_text("{not json")
    command = [str(TAP), *arguments(tmp_path, settings_for(xero), None, None)]
    done = subprocess.run([*command, option, str(broken)], capture_output=True, check=False)
    assert done.returncode != 0
    assert b"broken.json" in done.stderr
    assert not xero.calls("Accounts")


def test_a_variable_that_is_not_a_number_ends_with_a_message(tmp_path):
    done = subprocess.run(
        [str(TAP), "--config", "ENV"],
        capture_output=True,
        check=False,
        env={**os.environ, "TAP_XERO_PAGE_SIZE": "many"},
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert b"TAP_XERO_PAGE_SIZE is 'many'" in done.stderr.splitlines()[-1]
    assert b"Traceback" not in done.stderr
