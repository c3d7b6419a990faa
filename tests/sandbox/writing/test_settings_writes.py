"""Contacts, groups, accounts, tax rates, tracking, items, set-up and other settings.

(xero-facts.md: Attachments and history, Writing by entity)
"""

import pytest
from settings_callers import ZERO, caller, name, send, shared

__all__ = ["caller", "name", "shared"]


def test_contacts_are_matched_by_id_then_number_then_name(shared, name):
    made = send(shared, "PUT", "Contacts", {"Name": name, "ContactNumber": f"N{name}"})
    by_name = send(shared, "POST", "Contacts", {"Name": name.upper(), "FirstName": "A"})
    by_number = send(shared, "POST", "Contacts", {"Name": name, "ContactNumber": f"N{name}"})
    by_id = send(shared, "POST", "Contacts", {"ContactID": made["ContactID"], "Name": f"{name} 2"})
    assert {record["ContactID"] for record in (made, by_name, by_number, by_id)} == {
        made["ContactID"]
    }
    assert by_id["FirstName"] == "A"


def test_a_contact_that_a_test_has_added_can_be_renamed(shared, name):
    added = shared.xero.add("Contacts", {"Name": name, "ContactStatus": "ACTIVE"})
    renamed = send(shared, "POST", "Contacts", {"ContactID": added, "Name": f"{name} 2"})
    assert renamed["Name"] == f"{name} 2"


@pytest.mark.parametrize("field", ["Name", "ContactNumber"])
def test_putting_a_contact_twice_is_an_error(shared, name, field):
    send(shared, "PUT", "Contacts", {"Name": name, "ContactNumber": name})
    other = {"Name": f"{name} b", "ContactNumber": f"{name} b", field: name}
    assert send(shared, "PUT", "Contacts", other, status=400)


def test_a_bad_address_is_refused_in_xeros_words(shared, name):
    answer = send(shared, "PUT", "Contacts", {"Name": name, "EmailAddress": "nowhere"}, status=400)
    assert answer["Elements"][0]["ValidationErrors"] == [{"Message": "Email address must be valid"}]
    assert answer["Elements"][0]["ContactID"] == ZERO


def test_contact_persons_are_replaced_and_other_fields_kept(shared, name):
    people = [{"FirstName": "A"}, {"FirstName": "B"}]
    made = send(
        shared, "PUT", "Contacts", {"Name": name, "ContactPersons": people, "TaxNumber": "9"}
    )
    change = {"ContactID": made["ContactID"], "ContactPersons": [{"FirstName": "C"}]}
    changed = send(shared, "POST", "Contacts", change)
    assert [record["FirstName"] for record in changed["ContactPersons"]] == ["C"]
    assert changed["TaxNumber"] == "9"


def test_an_archived_contact_frees_its_name_and_takes_no_documents(shared, name):
    made = send(shared, "PUT", "Contacts", {"Name": name})
    archived = {"ContactID": made["ContactID"], "ContactStatus": "ARCHIVED"}
    assert send(shared, "POST", "Contacts", archived)["ContactStatus"] == "ARCHIVED"
    line = {"Description": "x", "UnitAmount": 1, "AccountCode": "200"}
    element = {"Type": "ACCREC", "LineItems": [line], "Contact": {"ContactID": made["ContactID"]}}
    assert send(shared, "PUT", "Invoices", element, status=400)
    assert send(shared, "PUT", "Contacts", {"Name": name})["ContactID"] != made["ContactID"]


def test_null_clears_a_field_and_leaves_those_that_must_be(shared, name):
    made = send(shared, "PUT", "Contacts", {"Name": name, "TaxNumber": "1"})
    change = {"ContactID": made["ContactID"], "TaxNumber": None, "ContactStatus": None}
    changed = send(shared, "POST", "Contacts", change)
    assert "TaxNumber" not in changed
    assert changed["ContactStatus"] == "ACTIVE"


def test_a_group_gains_and_loses_members(shared, name):
    group = send(shared, "PUT", "ContactGroups", {"Name": name})
    path = f"ContactGroups/{group['ContactGroupID']}"
    ids = [send(shared, "PUT", "Contacts", {"Name": f"{name}-{n}"})["ContactID"] for n in range(3)]
    body = {"Contacts": [{"ContactID": record} for record in ids]}
    assert shared.send("PUT", f"{path}/Contacts", json=body).status_code == 200
    members = shared.get(path)["ContactGroups"][0]["Contacts"]
    assert [record["ContactID"] for record in members] == ids
    send(shared, "DELETE", f"{path}/Contacts/{ids[0]}", status=204)
    left = shared.get(path)["ContactGroups"][0]["Contacts"]
    assert [record["ContactID"] for record in left] == ids[1:]
    assert shared.get(f"Contacts/{ids[0]}")["Contacts"][0]["ContactGroups"] == []
    send(shared, "DELETE", f"{path}/Contacts", status=204)
    assert send(shared, "POST", path, {"Status": "DELETED"})["Status"] == "DELETED"
    assert shared.get("ContactGroups")["ContactGroups"] == []


