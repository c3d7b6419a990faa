"""Settings and states that cannot work end in one line that names them, without a traceback."""

from __future__ import annotations

import pytest

from tap_runner import read

ENCODING = {"format": "jsonl", "compression": "gzip"}


def refused(run, *texts):
    assert run.exit_code == 1
    assert "Traceback" not in run.log
    for text in texts:
        assert text in run.last_line, run.last_line


@pytest.mark.parametrize("value", [5, 1.5, True, "invoices", ["a"]])
def test_custom_streams_that_are_not_an_object_are_named(xero, value):
    refused(read(xero, ["contacts"], custom_streams=value), "custom_streams")


def test_an_outcome_path_that_cannot_be_one_is_named(xero):
    refused(read(xero, ["contacts"], outcome_path="a\0b"), "Setting 'outcome_path'")


@pytest.mark.parametrize(
    "batches",
    [
        {"root": "file:///tmp"},
        {"encoding": ENCODING},
        {"encoding": {}, "storage": {"root": "file:///tmp"}},
        {"encoding": ENCODING, "storage": {}},
        {"encoding": ENCODING, "storage": {"root": "file:///tmp"}, "batch_size": 0},
        {"encoding": None, "storage": {"root": "file:///tmp"}},
        {"encoding": ENCODING, "storage": {"root": None}},
        {"encoding": {**ENCODING, "level": 1}, "storage": {"root": "file:///tmp"}},
        {"encoding": ENCODING, "storage": {"root": "file:///tmp", "rot": "x"}},
        {"encoding": ENCODING, "storage": {"root": "foo://x"}},
        {"encoding": ENCODING, "storage": {"root": "s3://bucket/folder"}},
        {"encoding": ENCODING, "storage": {"root": "s3:/folder"}},
        {"encoding": ENCODING, "storage": {"root": "memory://folder"}},
        {"encoding": ENCODING, "storage": {"root": "zip://folder"}},
        {"encoding": ENCODING, "storage": {"root": f"file://{__file__}/folder"}},
        {"encoding": {"format": "parquet"}, "storage": {"root": "file:///tmp"}},
    ],
)
def test_batches_that_cannot_be_written_are_named_before_any_call(xero, batches):
    xero.add("Contacts", {"Name": "A", "ContactStatus": "ACTIVE"})
    run = read(xero, ["contacts"], batch_config=batches)
    refused(run, "batch_config")
    assert run.messages == []
    assert not xero.log


def test_batches_are_written_to_a_root(xero, tmp_path):
    xero.add("Contacts", {"Name": "A", "ContactStatus": "ACTIVE"})
    storage = {"root": f"file://{tmp_path}", "prefix": "a-", "params": {"auto_mkdir": True}}
    run = read(xero, ["contacts"], batch_config={"encoding": ENCODING, "storage": storage})
    assert run.exit_code == 0, run.log
    assert [path.name[:2] for path in tmp_path.iterdir()] == ["a-"]


def test_empty_batches_are_no_batches(xero):
    contact_id = xero.add("Contacts", {"Name": "A", "ContactStatus": "ACTIVE"})
    run = read(xero, ["contacts"], batch_config={})
    assert run.ids("contacts", "ContactID") == [contact_id]


@pytest.mark.parametrize(
    ("stream_map", "reason"),
    [
        ({"x": "int(Name)"}, "'Ana'"),
        ({"x": "foo(Name)"}, "foo"),
        ({"__filter__": "Nme == 'Ana'"}, "Nme"),
    ],
)
def test_an_expression_that_fails_is_named_with_its_stream_and_record(xero, stream_map, reason):
    contact_id = xero.add("Contacts", {"Name": "Ana", "ContactStatus": "ACTIVE"})
    run = read(xero, ["contacts"], stream_maps={"contacts": stream_map})
    refused(run, "Setting 'stream_maps'", "contacts", reason, contact_id)


def test_an_expression_that_fails_for_a_line_is_named(xero):
    lines = [{"LineItemID": "a", "Description": "x"}]
    xero.add("Invoices", {"Type": "ACCREC", "LineItems": lines})
    maps = {"invoice_line_items": {"x": "int(Description)"}}
    run = read(xero, ["invoices", "invoice_line_items"], stream_maps=maps)
    refused(run, "Setting 'stream_maps'", "invoice_line_items")


