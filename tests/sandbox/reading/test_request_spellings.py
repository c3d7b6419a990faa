"""Requests in the form in which other clients send them: paths, ids, formats, dates, tenants."""

import uuid
from datetime import date, datetime, timezone

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet
from sandbox_caller import calling

from xero_sandbox.model.clock import Clock

TODAY = datetime(2026, 5, 20, tzinfo=timezone.utc)
LINE = {"Description": "Bread", "UnitAmount": 100, "AccountCode": "200"}


@pytest.fixture
def caller():
    with calling(clock=Clock(TODAY)) as item:
        yield item


@pytest.fixture
def contact(caller):
    sent = {"Name": "Ana", "EmailAddress": "ana@example.com"}
    return caller.send("PUT", "Contacts", json=sent).json()["Contacts"][0]["ContactID"]


def invoice(caller, contact, **fields):
    element = {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "Contact": {"ContactID": contact},
        "LineItems": [LINE],
        "Date": "2026-05-01",
        "DueDate": "2026-05-25",
        **fields,
    }
    answer = caller.send("PUT", "Invoices", json=element)
    assert answer.status_code == 200, answer.text
    return answer.json()["Invoices"][0]


def pay(caller, made, amount, day):
    (bank,) = [item for item in caller.xero.records("Accounts") if item["Type"] == "BANK"]
    payment = {
        "Invoice": {"InvoiceID": made["InvoiceID"]},
        "Account": {"AccountID": bank["AccountID"]},
        "Amount": amount,
        "Date": day,
    }
    assert caller.send("PUT", "Payments", json=payment).status_code == 200


@pytest.mark.parametrize(
    "path", ["Organisation", "Organisations", "organisation", "ORGANISATIONS/", "Organisation/"]
)
def test_the_organisation_has_several_names(caller, path):
    (organisation,) = caller.get(path)["Organisations"]
    assert organisation["OrganisationID"]


def test_case_and_a_slash_at_the_end_do_not_matter(caller, contact):
    for path in (
        f"contacts/{contact}",
        f"CONTACTS/{contact}/",
        f"Contacts/{contact.upper()}",
        f"Contacts/{contact.replace('-', '')}",
    ):
        (found,) = caller.get(path)["Contacts"]
        assert found["ContactID"] == contact
    assert caller.get(f"contacts/{contact}/history/")["HistoryRecords"]
    assert caller.get("reports/trialbalance")["Reports"]


def test_the_names_of_attached_files_keep_their_spelling(caller, contact):
    bare = uuid.uuid4().hex.upper()
    path = f"contacts/{contact}/attachments/{bare}"
    text = {"Content-Type": "text/plain", "Accept": "application/json"}
    assert caller.send("PUT", path, data=b"x", headers=text).status_code == 200
    (kept,) = caller.get(f"Contacts/{contact}/Attachments")["Attachments"]
    assert kept["FileName"] == bare


def test_identity_takes_paths_in_any_spelling_too(caller):
    xero = caller.xero
    form = {"grant_type": "client_credentials"}
    auth = ("sandbox-custom", "sandbox-custom-secret")
    answer = requests.post(f"{xero.origin}/connect/Token/", data=form, auth=auth, timeout=10)
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    for path in ("connections", "Connections", "connections/"):
        listed = requests.get(f"{xero.origin}/{path}", headers=bearer, timeout=10)
        assert [item["tenantId"] for item in listed.json()] == [xero.tenant_id]
    connection = listed.json()[0]["id"]
    path = f"{xero.origin}/Connections/{connection.replace('-', '')}/"
    assert requests.delete(path, headers=bearer, timeout=10).status_code == 204


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_discovery_and_tokens_name_the_same_issuer(caller, host):
    origin = caller.xero.origin.replace("127.0.0.1", host)
    document = requests.get(f"{origin}/.well-known/openid-configuration", timeout=10).json()
    assert document["issuer"] == origin
    xero = caller.xero
    form = {"grant_type": "refresh_token", "refresh_token": xero.grant()["refresh_token"]}
    auth = ("sandbox-web", "sandbox-web-secret")
    tokens = requests.post(document["token_endpoint"], data=form, auth=auth, timeout=10).json()
    keys = KeySet.import_key_set(requests.get(document["jwks_uri"], timeout=10).json())
    controlled = requests.post(f"{origin}/__sandbox/grants", json={}, timeout=10).json()
    for issued in (tokens, controlled):
        for name in ("access_token", "id_token"):
            assert jwt.decode(issued[name], keys).claims["iss"] == document["issuer"]


