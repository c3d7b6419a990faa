"""Records whose input was published before: they are recognised before anything is built."""

import random
import sqlite3
from collections import Counter

import pytest
from documents import LINE, invoice
from target_runner import lines_in, publish, records

# An organisation is connected when so many records have come; only then is the log looked into.
FILLER = records("contacts", [{"Name": f"Filler {number}"} for number in range(210)], ["Name"])
KEYS = {"bills": ["Id"], "contacts": ["Name"], "invoices": ["InvoiceNumber"]}


def journal(text, amount=10):
    lines = [
        {"LineAmount": amount, "AccountCode": "200"},
        {"LineAmount": -amount, "AccountCode": "429"},
    ]
    return {"Narration": text, "Date": "2026-10-31", "JournalLines": lines}


def digests(folder, entity):
    with sqlite3.connect(folder / "xero.db") as database:
        query = "SELECT input_digest FROM publish_records WHERE entity = ? AND state = 'published'"
        return [digest for (digest,) in database.execute(query, (entity,))]


def name_of(result):
    """What identifies the record, without its id in one of the two organisations."""
    return str({name: value for name, value in result["key"].items() if not name.endswith("ID")})


def forget_digests(folder):
    with sqlite3.connect(folder / "xero.db") as database:
        database.execute("UPDATE publish_records SET input_digest = NULL, input_method = NULL")
    database.close()


def tables(seed):
    """Two versions of four tables: rows with a number, with a key, and without either."""
    chance = random.Random(seed)  # noqa: S311  # not a secret

    def changed(row, name):
        return row | {name: f"{row[name]} {chance.randint(1, 9)}"} if chance.random() < 0.1 else row

    contacts = [{"Name": f"C{n}", "FirstName": f"Ana {n}"} for n in range(60)]
    bills = [
        invoice(f"B-{n}", Type="ACCPAY", Reference="x", Id=n, Contact={"Name": f"C{n % 5}"})
        for n in range(60)
    ]
    journals = [journal(f"J{chance.randint(1, 25)}") for _ in range(80)]
    invoices = [invoice(f"I-{n}", Reference="first") for n in range(60)]
    later = {
        "contacts": [changed(row, "FirstName") for row in contacts],
        "bills": [changed(row, "Id") if n % 7 == 0 else row for n, row in enumerate(bills)],
        "manual_journals": chance.sample(journals, 60)
        + [journal(f"J{chance.randint(1, 30)}") for _ in range(30)],
        "invoices": [changed(row, "Reference") for row in invoices],
    }
    for rows in later.values():
        chance.shuffle(rows)
    first = {"contacts": contacts, "bills": bills, "manual_journals": journals}
    return [messages(first | {"invoices": invoices}), messages(later)]


def messages(by_stream):
    found = list(FILLER)
    for stream, rows in by_stream.items():
        found += records(stream, rows, KEYS.get(stream, ()))
    return found


@pytest.mark.timeout(400)
@pytest.mark.sandbox(companies=["empty", "empty"])
@pytest.mark.parametrize("seed", range(3))
def test_a_table_that_comes_again_ends_as_without_recognition(tmp_path, xero, seed):
    streams = {"bills": {"entity": "Invoices"}}
    first, later = tables(seed)
    token = xero.grant("sandbox-web")["access_token"]
    ended = {}
    for tenant_id, recognises in zip(xero.tenant_ids, (True, False), strict=True):
        folder = tmp_path / tenant_id
        folder.mkdir()
        settings = {"tenant_id": tenant_id, "streams": streams, "access_token": token}
        run = publish(folder, xero, first, **settings)
        assert run.exit_code == 0, run.log
        assert all(digests(folder, "Contacts"))
        if not recognises:
            forget_digests(folder)
        before = len(xero.log)
        publish(folder, xero, later, **settings)
        posts = Counter(call["endpoint"] for call in xero.log[before:] if call["method"] == "POST")
        results = Counter(
            (each["stream"], each["status"], each["method"], name_of(each), *each["errors"])
            for each in lines_in(next(folder.glob("results*.jsonl")))
        )
        written = {
            endpoint: sorted(
                str((each.get("FirstName"), each.get("Reference"), each.get("Narration")))
                for each in xero.records(endpoint, tenant_id)
            )
            for endpoint in ("Contacts", "Invoices", "ManualJournals")
        }
        ended[recognises] = (results, posts, written)
    (fast, *fast_at_xero), (slow, *slow_at_xero) = ended[True], ended[False]
    assert (fast - slow, slow - fast) == (Counter(), Counter())
    assert fast_at_xero == slow_at_xero
    assert fast.total() > 700