@pytest.mark.parametrize(
    ("name", "hint"), [("contact", "did you mean 'contacts'?"), ("nothing*", "'nothing*'")]
)
def test_a_map_of_a_stream_that_does_not_exist_is_refused(xero, name, hint):
    run = read(xero, ["contacts"], stream_maps={name: {"EmailAddress": None}})
    refused(run, "Setting 'stream_maps'", hint)
    assert run.messages == []


@pytest.mark.parametrize(
    ("stream_map", "hint"),
    [
        ({"EmailAdress": None}, "hides 'EmailAdress', which is not a field of the stream: did you"),
        ({"EmailAdress": "__NULL__"}, "did you mean 'EmailAddress'?"),
        ({"Balances.Total": None}, "to hide a part of 'Balances', deselect it in the catalog"),
        ({"Balances__Total": None}, "to hide a part of 'Balances', deselect it in the catalog"),
        ({"__filtr__": "False"}, "'__filtr__', which is not an option of stream maps: did you"),
    ],
)
@pytest.mark.parametrize("name", ["contacts", "contact?", "people"])
def test_a_field_to_hide_that_does_not_exist_is_refused(xero, name, stream_map, hint):
    source = {"__source__": "contacts"} if name == "people" else {}
    run = read(xero, ["contacts"], stream_maps={name: {**source, **stream_map}})
    refused(run, f"Setting 'stream_maps.{name}'", hint)
    assert not xero.log


def test_a_field_to_hide_may_be_that_of_one_stream_of_a_pattern_or_may_not_be_known(xero):
    xero.add("Contacts", {"Name": "A", "ContactStatus": "ACTIVE", "EmailAddress": "a@b.c"})
    run = read(xero, ["contacts"], stream_maps={"*": {"EmailAddress": None, "LineItems": None}})
    assert run.exit_code == 0, run.log
    assert "EmailAddress" not in run.records("contacts")[0]
    assert read(xero, ["accounts"], stream_maps={"contacts": {"x": None}}).exit_code == 0
    run = read(xero, ["contacts"], stream_maps={"contacts": {"New": None}}, unknown_fields="pass")
    assert run.exit_code == 0, run.log
    assert "'stream_maps.contacts' hides 'New', which is not a field" in run.log


def test_numbers_in_expressions_are_exact(xero):
    lines = [{"Description": "x", "UnitAmount": "1.1", "AccountCode": "200"}]
    invoice = {"Type": "ACCREC", "Contact": {"Name": "A"}, "LineItems": lines}
    xero.add("Invoices", {**invoice, "Total": "1.1", "LineAmountTypes": "NoTax"})
    stream_map = {"__filter__": "Total == 1.1", "WithTax": "Total * 1.15"}
    run = read(xero, ["invoices"], stream_maps={"invoices": stream_map})
    assert run.exit_code == 0, run.log
    assert [each["WithTax"] for each in run.records("invoices")] == [1.265]


@pytest.mark.parametrize(
    ("stream_map", "text"),
    [({"Name": " "}, "'Name': to hide it, set it to null"), ({"__source__": None}, "names None")],
)
def test_an_empty_expression_or_source_is_refused(xero, stream_map, text):
    run = read(xero, ["contacts"], stream_maps={"contacts": stream_map})
    refused(run, "stream_maps", text)
    assert not xero.log


@pytest.mark.parametrize("text", ["01/02/2026", "2026-13-01", "yesterday", "20260101"])
def test_a_start_date_that_is_not_a_date_is_refused_before_any_call(xero, text):
    run = read(xero, ["accounts", "contacts"], start_date=text)
    refused(run, f"Setting 'start_date' is {text!r}, which is not a date")
    assert not xero.log


def test_a_number_with_a_fraction_is_shown_as_it_was_written(xero):
    refused(read(xero, ["contacts"], page_size=1.5), "1.5 is not of type 'integer'")


def test_a_run_without_a_selected_stream_warns(xero):
    run = read(xero, [])
    assert run.exit_code == 0
    assert "No stream is selected: select one in the catalog, or name one in the setting" in run.log
    assert "No stream is selected" not in read(xero, ["contacts"]).log