def test_tokens_of_a_test_have_the_issuer_of_discovery(caller):
    xero = caller.xero
    document = requests.get(f"{xero.origin}/.well-known/openid-configuration", timeout=10).json()
    keys = KeySet.import_key_set(requests.get(document["jwks_uri"], timeout=10).json())
    for token in (xero.grant()["id_token"], xero.headers()["Authorization"][len("Bearer ") :]):
        assert jwt.decode(token, keys).claims["iss"] == document["issuer"]


def spellings_of(record_id):
    return [record_id, record_id.upper(), record_id.replace("-", "")]


def test_the_tenant_id_may_have_any_spelling(caller, contact):
    for spelling in spellings_of(caller.xero.tenant_id):
        (found,) = caller.get("Contacts", headers={"xero-tenant-id": spelling})["Contacts"]
        assert found["ContactID"] == contact


def test_the_parameters_of_reports_may_have_any_spelling(caller, contact):
    invoice(caller, contact)
    for spelling in spellings_of(contact):
        for name in ("contactId", "ContactID"):
            path = "Reports/AgedReceivablesByContact"
            (aged,) = caller.get(path, **{name: spelling, "Date": "2026-5-20"})["Reports"]
            assert "Ana" in aged["ReportTitles"]
    (month,) = caller.get("Reports/ProfitAndLoss", fromDate="2026-5-1", ToDate="2026-5-31")[
        "Reports"
    ]
    assert month["ReportTitles"][-1] == "1 May 2026 to 31 May 2026"
    refused = caller.refusal("Reports/ProfitAndLoss", fromDate="1/5/2026")
    assert refused.status_code == 400
    assert "fromDate is not a date" in refused.json()["Message"]


def test_tracking_of_a_report_may_have_any_spelling(caller):
    category = caller.send("PUT", "TrackingCategories", json={"Name": "Region"}).json()
    category_id = category["TrackingCategories"][0]["TrackingCategoryID"]
    options = f"TrackingCategories/{category_id}/Options"
    option = caller.send("PUT", options, json={"Name": "North"}).json()["Options"][0]
    for category_spelling in spellings_of(category_id):
        for option_spelling in spellings_of(option["TrackingOptionID"]):
            (shown,) = caller.get(
                "Reports/ProfitAndLoss",
                trackingCategoryID=category_spelling,
                trackingOptionID=option_spelling,
            )["Reports"]
            assert [cell["Value"] for cell in shown["Rows"][0]["Cells"]] == ["", "North"]


def test_the_other_apis_take_ids_and_paths_in_any_spelling(caller, contact):
    xero = caller.xero

    def call(method, path, **options):
        return requests.request(
            method, f"{xero.origin}{path}", headers=caller.headers, timeout=10, **options
        )

    sent = {"contactId": contact.replace("-", "").upper(), "name": "Fair"}
    made = call("POST", "/projects.xro/2.0/Projects", json=sent).json()
    assert made["contactId"] == contact
    for spelling in spellings_of(made["projectId"]):
        one = call("GET", f"/Projects.xro/2.0/projects/{spelling}/")
        assert (one.status_code, one.json()["name"]) == (200, "Fair")
        assert call("GET", f"/projects.xro/2.0/Projects/{spelling}/Tasks").status_code == 200
    for spelling in spellings_of(contact):
        listed = call("GET", "/projects.xro/2.0/Projects", params={"contactID": spelling})
        assert [each["name"] for each in listed.json()["items"]] == ["Fair"]


@pytest.mark.parametrize("tenant", [None, ""])
def test_a_custom_connection_needs_no_tenant_id(caller, contact, tenant):
    headers = {"xero-tenant-id": tenant}
    (found,) = caller.get("Contacts", headers=headers)["Contacts"]
    assert found["ContactID"] == contact


def test_an_app_with_users_needs_a_tenant_id(caller):
    headers = {**caller.xero.headers("sandbox-web"), "xero-tenant-id": ""}
    answer = requests.get(f"{caller.xero.base_uri}/Contacts", headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["Detail"]) == (403, "AuthenticationUnsuccessful")


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/json", None),
        ("application/json, text/plain, */*", None),
        ("text/html, Application/JSON;q=0.9", None),
        (None, "application/json"),
        ("*/*", "application/json; charset=utf-8"),
    ],
)
def test_json_is_sent_to_who_names_it(caller, accept, content_type):
    headers = {"Accept": accept, "Content-Type": content_type}
    assert caller.send("GET", "Currencies", headers=headers).json()["Currencies"]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, None),
        ("*/*", None),
        ("text/html", None),
        ("application/xml", "application/json"),
        ("application/xml, */*", "application/json"),
    ],
)
def test_xml_is_not_covered_and_the_answer_says_so(caller, accept, content_type):
    headers = {"Accept": accept, "Content-Type": content_type}
    answer = caller.send("GET", "Currencies", headers=headers)
    assert answer.status_code == 415
    assert "XML" in answer.text
    assert "Accept: application/json" in answer.text