def test_of_several_accounts_the_first_is_made_and_the_rest_silently_ignored(caller):
    accounts = [{"Code": f"A{n}", "Name": f"Own {n}", "Type": "EXPENSE"} for n in range(3)]
    answer = caller.send("PUT", "Accounts", json={"Accounts": accounts})
    assert [record["Code"] for record in answer.json()["Accounts"]] == ["A0"]
    codes = [record["Code"] for record in caller.get("Accounts")["Accounts"]]
    assert "A0" in codes
    assert "A1" not in codes


def test_accounts_cannot_be_posted_to_the_collection(shared):
    element = {"Code": "X1", "Name": "X", "Type": "EXPENSE"}
    assert shared.send("POST", "Accounts", json=element).status_code == 501


def test_an_account_is_archived_on_its_own_and_deleted_when_unused(shared):
    made = send(shared, "PUT", "Accounts", {"Code": "D1", "Name": "Dust", "Type": "EXPENSE"})
    path = f"Accounts/{made['AccountID']}"
    assert send(shared, "POST", path, {"Status": "ARCHIVED", "Name": "Else"}, status=400)
    assert send(shared, "POST", path, {"Name": "Else"})["Name"] == "Else"
    assert send(shared, "POST", path, {"Status": "ARCHIVED"})["Status"] == "ARCHIVED"
    assert send(shared, "DELETE", path)["Status"] == "DELETED"
    assert shared.send("GET", path).status_code == 404


def test_accounts_in_use_or_of_the_system_stay(shared, name):
    accounts = {record["Code"]: record for record in shared.get("Accounts")["Accounts"]}
    line = {"Description": "x", "UnitAmount": 1, "AccountCode": "200"}
    element = {"Type": "ACCREC", "LineItems": [line], "Contact": {"Name": name}}
    send(shared, "PUT", "Invoices", {**element, "Status": "AUTHORISED"})
    for code in ("200", "610"):
        send(shared, "DELETE", f"Accounts/{accounts[code]['AccountID']}", status=400)
    bank = f"Accounts/{accounts['090']['AccountID']}"
    send(shared, "POST", bank, {"Name": "Other"}, status=400)


def test_a_tax_rate_is_the_sum_of_its_components_compound_on_top(shared, name):
    components = [
        {"Name": "State", "Rate": 10},
        {"Name": "City", "Rate": 5, "IsCompound": True},
    ]
    made = send(shared, "PUT", "TaxRates", {"Name": name, "TaxComponents": components})
    assert made["EffectiveRate"] == 15.5
    assert made["TaxType"].startswith("TAX")
    line = {"Description": "x", "UnitAmount": 100, "AccountCode": "200", "TaxType": made["TaxType"]}
    element = {"Type": "ACCREC", "LineItems": [line], "Contact": {"Name": name}}
    invoice = send(shared, "PUT", "Invoices", {**element, "Status": "AUTHORISED"})
    assert invoice["TotalTax"] == 15.5
    (journal,) = [
        record
        for record in shared.xero.records("Journals")
        if record["SourceID"] == invoice["InvoiceID"]
    ]
    parts = {line["Description"]: float(line["NetAmount"]) for line in journal["JournalLines"]}
    assert (parts["State"], parts["City"]) == (-10, -5.5)


def test_tax_that_cannot_be_recovered_is_part_of_the_cost(shared, name):
    components = [
        {"Name": "GST", "Rate": 15},
        {"Name": "Duty", "Rate": 5, "IsNonRecoverable": True},
    ]
    rate = send(shared, "PUT", "TaxRates", {"Name": name, "TaxComponents": components})
    line = {"Description": "x", "UnitAmount": 100, "AccountCode": "429", "TaxType": rate["TaxType"]}
    element = {"Type": "ACCPAY", "LineItems": [line], "Contact": {"Name": name}}
    bill = send(shared, "PUT", "Invoices", {**element, "Status": "AUTHORISED"})
    (journal,) = [
        record
        for record in shared.xero.records("Journals")
        if record["SourceID"] == bill["InvoiceID"]
    ]
    parts = {line["AccountCode"]: float(line["NetAmount"]) for line in journal["JournalLines"]}
    assert parts == {"800": -120, "429": 105, "820": 15}


