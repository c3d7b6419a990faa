"""Responses to writes: results, idempotency, sizes, attachments, history.

(xero-facts.md: Writing)
"""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sandbox_caller import calling

ZERO = "00000000-0000-0000-0000-000000000000"
MIXED = {"Contacts": [{"Name": "Ana"}, {"Name": ""}, {"Name": "Bo"}]}


@pytest.fixture
def caller():
    with calling() as item:
        yield item


@pytest.fixture
def contact(caller):
    return caller.send("PUT", "Contacts", json={"Name": "Ana"}).json()["Contacts"][0]["ContactID"]


def names(caller) -> list[str]:
    return [record["Name"] for record in caller.xero.records("Contacts")]


def invoice(contact: str, **fields):
    return {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact},
        "LineItems": [{"Description": "x", "Quantity": 2, "UnitAmount": 5, "AccountCode": "200"}],
        "Status": "DRAFT",
        **fields,
    }


def test_one_object_and_a_list_are_both_taken(caller):
    for body in ({"Name": "Ana"}, {"Contacts": [{"Name": "Bo"}, {"Name": "Cy"}]}):
        assert caller.send("PUT", "Contacts", json=body).status_code == 200
    assert names(caller) == ["Ana", "Bo", "Cy"]


def test_without_summaries_every_element_is_answered_in_its_place(caller):
    answer = caller.send("PUT", "Contacts", json=MIXED, params={"summarizeErrors": "false"})
    assert answer.status_code == 200
    first, second, third = answer.json()["Contacts"]
    assert [item["StatusAttributeString"] for item in (first, second, third)] == [
        "OK",
        "ERROR",
        "OK",
    ]
    assert second["ContactID"] == ZERO
    assert second["HasValidationErrors"] is True
    assert second["ValidationErrors"][0]["Message"]
    assert names(caller) == ["Ana", "Bo"]


def test_the_parameter_is_known_in_any_case(caller):
    answer = caller.send("PUT", "Contacts", json=MIXED, params={"SummarizeErrors": "false"})
    assert answer.status_code == 200


def test_by_default_one_failure_fails_all_and_tells_only_the_failing(caller):
    answer = caller.send("PUT", "Contacts", json=MIXED)
    assert answer.status_code == 400
    content = answer.json()
    assert (content["Type"], content["ErrorNumber"]) == ("ValidationException", 10)
    assert len(content["Elements"]) == 1
    assert names(caller) == []


def test_by_default_siblings_may_be_saved_all_the_same(caller):
    caller.xero.organisation().default_mode_saves_siblings = True
    assert caller.send("PUT", "Contacts", json=MIXED).status_code == 400
    assert names(caller) == ["Ana", "Bo"]


def test_where_xero_does_not_know_the_parameter_it_changes_nothing(caller):
    answer = caller.send(
        "PUT", "Accounts", json={"Code": "", "Name": ""}, params={"summarizeErrors": "false"}
    )
    assert answer.status_code == 400


def test_a_warning_is_still_a_success(caller, contact):
    draft = caller.send("PUT", "Invoices", json=invoice(contact)).json()["Invoices"][0]
    answer = caller.send(
        "POST",
        "Invoices",
        json={"Invoices": [{"InvoiceID": draft["InvoiceID"], "SentToContact": True}]},
        params={"summarizeErrors": "false"},
    ).json()["Invoices"][0]
    assert answer["StatusAttributeString"] == "WARNING"
    assert "SentToContact" in answer["Warnings"][0]["Message"]