def test_a_body_of_xml_is_not_covered_and_the_answer_says_so(caller):
    headers = {"Content-Type": "text/xml"}
    answer = caller.send("PUT", "Contacts", data=b"<Contact/>", headers=headers)
    assert answer.status_code == 415
    assert "text/xml" in answer.text


@pytest.mark.parametrize(
    ("since", "count"),
    [
        ("Wed, 20 May 2026 00:00:00 GMT", 1),
        ("Wed, 20 May 2026 00:00:01 GMT", 0),
        ("Wed, 20 May 2026 02:00:00 +0200", 1),
        ("2026-05-20T00:00:01Z", 0),
    ],
)
def test_if_modified_since_may_be_an_http_date(caller, contact, since, count):
    listed = caller.get("Contacts", headers={"If-Modified-Since": since})["Contacts"]
    assert len(listed) == count


@pytest.mark.parametrize(
    ("text", "count"), [("2026-5-1", 1), ("2026-05-01T00:00:00", 1), ("2026-5-2", 0)]
)
def test_a_day_may_have_one_digit(caller, contact, text, count):
    order = {"Contact": {"ContactID": contact}, "LineItems": [LINE], "Date": "2026-5-1"}
    assert caller.send("PUT", "PurchaseOrders", json=order).status_code == 200
    assert len(caller.get("PurchaseOrders", DateFrom=text)["PurchaseOrders"]) == count


def test_a_single_document_has_its_files_and_the_facts_of_its_contact(caller, contact):
    made = invoice(caller, contact)
    path = f"Invoices/{made['InvoiceID']}"
    assert "Attachments" not in caller.get(path)["Invoices"][0]
    text = {"Content-Type": "text/plain", "Accept": "application/json"}
    caller.send("PUT", f"{path}/Attachments/a b.txt", data=b"hello", headers=text)
    (single,) = caller.get(path)["Invoices"]
    (listed,) = caller.get("Invoices", page=1)["Invoices"]
    (file,) = single["Attachments"]
    assert (file["FileName"], file["ContentLength"]) == ("a b.txt", 5)
    got = requests.get(file["Url"], headers=caller.headers, timeout=10)
    assert got.content == b"hello"
    assert "Attachments" not in listed
    assert single["Contact"]["EmailAddress"] == "ana@example.com"
    assert [item["AddressType"] for item in single["Contact"]["Addresses"]] == ["STREET", "POBOX"]
    assert "EmailAddress" not in listed["Contact"]


def test_a_file_adds_no_field_that_the_entity_does_not_have():
    with calling("demo") as caller:
        text = {"Content-Type": "text/plain", "Accept": "application/json"}
        fields = {}
        for entity in ("Quotes", "BankTransfers", "RepeatingInvoices", "Accounts"):
            (record, *_) = caller.get(entity)[entity]
            record_id = record[f"{entity[:-1]}ID"]
            path = f"{entity}/{record_id}"
            sent = caller.send("PUT", f"{path}/Attachments/a.txt", data=b"x", headers=text)
            assert sent.status_code == 200, sent.text
            (changed,) = caller.get(path)[entity]
            fields[entity] = {"HasAttachments", "UpdatedDateUTC"} & set(changed)
            assert changed.get("HasAttachments", True) is True
    assert fields == {
        "Quotes": {"UpdatedDateUTC"},
        "BankTransfers": {"HasAttachments"},
        "RepeatingInvoices": {"HasAttachments"},
        "Accounts": {"HasAttachments", "UpdatedDateUTC"},
    }