def test_tax_rates_are_resent_whole_deleted_and_the_systems_untouched(shared, name):
    components = [{"Name": "GST", "Rate": 3}]
    made = send(shared, "PUT", "TaxRates", {"Name": name, "TaxComponents": components})
    send(shared, "PUT", "TaxRates", {"Name": name, "TaxComponents": components}, status=400)
    own = {"TaxType": made["TaxType"]}
    assert send(shared, "POST", "TaxRates", {**own, "Status": "DELETED"})["Status"] == "DELETED"
    send(shared, "POST", "TaxRates", {"TaxType": "OUTPUT2", "Status": "DELETED"}, status=400)
    send(shared, "PUT", "TaxRates", {"Name": f"{name} b"}, status=400)


def test_two_tracking_categories_are_active_at_most(caller):
    made = [send(caller, "PUT", "TrackingCategories", {"Name": record}) for record in ("A", "B")]
    send(caller, "PUT", "TrackingCategories", {"Name": "C"}, status=400)
    path = f"TrackingCategories/{made[0]['TrackingCategoryID']}"
    assert send(caller, "POST", path, {"Status": "ARCHIVED"})["Status"] == "ARCHIVED"
    assert send(caller, "PUT", "TrackingCategories", {"Name": "C"})["Status"] == "ACTIVE"


def test_an_option_in_use_is_archived_not_deleted(caller):
    category = send(caller, "PUT", "TrackingCategories", {"Name": "Region"})
    path = f"TrackingCategories/{category['TrackingCategoryID']}/Options"
    option = send(caller, "PUT", path, {"Name": "North"})
    spare = send(caller, "PUT", path, {"Name": "Spare"})
    tracking = [{"Name": "Region", "Option": "North"}]
    line = {"Description": "x", "UnitAmount": 1, "AccountCode": "200", "Tracking": tracking}
    element = {"Type": "ACCREC", "LineItems": [line], "Contact": {"Name": "Ana"}}
    send(caller, "PUT", "Invoices", element)
    used = f"{path}/{option['TrackingOptionID']}"
    send(caller, "DELETE", used, status=400)
    send(caller, "DELETE", f"TrackingCategories/{category['TrackingCategoryID']}", status=400)
    assert send(caller, "POST", used, {"Status": "ARCHIVED"})["Status"] == "ARCHIVED"
    assert send(caller, "DELETE", f"{path}/{spare['TrackingOptionID']}")["Status"] == "DELETED"


def test_a_currency_is_added_once_and_must_exist(shared):
    assert send(shared, "PUT", "Currencies", {"Code": "usd"})["Code"] == "USD"
    send(shared, "PUT", "Currencies", {"Code": "USD"})
    send(shared, "PUT", "Currencies", {"Code": "XXY"}, status=400)
    codes = [record["Code"] for record in shared.get("Currencies")["Currencies"]]
    assert codes.count("USD") == 1


def test_a_bills_line_is_billed_on_to_a_customer(shared, name):
    line = {"Description": "x", "UnitAmount": 9}
    documents = {
        kind: send(
            shared,
            "PUT",
            "Invoices",
            {
                "Type": kind,
                "Contact": {"Name": f"{name} {kind}"},
                "LineItems": [{**line, "AccountCode": account}],
                "Status": "AUTHORISED",
            },
        )
        for kind, account in (("ACCPAY", "429"), ("ACCREC", "200"))
    }
    source, target = documents["ACCPAY"], documents["ACCREC"]
    element = {
        "SourceTransactionID": source["InvoiceID"],
        "SourceLineItemID": source["LineItems"][0]["LineItemID"],
    }
    made = send(shared, "PUT", "LinkedTransactions", element)
    assert (made["Status"], made["SourceTransactionTypeCode"]) == ("APPROVED", "ACCPAY")
    path = f"LinkedTransactions/{made['LinkedTransactionID']}"
    change = {
        "TargetTransactionID": target["InvoiceID"],
        "TargetLineItemID": target["LineItems"][0]["LineItemID"],
    }
    billed = send(shared, "POST", path, change)
    assert (billed["Status"], billed["ContactID"]) == ("BILLED", target["Contact"]["ContactID"])
    send(shared, "POST", "Invoices", {"InvoiceID": source["InvoiceID"], "Status": "VOIDED"})
    assert shared.get(path)["LinkedTransactions"][0]["Status"] == "VOIDED"
    send(shared, "DELETE", path, status=204)
    assert shared.send("GET", path).status_code == 404


