"""A run as a whole: dry runs, calls in flight, states, summaries, and tap-xero's own records."""

import json
from dataclasses import replace

import pytest
from target_runner import publish, record, records, schema, state

from tap_runner import read
from xero_sandbox.server import server


def contacts(*names):
    return records("contacts", [{"Name": name} for name in names])


def many(count):
    return [{"Name": f"Contact {n}"} for n in range(count)]


# Dry runs


def test_a_dry_run_only_reads_and_reports_what_it_would_do(tmp_path, xero):
    publish(tmp_path, xero, records("contacts", [{"Name": "Ana"}, {"Name": "Bo"}]))
    xero.reset()
    messages = [
        *records("contacts", [{"Name": "Ana"}, {"Name": "Bo", "FirstName": "B"}, {"Name": "Cy"}]),
        *records("invoices", [{"Type": "ACCREC", "Date": "soon"}]),
    ]
    run = publish(tmp_path, xero, messages, dry_run=True)
    would = [(r["key"].get("Name"), r["status"], r.get("would")) for r in run.results]
    assert sorted(would, key=lambda found: found[0] or "~") == [
        ("Ana", "dry_run", "unchanged"),
        ("Bo", "dry_run", "update"),
        ("Cy", "dry_run", "create"),
        (None, "invalid", None),
    ]
    assert {call["method"] for call in xero.calls("Contacts")} == {"GET"}
    assert "1 would create" in run.log
    assert "1 would update" in run.log
    assert sorted(contact["Name"] for contact in xero.records("Contacts")) == ["Ana", "Bo"]


def test_records_of_a_dry_run_are_still_published_afterwards(tmp_path, xero):
    publish(tmp_path, xero, contacts("Ana"), dry_run=True)
    run = publish(tmp_path, xero, contacts("Ana"))
    assert run.statuses == {"created": 1}


def test_a_dry_run_of_removals_looks_up_each_record(tmp_path, xero):
    publish(tmp_path, xero, contacts("Ana"))
    rows = records("contacts", [{"Name": "Ana"}, {"Name": "Nobody"}])
    run = publish(tmp_path, xero, rows, dry_run=True, method="DELETE")
    assert [r.get("would") for r in run.results] == ["remove", None]
    assert "Xero has no Name Nobody" in run.errors("invalid")[0]


def test_a_dry_run_names_ids_that_do_not_exist(tmp_path, xero):
    own_id = "11111111-1111-1111-1111-111111111111"
    run = publish(tmp_path, xero, records("contacts", [{"ContactID": own_id, "Name": "A"}]),
                  dry_run=True)  # fmt: skip
    assert run.errors("rejected") == [f"Xero has no ContactID {own_id}"]


# Calls in flight


def test_several_batches_are_in_flight_but_never_more_than_allowed(tmp_path, xero):
    xero.fault("latency", "Contacts", method="P*", seconds=0.2, times=None)
    run = publish(tmp_path, xero, records("contacts", many(300)), batch_size=20)
    assert run.exit_code == 0
    [peak] = set(xero.counters()["peak_concurrency"].values())
    assert 3 <= peak <= 5
    assert len(xero.records("Contacts")) == 300


def test_one_record_is_never_in_two_requests(tmp_path, xero):
    xero.fault("latency", "Contacts", method="P*", seconds=0.1, times=None)
    rows = [{"Name": f"Contact {n % 7}", "FirstName": str(n % 7)} for n in range(60)]
    run = publish(tmp_path, xero, records("contacts", rows), batch_size=5)
    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 7, "unchanged": 53}
    calls = [json.loads(call["body"])["Contacts"] for call in xero.calls("Contacts", "P*")]
    sent = [contact["Name"] for contacts in calls for contact in contacts]
    assert sorted(sent) == [f"Contact {n}" for n in range(7)]