@pytest.mark.parametrize("entity", ["Invoices", "CreditNotes", "PurchaseOrders", "Quotes"])
def test_a_document_can_be_read_as_pdf(caller, contact, entity):
    element = {
        "Type": "ACCRECCREDIT" if entity == "CreditNotes" else "ACCREC",
        "Contact": {"ContactID": contact},
        "LineItems": [{**LINE, "Description": "Brötchen (fünf) \\ Teig"}],
        "Date": "2026-05-01",
    }
    made = caller.send("PUT", entity, json=element).json()[entity][0]
    record_id = made[f"{entity[:-1]}ID"]
    path = f"{entity}/{record_id}"
    answer = caller.send("GET", path, headers={"Accept": "application/pdf"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.rstrip().endswith(b"%%EOF")
    assert "Brötchen".encode("cp1252") in answer.content
    assert caller.send("GET", f"{path}/pdf").status_code == 404


@pytest.mark.parametrize("path", ["Invoices", "Contacts/{contact}"])
def test_other_reads_have_no_pdf(caller, contact, path):
    headers = {"Accept": "application/pdf"}
    answer = caller.send("GET", path.format(contact=contact), headers=headers)
    assert answer.status_code == 415


def test_a_failed_element_comes_back_in_the_form_of_a_record(caller, contact):
    element = {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact.replace("-", "").upper()},
        "Date": "2026-05-01",
        "DueDate": None,
        "LineItems": [{**LINE, "AccountCode": "nope", "UnitAmount": "3.50", "Quantity": "2"}],
        "Status": "AUTHORISED",
    }
    answer = caller.send("PUT", "Invoices", json=element)
    (failed,) = answer.json()["Elements"]
    assert failed["Contact"] == {"ContactID": contact}
    assert (failed["LineItems"][0]["UnitAmount"], failed["LineItems"][0]["Quantity"]) == (3.5, 2)
    assert failed["Date"] == "/Date(1777593600000+0000)/"
    assert failed["DateString"] == "2026-05-01T00:00:00"
    assert failed["Payments"] == []
    assert "DueDate" not in failed
    assert failed["LineItems"][0]["AccountCode"] == "nope"


def test_a_failed_tax_rate_has_no_made_up_tax_type(caller):
    (failed,) = caller.send("PUT", "TaxRates", json={"Name": "Half"}).json()["Elements"]
    assert "TaxType" not in failed


def test_a_renamed_contact_has_its_new_name_wherever_it_is_nested(caller, contact):
    made = invoice(caller, contact)
    pay(caller, made, 15, "2026-05-10")
    group = caller.send("PUT", "ContactGroups", json={"Name": "Good"}).json()["ContactGroups"][0]
    members = f"ContactGroups/{group['ContactGroupID']}/Contacts"
    caller.send("PUT", members, json={"Contacts": [{"ContactID": contact}]})
    (bank,) = [item for item in caller.xero.records("Accounts") if item["Type"] == "BANK"]
    prepayment = {
        "Type": "RECEIVE-PREPAYMENT",
        "Contact": {"ContactID": contact},
        "BankAccount": {"AccountID": bank["AccountID"]},
        "LineItems": [LINE],
    }
    assert caller.send("PUT", "BankTransactions", json=prepayment).status_code == 200
    renamed = {"ContactID": contact, "Name": "Ana Maria"}
    assert caller.send("POST", "Contacts", json=renamed).status_code == 200
    names = [
        caller.get("Payments")["Payments"][0]["Invoice"]["Contact"]["Name"],
        caller.get("Prepayments")["Prepayments"][0]["Contact"]["Name"],
        caller.get(f"ContactGroups/{group['ContactGroupID']}")["ContactGroups"][0]["Contacts"][0][
            "Name"
        ],
    ]
    assert names == ["Ana Maria"] * 3


def test_an_amount_becomes_overdue_without_a_write(caller, contact):
    invoice(caller, contact, DueDate="2026-05-25")

    def receivable(records):
        (found,) = records["Contacts"]
        return found["Balances"]["AccountsReceivable"]

    assert receivable(caller.get("Contacts", page=1)) == {"Outstanding": 115, "Overdue": 0}
    caller.xero.clock.advance(6 * 24 * 3600)
    caller.headers = caller.xero.headers()
    assert receivable(caller.get("Contacts", page=1)) == {"Outstanding": 115, "Overdue": 115}
    assert receivable(caller.get(f"Contacts/{contact}")) == {"Outstanding": 115, "Overdue": 115}


def test_an_invoice_is_fully_paid_on_the_day_of_its_last_payment(caller, contact):
    made = invoice(caller, contact)
    pay(caller, made, 100, "2026-05-15")
    pay(caller, made, 15, "2026-05-02")
    (record,) = caller.xero.records("Invoices")
    assert (record["Status"], record["FullyPaidOnDate"]) == ("PAID", date(2026, 5, 15))