def test_unit_amounts_are_written_with_four_places_when_asked(caller, contact):
    line = {"Description": "x", "Quantity": 1, "UnitAmount": 1.2345, "AccountCode": "200"}
    for parameters, kept in (({}, 1.23), ({"unitdp": "4"}, 1.2345)):
        answer = caller.send(
            "PUT", "Invoices", json=invoice(contact, LineItems=[line]), params=parameters
        ).json()["Invoices"][0]
        assert answer["LineItems"][0]["UnitAmount"] == kept
        shown = caller.get(f"Invoices/{answer['InvoiceID']}", unitdp=4)["Invoices"][0]
        assert shown["LineItems"][0]["UnitAmount"] == kept


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ('{"Contacts": [1]}', "application/json", 400),
        ("<Contacts/>", "application/xml", 415),
        ("xml=%3CContacts%2F%3E", "application/x-www-form-urlencoded", 415),
    ],
)
def test_bodies_that_are_no_objects_are_refused(caller, body, kind, status):
    answer = caller.send("PUT", "Contacts", data=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["Type"] == "PostDataInvalidException"


def test_bodies_above_ten_megabytes_are_refused(caller):
    body = b'{"Name":"' + b"x" * (10 * 1024 * 1024) + b'"}'
    answer = caller.send("PUT", "Contacts", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_methods_that_an_endpoint_lacks_are_not_implemented(caller):
    for method, path in (
        ("POST", "Accounts"),
        ("PUT", "Users"),
        ("DELETE", "Invoices/x"),
        ("PATCH", "Contacts"),
    ):
        assert caller.send(method, path, json={"Name": "A"}).status_code == 501, (method, path)


def test_unknown_endpoints_are_not_found(caller):
    assert caller.send("GET", "Nonsense").status_code == 404
    assert caller.send("PUT", "Nonsense", json={}).status_code == 404


# --- idempotency --------------------------------------------------------------------------


def put(caller, name, key, **options):
    headers = {"Idempotency-Key": key}
    return caller.send("PUT", "Contacts", json={"Name": name}, headers=headers, **options)


def test_a_repeat_gets_the_first_answer_and_saves_nothing_again(caller):
    first, second = put(caller, "Ana", "k1"), put(caller, "Ana", "k1")
    assert first.content == second.content
    assert names(caller) == ["Ana"]


def test_a_key_for_another_request_is_refused(caller):
    put(caller, "Ana", "k1")
    for answer in (
        put(caller, "Bo", "k1"),
        put(caller, "Ana", "k1", params={"summarizeErrors": "false"}),
        caller.send("POST", "Contacts", json={"Name": "Ana"}, headers={"Idempotency-Key": "k1"}),
    ):
        assert answer.status_code == 400
        expected = "Idempotency Key: k1 is used with a different request."
        assert answer.json()["Message"] == expected


def test_errors_are_kept_too(caller):
    assert put(caller, "", "k1").status_code == 400
    caller.xero.fault("server_error", "Contacts", method="PUT")
    assert put(caller, "Ana", "k2").status_code == 500
    assert put(caller, "Ana", "k2").status_code == 500
    assert put(caller, "Ana", "k3").status_code == 200


def test_after_six_minutes_a_key_is_new_again(caller):
    put(caller, "Ana", "k1")
    caller.xero.clock.advance(359)
    assert put(caller, "Bo", "k1").status_code == 400
    caller.xero.clock.advance(1)
    assert put(caller, "Bo", "k1").status_code == 200


def test_a_key_above_128_characters_is_refused_by_name(caller):
    assert put(caller, "Ana", "k" * 128).status_code == 200
    refused = put(caller, "Bo", "k" * 129)
    assert refused.status_code == 400
    assert "k" * 129 in refused.json()["Message"]


def test_keys_are_of_one_app(caller):
    put(caller, "Ana", "k1")
    caller.headers = caller.xero.headers("sandbox-web")
    assert put(caller, "Bo", "k1").status_code == 200


def test_a_key_means_nothing_on_reads(caller):
    headers = {"Idempotency-Key": "k1"}
    before = caller.get("Contacts", headers=headers)["Contacts"]
    put(caller, "Ana", "other")
    assert len(caller.get("Contacts", headers=headers)["Contacts"]) == len(before) + 1


def test_a_repeat_at_the_same_time_waits_for_the_first(caller):
    caller.xero.fault("latency", "Contacts", method="PUT", seconds=0.4)
    start = threading.Barrier(2)

    def call(_number):
        start.wait()
        return put(caller, "Ana", "k1")

    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        item, other = pool.map(call, range(2))
    assert time.monotonic() - started >= 0.4
    assert item.content == other.content
    assert names(caller) == ["Ana"]


def test_a_lost_answer_is_got_back_under_the_same_key(caller):
    caller.xero.fault("unavailable", "Contacts", method="PUT", after_work=True)
    assert put(caller, "Ana", "k1").status_code == 503
    assert put(caller, "Ana", "k1").json()["Contacts"][0]["Name"] == "Ana"
    assert names(caller) == ["Ana"]


def test_a_call_that_never_reached_the_work_leaves_its_key_free(caller):
    caller.xero.fault("unavailable", "Contacts", method="PUT")
    assert put(caller, "Ana", "k1").status_code == 503
    assert put(caller, "Bo", "k1").status_code == 200


# --- attachments and history --------------------------------------------------------------


def attach(caller, parent, name, content=b"text", **options):
    headers = {"Content-Type": options.pop("kind", "text/plain")}
    path = f"{parent}/Attachments/{name}"
    return caller.send("PUT", path, data=content, headers=headers, **options)


def test_an_attachment_is_kept_listed_and_downloaded(caller, contact):
    parent = f"Contacts/{contact}"
    answer = attach(caller, parent, "a note [1].txt", kind="text/plain; charset=utf-8")
    kept = answer.json()["Attachments"][0]
    assert (kept["FileName"], kept["ContentLength"]) == ("a note [1].txt", 4)
    assert caller.get(f"{parent}/Attachments")["Attachments"] == [kept]
    for key in (kept["AttachmentID"], kept["FileName"]):
        file = caller.send("GET", f"{parent}/Attachments/{key}", headers={"Accept": "*/*"})
        assert (file.content, file.headers["Content-Type"]) == (b"text", "text/plain")
    assert caller.get(parent)["Contacts"][0]["HasAttachments"] is True


def test_the_same_file_name_overwrites_and_the_eleventh_is_refused(caller, contact):
    parent = f"Contacts/{contact}"
    for number in range(10):
        assert attach(caller, parent, f"{number}.txt").status_code == 200
    assert attach(caller, parent, "3.txt", b"new").status_code == 200
    assert attach(caller, parent, "11.txt").status_code == 400
    assert caller.send("GET", f"{parent}/Attachments/3.txt").content == b"new"


@pytest.mark.parametrize("name", ["a%3Ab.txt", "a%2Bb.txt", "a%7Cb.txt", "a%3Fb.txt"])
def test_file_names_that_xero_refuses(caller, contact, name):
    assert attach(caller, f"Contacts/{contact}", name).status_code == 400


def test_attachments_need_a_parent_that_has_them(caller):
    assert attach(caller, f"Contacts/{uuid.uuid4()}", "a.txt").status_code == 404
    assert attach(caller, f"Items/{uuid.uuid4()}", "a.txt").status_code == 404


def test_only_sales_documents_show_attachments_online(caller, contact):
    sales = caller.send("PUT", "Invoices", json=invoice(contact)).json()["Invoices"][0]
    answer = attach(
        caller, f"Invoices/{sales['InvoiceID']}", "a.txt", params={"IncludeOnline": "true"}
    )
    assert answer.json()["Attachments"][0]["IncludeOnline"] is True


def test_attachments_have_a_scope_of_their_own(caller, contact):
    caller.headers = caller.xero.headers("sandbox-web", ["accounting.contacts"])
    answer = caller.send("GET", f"Contacts/{contact}/Attachments")
    assert answer.headers["WWW-Authenticate"] == "insufficent_scope"


def test_notes_are_added_to_a_history(caller, contact):
    note = {"HistoryRecords": [{"Details": "called back"}]}
    assert caller.send("PUT", f"Contacts/{contact}/History", json=note).status_code == 200
    entries = caller.get(f"Contacts/{contact}/History")["HistoryRecords"]
    (found,) = (entry for entry in entries if entry["Details"] == "called back")
    assert found["DateUTC"].startswith("/Date(")
    assert "T" in found["DateUTCString"]
    assert caller.send("GET", f"Accounts/{uuid.uuid4()}/History").status_code == 404


def test_an_approved_sales_invoice_has_an_online_link(caller, contact):
    draft = caller.send("PUT", "Invoices", json=invoice(contact)).json()["Invoices"][0]
    path = f"Invoices/{draft['InvoiceID']}"
    assert caller.send("GET", f"{path}/OnlineInvoice").status_code == 400
    approved = {"Status": "AUTHORISED", "Date": "2026-11-01", "DueDate": "2026-11-30"}
    assert caller.send("POST", path, json=approved).status_code == 200
    link = caller.get(f"{path}/OnlineInvoice")["OnlineInvoices"][0]["OnlineInvoiceUrl"]
    assert link.startswith("https://")
