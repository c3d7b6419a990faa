"""The setting ``include``: streams that are off by default, by a word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from singer_sdk import Tap

from tap_runner import catalog_of, own_logging, read
from tap_xero.tap import TapXero

LINES = "invoice_line_items"
STAGING = Path(__file__).parents[3] / "warehouse/models/staging"


def selected_by_default(tmp_path, include):
    """What ``--discover`` selects with the setting."""
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"include": include}))
    with own_logging():
        result = CliRunner().invoke(TapXero.cli, ["--config", str(config), "--discover"])
    assert result.exit_code == 0, result.output
    return {
        stream["tap_stream_id"]
        for stream in json.loads(result.stdout)["streams"]
        for entry in stream["metadata"]
        if not entry["breadcrumb"] and entry["metadata"]["selected-by-default"]
    }


def test_a_word_means_the_stream_of_the_name_else_all_streams_with_it(tmp_path):
    default = selected_by_default(tmp_path, [])
    words = ["journals", "Line Items", "reports", "payroll_nz", "asset*"]
    added = selected_by_default(tmp_path, words) - default

    assert {name for name in added if "journal" in name} == {"journals"}
    assert {name for name in added if name.endswith("line_items")} >= {LINES, "quote_line_items"}
    assert {name for name in added if name.startswith("asset")} == {
        "assets",
        "asset_details",
        "asset_types",
        "asset_settings",
    }
    assert {"trial_balances", "balance_sheets", "profit_and_loss"} <= added
    assert not [name for name in added if name.endswith("_by_contact")]
    assert {"payroll_nz_employees", "payroll_nz_pay_runs"} <= added
    assert not [name for name in added if name.startswith(("payroll_uk", "payroll_au", "project"))]


def test_a_word_means_streams_that_every_organisation_has_if_there_are_some(tmp_path):
    added = selected_by_default(tmp_path, ["tracking"]) - selected_by_default(tmp_path, [])

    assert {"invoice_line_item_tracking", "tracking_options", "profit_and_loss_by_tracking"} < added
    # Xero refuses these to organisations without the Advanced tier, or without payroll.
    assert not [name for name in added if "journals" in name or "payroll" in name]
    assert "journal_line_tracking" not in added


def test_the_word_warehouse_means_all_that_the_dbt_project_reads_but_journals(tmp_path):
    staged = {path.stem.removeprefix("stg_xero__") for path in STAGING.glob("*.sql")}
    journals = {name for name in staged if name.startswith("journal")}
    default = selected_by_default(tmp_path, [])

    assert len(journals) == 6
    assert selected_by_default(tmp_path, ["warehouse"]) - default == staged - journals - default
    assert selected_by_default(tmp_path, ["warehouse", "journal*"]) - default == staged - default


def test_an_included_stream_is_read_without_a_catalog(xero):
    xero.add("Journals", {"JournalNumber": 7})
    without = read(xero)
    run = read(xero, include=["journals"])

    assert without.records("journals") == []
    assert run.exit_code == 0, run.log
    assert run.ids("journals", "JournalNumber") == [7]
    streams = {m["stream"] for m in run.messages if m["type"] == "SCHEMA"}
    assert streams >= {"invoices", "contacts", "journals"}


def test_an_included_stream_has_all_fields_though_the_catalog_selects_none_of_them(xero):
    xero.add("Invoices", {"Type": "ACCREC", "LineItems": [{"LineItemID": "a", "Description": "x"}]})
    # So Meltano writes what its rules do not select.
    catalog = catalog_of(["invoices"], {"invoices": ["Reference"]})
    for stream in catalog["streams"]:
        if stream["tap_stream_id"] == LINES:
            for entry in stream["metadata"]:
                entry["metadata"]["selected"] = False
    run = read(xero, catalog=catalog, include=["invoices", LINES])

    assert run.exit_code == 0, run.log
    [line] = run.records(LINES)
    assert (line["LineItemID"], line["Description"]) == ("a", "x")
    [invoice] = run.records("invoices")
    assert "Type" in invoice
    assert "Reference" not in invoice


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("journls", "did you mean 'journals'"),
        ("warehose", "did you mean 'warehouse'"),
        ("", "nor a part"),
        ("x*", "nor a"),
    ],
)
def test_a_word_that_means_no_stream_is_an_error_before_anything_is_read(xero, word, hint):
    run = read(xero, ["contacts"], include=[word])

    assert run.exit_code == 1
    assert "'include'" in run.last_line
    assert hint in run.last_line
    assert run.messages == []


def test_the_catalog_has_the_content_of_singer_sdks_own():
    tap = TapXero(config={"copy_history": True}, validate_config=False, setup_mapper=False)
    catalog = json.loads(tap.catalog_json_text)

    assert catalog == json.loads(json.dumps(Tap.catalog_dict.fget(tap)))
    assert tap.catalog_json_text.isascii()


def test_a_stream_map_and_a_selection_of_fields_hold_for_streams_of_a_catalog(xero):
    xero.add("Contacts", {"Name": "Ana", "EmailAddress": "ana@example.com"})
    catalog = catalog_of(["contacts", "currencies"], {"contacts": ["EmailAddress"]})
    plain = read(xero, catalog=catalog)
    mapped = read(xero, catalog=catalog, stream_maps={"contacts": {"upper": "Name.upper()"}})

    [contact] = plain.records("contacts")
    assert contact["Name"] == "Ana"
    assert "EmailAddress" not in contact
    [schema] = [
        message["schema"]
        for message in plain.messages
        if (message["type"], message.get("stream")) == ("SCHEMA", "contacts")
    ]
    assert {"Name", "ContactID"} <= schema["properties"].keys()
    assert "EmailAddress" not in schema["properties"]
    assert mapped.exit_code == 0, mapped.log
    assert [record["upper"] for record in mapped.records("contacts")] == ["ANA"]