def test_maps_of_patterns_of_other_streams_and_of_streams_that_are_off_are_taken(xero):
    xero.add("Contacts", {"Name": "A", "ContactStatus": "ACTIVE"})
    maps = {
        "con*": {"n": "Name"},
        "people": {"__source__": "contacts", "n": "Name"},
        "invoices_attachments": None,
        "journals": None,
        "__else__": None,
    }
    run = read(xero, ["contacts"], stream_maps=maps)
    assert run.exit_code == 0, run.log
    assert len(run.records("people")) == 1


def test_flattened_names_that_are_the_same_name_the_settings(xero):
    flat = {"flattening_enabled": True, "flattening_max_depth": 9, "flattening_max_key_length": 5}
    refused(read(xero, ["contacts"], **flat), "'flattening_max_key_length'")


def state_of(xero, content):
    return {"bookmarks": {"trial_balances": {"organisations": {xero.tenant_id: content}}}}


@pytest.mark.parametrize(
    "months",
    ["x", [], {"accrual": 5}, {"other": {"last": 5}}, {"accrual": {"since": "x", "last": "y"}}],
)
def test_months_that_cannot_be_read_in_a_state_are_read_again(xero, months):
    state = state_of(xero, {"months": months})
    run = read(xero, ["trial_balances"], state=state, reports={"from": "2026-09"})
    assert run.exit_code == 0, run.log
    assert list(run.partition("trial_balances")["months"]) == ["accrual"]
    assert run.partition("trial_balances")["months"]["accrual"]["since"] == "2026-09-01"


def test_a_state_as_meltano_shows_it_is_taken(xero):
    xero.add("Contacts", {"Name": "A", "ContactStatus": "ACTIVE"})
    first = read(xero, ["contacts"])
    again = read(xero, ["contacts"], state={"singer_state": first.state})
    calls = xero.calls("Contacts")
    assert ["if-modified-since" in call["headers"] for call in calls] == [False, True]
    assert "singer_state" in again.log


def test_a_state_without_bookmarks_is_refused(xero):
    refused(read(xero, ["contacts"], state={"completed": {}}), "it has no 'bookmarks'")
    assert read(xero, ["contacts"], state={"currently_syncing": None}).exit_code == 0
    assert read(xero, ["contacts"], state={}).exit_code == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"streams": {"contacts": {"full_refresh_every": "1x"}}},
            "'1x' has another form than '12h', '7d' or '4w' in config['streams']['contacts']",
        ),
        (
            {"reports": {"from": "January"}},
            "'January' has another form than '2026-01' or '2026-01-31' in config['reports']",
        ),
    ],
)
def test_a_text_of_another_form_is_refused_with_examples(xero, settings, said):
    run = read(xero, ["contacts"], **settings)
    refused(run, said)
    assert "^" not in run.last_line
    assert not xero.log


@pytest.mark.parametrize("path", ["", "/api.xro"])
def test_a_base_uri_that_is_not_the_accounting_api_is_named_with_the_path_of_xeros(xero, path):
    origin = xero.base_uri.removesuffix("/api.xro/2.0")
    run = read(xero, ["contacts"], base_uri=origin + path)
    refused(run, "was not found", f"check 'base_uri', which is {origin}{path};", "/api.xro/2.0")


def test_what_is_not_found_at_xeros_address_says_nothing_of_it(xero):
    xero.fault("status", "Contacts", status=404, times=None)
    run = read(xero, ["contacts"])
    refused(run, "was not found")
    assert "base_uri" not in run.last_line


@pytest.mark.parametrize("name", ["base_uri", "token_uri"])
@pytest.mark.parametrize("end", ["?unitdp=4", "#top"])
def test_an_address_with_parameters_is_refused(xero, name, end):
    run = read(xero, ["contacts"], **{name: getattr(xero, name) + end})
    refused(run, f"Setting '{name}'", "without '?' and '#'")
    assert not xero.log


def test_a_token_uri_that_issues_no_tokens_is_named(xero):
    app = xero.apps["sandbox-custom"]
    run = read(
        xero,
        ["contacts"],
        access_token=None,
        client_id=app.client_id,
        client_secret=app.secret,
        grant_type="client_credentials",
        token_uri=xero.token_uri.replace("token", "tokens"),
    )
    refused(run, f"{xero.token_uri}s does not issue tokens (404): check 'token_uri'")