def test_a_streams_records_are_all_published_before_the_next_streams_first(tmp_path, xero):
    xero.fault("latency", "Contacts", method="P*", seconds=0.3, times=None)
    line = {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "200"}
    invoice = {"Type": "ACCREC", "InvoiceNumber": "S-1", "Contact": {"Name": "Contact 9"},
               "Date": "2026-10-01", "DueDate": "2026-10-02", "LineItems": [line]}  # fmt: skip
    messages = [*records("contacts", many(60)), *records("invoices", [invoice])]
    publish(tmp_path, xero, messages, batch_size=10)
    order = [call["endpoint"] for call in xero.log if call["method"] != "GET"]
    order = [endpoint for endpoint in order if endpoint in ("Contacts", "Invoices")]
    assert order == ["Contacts"] * 6 + ["Invoices"]


def test_batches_stay_below_three_megabytes(tmp_path, xero):
    rows = [{"Name": f"Contact {n}", "BankAccountDetails": "9" * 700_000} for n in range(6)]
    publish(tmp_path, xero, records("contacts", rows), on_reject="skip")
    calls = xero.calls("Contacts", "P*")
    assert len(calls) == 2
    assert all(len(call["body"]) <= 3_000_000 for call in calls)


def test_a_body_with_the_list_around_its_records_stays_below_three_megabytes(tmp_path, xero):
    # Each is 999,999 bytes as JSON: three of them with their commas are just three megabytes.
    rows = [{"Name": f"C{n}", "BankAccountDetails": "9" * 999_962} for n in range(3)]
    publish(tmp_path, xero, records("contacts", rows), on_reject="skip")
    sizes = [len(call["body"]) for call in xero.calls("Contacts", "P*")]
    assert len(sizes) == 2
    assert max(sizes) <= 3_000_000


# States


def test_states_pass_unchanged_in_order_and_only_after_their_records(tmp_path, xero):
    messages = [schema("contacts")]
    for n in range(6):
        messages += [
            record("contacts", Name=f"Contact {n}"),
            state({"bookmarks": {"n": n, "x": 0.10}}),
        ]
    run = publish(tmp_path, xero, messages, batch_size=2)
    assert run.states == [{"bookmarks": {"n": n, "x": 0.1}} for n in range(6)]


def test_a_state_after_an_unknown_record_is_held_back(tmp_path, xero, monkeypatch):
    monkeypatch.setattr("target_xero.delivery.sender.MAX_TRIES", 1)
    line = {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "200"}
    bill = {"Type": "ACCPAY", "Contact": {"Name": "A"}, "Date": "2026-10-01", "LineItems": [line]}
    xero.fault("reset", "Invoices", method="P*", times=None)
    messages = [*contacts("Ana"), state(1), *records("invoices", [bill]), state(2)]
    run = publish(tmp_path, xero, messages)
    assert run.statuses == {"created": 1, "unknown": 1}
    assert run.states == [1]


# Log and results


def test_the_end_summary_counts_by_stream(tmp_path, xero):
    run = publish(tmp_path, xero, [*contacts("Ana", "Bo"), *records("users", [{"UserID": "1"}])])
    assert "contacts: 2 created" in run.log
    assert "users: 1 invalid" in run.log
    assert "limits left: minute" in run.log


def test_results_of_several_runs_are_in_one_file_with_their_run_ids(tmp_path, xero):
    first = publish(tmp_path, xero, contacts("Ana"))
    second = publish(tmp_path, xero, contacts("Ana"))
    assert first.results[0]["run_id"] != second.results[0]["run_id"]
    [result] = first.results
    assert result["tenant_id"] == xero.tenant_id
    assert result["sent_at"].endswith("Z")
    assert result["correlation_id"]
    assert result["http_status"] == 200


def test_the_singer_key_identifies_a_record_in_its_result(tmp_path, xero):
    messages = records("contacts", [{"id": 7, "Name": "Ana"}], key=["id"])
    run = publish(tmp_path, xero, messages)
    assert run.results[0]["key"] == {"id": 7}


# tap-xero's own records