def test_a_row_of_an_earlier_version_is_recognised_from_its_second_time_on(tmp_path, xero):
    publish(tmp_path, xero, FILLER)
    forget_digests(tmp_path)
    run = publish(tmp_path, xero, FILLER)
    assert run.statuses == {"unchanged": 210}
    assert len(set(digests(tmp_path, "Contacts"))) == 210


def test_a_setting_that_changes_what_a_record_becomes_is_followed(tmp_path, xero):
    for reference in ("one", "two"):
        streams = {"invoices": {"payload": {"Reference": reference}}}
        run = publish(
            tmp_path,
            xero,
            [*FILLER, *records("invoices", [invoice("I-1")], KEYS["invoices"])],
            streams=streams,
        )
    assert run.statuses == {"unchanged": 210, "updated": 1}
    assert xero.records("Invoices")[0]["Reference"] == "two"


def test_what_its_source_deletes_is_not_recognised(tmp_path, xero):
    rows = [{"Name": "Ana", "_sdc_deleted_at": None}]
    publish(tmp_path, xero, [*FILLER, *records("contacts", rows, ["Name"])])
    rows[0]["_sdc_deleted_at"] = "2026-10-01"
    run = publish(tmp_path, xero, [*FILLER, *records("contacts", rows, ["Name"])])
    assert run.statuses == {"unchanged": 210, "invalid": 1}
    assert "marked it as deleted" in run.errors("invalid")[0]


def test_a_column_that_a_tap_adds_does_not_make_a_record_new(tmp_path, xero):
    for batched_at in ("2026-10-01", "2026-10-02"):
        rows = [{"Name": f"C{number}", "_sdc_batched_at": batched_at} for number in range(210)]
        run = publish(tmp_path, xero, records("contacts", rows, ["Name"]))
        known = digests(tmp_path, "Contacts")
    assert run.statuses == {"unchanged": 210}
    assert known == digests(tmp_path, "Contacts")


def test_a_name_that_has_another_code_now_is_looked_up_again(tmp_path, xero):
    lines = [LINE | {"AccountCode": "Sales"}]
    messages = [*FILLER, *records("invoices", [invoice("I-1", LineItems=lines)], KEYS["invoices"])]
    publish(tmp_path, xero, messages)
    [sales] = [each for each in xero.records("Accounts") if each["Name"] == "Sales"]
    xero.edit("Accounts", sales["AccountID"], Code="999")
    run = publish(tmp_path, xero, messages)
    assert run.statuses == {"unchanged": 210, "updated": 1}
    assert xero.records("Invoices")[0]["LineItems"][0]["AccountCode"] == "999"


def test_an_invalid_record_is_refused_each_time(tmp_path, xero):
    wrong = [*FILLER, *records("contacts", [{"Name": "Ana", "Nme": "x"}], ["Name"])]
    for expected in ({"created": 210, "invalid": 1}, {"unchanged": 210, "invalid": 1}):
        assert publish(tmp_path, xero, wrong).statuses == expected


def test_a_row_with_the_key_of_a_recognised_one_is_refused(tmp_path, xero):
    first = [*FILLER, *records("invoices", [invoice("I-1")], KEYS["invoices"])]
    publish(tmp_path, xero, first)
    run = publish(
        tmp_path,
        xero,
        [*first, *records("invoices", [invoice("I-1", Reference="x")], KEYS["invoices"])],
    )
    assert run.statuses == {"unchanged": 211, "invalid": 1}
    [text] = run.errors("invalid")
    assert "another record of Invoices InvoiceNumber I-1" in text
    assert "stays as it is" in text


def test_the_first_version_that_comes_back_replaces_one_whose_response_was_lost(tmp_path, xero):
    first = [*FILLER, *records("invoices", [invoice("I-1", Reference="A")], KEYS["invoices"])]
    publish(tmp_path, xero, first)
    xero.fault("reset", "Invoices", method="P*", after_work=True)
    # The repetition meets the end of the day's calls, so that the outcome stays unknown.
    day = {"problem": "day", "retry_after": 6000}
    xero.fault("rate_limited", "Invoices", method="P*", nth=2, times=None, after_work=True, **day)
    second = publish(
        tmp_path, xero, records("invoices", [invoice("I-1", Reference="B")], KEYS["invoices"])
    )
    assert second.statuses == {"unknown": 1}, second.log
    assert xero.records("Invoices")[0]["Reference"] == "B"
    xero.reset()
    run = publish(tmp_path, xero, first)
    assert run.statuses == {"unchanged": 210, "updated": 1}, run.log
    assert xero.records("Invoices")[0]["Reference"] == "A"