def test_history_keeps_what_was_done_and_what_was_noted(shared, name):
    contact = send(shared, "PUT", "Contacts", {"Name": name})
    path = f"Contacts/{contact['ContactID']}/History"
    body = {"HistoryRecords": [{"Details": "Called."}, {"Details": "Called again."}]}
    assert shared.send("PUT", path, json=body).status_code == 200
    entries = shared.get(path)["HistoryRecords"]
    assert {"Called.", "Called again."} <= {record["Details"] for record in entries}
    assert "Created" in {record["Changes"] for record in entries}
    too_long = {"HistoryRecords": [{"Details": "x" * 2501}]}
    assert shared.send("PUT", path, json=too_long).status_code == 400


def test_an_invoice_is_emailed_and_stays_as_it_was_updated(caller):
    contact = {"Name": "Ana", "EmailAddress": "ana@example.com"}
    send(caller, "PUT", "Contacts", contact)
    line = {"Description": "x", "UnitAmount": 1, "AccountCode": "200"}
    element = {"Type": "ACCREC", "LineItems": [line], "Contact": {"Name": "Ana"}}
    draft = send(caller, "PUT", "Invoices", element)
    send(caller, "POST", f"Invoices/{draft['InvoiceID']}/Email", {}, status=400)
    made = send(caller, "PUT", "Invoices", {**element, "Status": "AUTHORISED"})
    caller.xero.clock.advance(60)
    send(caller, "POST", f"Invoices/{made['InvoiceID']}/Email", {}, status=204)
    sent = caller.get(f"Invoices/{made['InvoiceID']}")["Invoices"][0]
    assert sent["SentToContact"] is True
    assert sent["UpdatedDateUTC"] == made["UpdatedDateUTC"]
    caller.xero.organisation().is_demo_company = True
    send(caller, "POST", f"Invoices/{made['InvoiceID']}/Email", {}, status=400)


def test_setup_replaces_accounts_and_opening_balances(caller):
    body = {
        "ConversionDate": {"Month": 3, "Year": 2026},
        "Accounts": [
            {"Code": "200", "Name": "Takings", "Type": "SALES"},
            {"Code": "555", "Name": "Goodwill", "Type": "NONCURRENT"},
        ],
        "ConversionBalances": [
            {"AccountCode": "090", "Balance": 1000},
            {"AccountCode": "555", "Balance": 500},
        ],
    }
    answer = caller.send("POST", "Setup", json=body)
    assert answer.status_code == 200, answer.text
    summary = answer.json()["ImportSummary"]["Accounts"]
    assert (summary["New"], summary["Updated"], summary["Present"]) == (1, 1, True)
    accounts = {record["Code"]: record for record in caller.get("Accounts")["Accounts"]}
    assert accounts["200"]["Name"] == "Takings"
    assert "429" not in accounts
    assert "610" in accounts
    rows = caller.get("Reports/TrialBalance", date="2026-03-31")["Reports"][0]["Rows"]
    cells = {
        row["Cells"][0]["Value"]: [cell["Value"] for cell in row["Cells"][3:]]
        for section in rows[1:]
        for row in section["Rows"]
    }
    assert cells["Historical Adjustment (840)"] == ["", "1500.00"]
    assert cells["Total"] == ["1500.00", "1500.00"]


def test_payment_services_are_hung_on_a_theme(shared, name):
    element = {
        "PaymentServiceName": name,
        "PaymentServiceUrl": "https://pay.example.com/?amount=[AMOUNTDUE]",
        "PayNowText": "Pay",
    }
    service = send(shared, "PUT", "PaymentServices", element)
    theme = shared.get("BrandingThemes")["BrandingThemes"][0]["BrandingThemeID"]
    body = {"PaymentServiceID": service["PaymentServiceID"]}
    path = f"BrandingThemes/{theme}/PaymentServices"
    assert send(shared, "POST", path, body)["PaymentServiceName"] == name


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "Users"),
        ("PUT", "BrandingThemes"),
        ("DELETE", "Invoices"),
        ("POST", "ContactGroups"),
        ("POST", "TrackingCategories"),
    ],
)
def test_what_xero_cannot_write_is_not_implemented(shared, method, path):
    assert shared.send(method, path, json={}).status_code == 501