def test_what_tap_xero_reads_can_be_published_again(tmp_path):
    with server(companies=["demo", "empty"]) as xero:
        streams = ["contacts", "items", "invoices"]
        tapped = read(xero, streams)
        messages = [m for m in tapped.messages if m["type"] in ("SCHEMA", "RECORD", "STATE")]
        posted = [m for m in messages if m["type"] != "RECORD" or m["stream"] == "contacts"]
        assert len(tapped.records("contacts")) > 5
        run = publish(tmp_path, xero, posted, tenant_id=xero.tenant_ids[0])
        assert run.exit_code == 0, run.log
        assert run.statuses.keys() == {"updated"}
        assert "no field" not in run.log
        assert run.states[-1] == tapped.state


# Scopes


@pytest.mark.parametrize(
    ("streams", "asked"),
    [
        ({"contacts": {}}, {"accounting.contacts"}),
        ({"contacts": {}, "x": {"entity": "Invoices/History"}},
         {"accounting.contacts", "accounting.invoices"}),
        ({"x": {"entity": "Contacts/Attachments"}, "contacts": {}},
         {"accounting.contacts", "accounting.attachments"}),
    ],
)  # fmt: skip
def test_a_custom_connection_asks_for_the_scopes_of_the_configured_entities(
    tmp_path, xero, streams, asked
):
    run = publish(tmp_path, xero, contacts("Ana"), streams=streams)
    assert run.exit_code == 0, run.log
    [token] = xero.sandbox.tokens.access.values()
    # The last one is for reading the accounts and tax rates that records name.
    assert token.scopes == asked | {"accounting.settings.read"}


def test_an_app_without_the_scope_of_what_is_looked_up_publishes_what_names_nothing(
    tmp_path, xero, monkeypatch
):
    apps = xero.apps
    app = replace(apps["sandbox-custom"], assigned_scopes=frozenset({"accounting.contacts"}))
    monkeypatch.setitem(apps, "sandbox-custom", app)
    named = [*contacts("Ana"), record("contacts", Name="Ben", SalesDefaultAccountCode="Sales")]

    run = publish(tmp_path, xero, named, streams={"contacts": {}})

    assert run.statuses == {"created": 1, "invalid": 1}
    assert "accounting.settings.read" in run.errors("invalid")[0]


@pytest.mark.parametrize("lacks_scope", [False, True])
def test_a_stream_that_comes_without_settings_gets_its_scope_if_the_app_has_it(
    tmp_path, xero, monkeypatch, lacks_scope
):
    if lacks_scope:
        scopes = frozenset({"accounting.contacts", "accounting.settings.read"})
        app = replace(xero.apps["sandbox-custom"], assigned_scopes=scopes)
        monkeypatch.setitem(xero.apps, "sandbox-custom", app)
    messages = [*contacts("Ana"), *records("items", [{"Code": "A", "Name": "A"}])]

    run = publish(tmp_path, xero, messages, streams={"contacts": {}})

    assert run.statuses == ({"created": 1, "rejected": 1} if lacks_scope else {"created": 2})


def test_a_stream_that_comes_after_the_connection_gets_its_scope(tmp_path, xero):
    first = records("contacts", [{"Name": f"Contact {n}"} for n in range(250)])
    messages = [*first, *records("items", [{"Code": "A", "Name": "A"}])]

    run = publish(tmp_path, xero, messages, streams={"contacts": {}})

    assert run.statuses == {"created": 251}, run.log


def test_the_state_database_is_opened_with_the_configured_encryption(tmp_path, xero, monkeypatch):
    monkeypatch.delenv("XERO_STORE_KEY", raising=False)
    run = publish(
        tmp_path, xero, records("contacts", [{"Name": "Ana"}]), store_encryption="environment"
    )
    assert run.exit_code == 1
    assert "'store_encryption' is 'environment', but XERO_STORE_KEY is not set" in run.last_line
    assert not xero.calls("Contacts")
