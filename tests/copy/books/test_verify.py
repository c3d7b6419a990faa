"""target-xero verify: proves that an organisation and its copy have the same books."""

import json
import re

import pytest
import requests
from click.testing import CliRunner

from target_xero.verify.command import verify
from xero_sandbox.companies.presets import empty_company
from xero_sandbox.model.report_layout import ReportLayout
from xero_sandbox.server import server

SOURCE = "aaaaaaaa-0000-4000-8000-000000000001"
TARGET = "aaaaaaaa-0000-4000-8000-000000000002"
NASTY = "Zoë <script>alert(1)</script> & Co"


class Twins:
    """Two organisations with the same books, and the command that compares them."""

    def __init__(self, xero, folder):
        self.xero = xero
        self.folder = folder
        self.tokens = {}

    def write(self, tenant_id, path, body, method="PUT"):
        response = requests.request(
            method,
            f"{self.xero.base_uri}/{path}",
            json=body,
            headers=self.xero.headers("sandbox-web", tenant_id=tenant_id),
            timeout=10,
        )
        assert response.status_code == 200, response.text
        return response.json()

    def config(self, tenant_id, scopes=()):
        tokens = self.xero.grant("sandbox-web", scopes)
        path = self.folder / f"{tenant_id}.json"
        config = {
            "base_uri": self.xero.base_uri,
            "authorize_uri": self.xero.authorize_uri,
            "token_uri": self.xero.token_uri,
            "access_token": tokens["access_token"],
            "tenant_id": tenant_id,
        }
        path.write_text(json.dumps(config))
        return str(path)

    def verify(self, *options, source=SOURCE, target=TARGET, scopes=()):
        files = ["--source", self.config(source, scopes), "--target", self.config(target, scopes)]
        result = CliRunner().invoke(verify, [*files, *options])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result


def invoice(number, amount, day="2026-03-10", **fields):
    return {
        "Type": "ACCREC",
        "InvoiceNumber": number,
        "Contact": {"Name": NASTY},
        "Date": day,
        "DueDate": "2026-04-20",
        "Status": "AUTHORISED",
        "LineItems": [{"Description": "Bread", "UnitAmount": amount, "AccountCode": "200"}],
        **fields,
    }


@pytest.fixture
def twins(tmp_path):
    companies = [empty_company(SOURCE, "Harbour"), empty_company(TARGET, "Harbour Copy")]
    with server(companies=companies) as xero:
        twins = Twins(xero, tmp_path)
        for tenant_id in (SOURCE, TARGET):
            twins.write(tenant_id, "Invoices", {"Invoices": [invoice("INV-1", "100.00")]})
            payment = {
                "Invoice": {"InvoiceNumber": "INV-1"},
                "Account": {"Code": "090"},
                "Date": "2026-04-02",
                "Amount": "30.00",
            }
            twins.write(tenant_id, "Payments", {"Payments": [payment]})
        yield twins


def test_organisations_with_the_same_books_agree_though_their_ids_differ(twins):
    result = twins.verify()

    assert result.exit_code == 0, result.output
    assert "Trial balance at 2026-03-31: the same" in result.output
    assert "Trial balance at 2026-04-30: the same" in result.output
    assert "Profit and loss" in result.output
    assert "Balance sheet" in result.output
    assert result.output.strip().splitlines()[-1].startswith("THE BOOKS AGREE")


def test_a_layout_of_reports_that_only_one_organisation_has_is_not_a_difference(twins):
    organisation = twins.xero.organisation(SOURCE)
    accounts = frozenset(organisation.collections["Accounts"])
    organisation.report_layout = ReportLayout({"Income": "Earned"}, {"All": accounts})
    result = twins.verify()

    assert result.exit_code == 0, result.output


def test_a_cent_in_one_invoice_is_found_in_records_and_in_every_report_with_its_document(twins):
    twins.write(SOURCE, "Invoices", {"Invoices": [invoice("INV-2", "50.00", "2026-04-05")]})
    twins.write(TARGET, "Invoices", {"Invoices": [invoice("INV-2", "50.01", "2026-04-05")]})

    result = twins.verify("--json", "-")

    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["same"] is False
    changed = [mismatch for mismatch in found["mismatches"] if mismatch["entity"] == "Invoices"]
    assert [mismatch["label"] for mismatch in changed] == ["ACCREC INV-2"]
    assert ["Total", "57.50", "57.51"] in changed[0]["fields"]
    reports = {report["title"]: report["differences"] for report in found["reports"]}
    assert reports["Trial balance at 2026-03-31"] == []
    # New Zealand's year begins in April, so that March's invoice is not in it.
    april = {
        difference["account"]: difference for difference in reports["Trial balance at 2026-04-30"]
    }
    assert april["200 Sales"]["source"] == "50.00"
    assert april["200 Sales"]["target"] == "50.01"
    assert april["200 Sales"]["causes"] == [changed[0]["number"]]
    # The sum differs too, and needs no cause of its own.
    assert april["Total"]["is_sum"]
    assert found["causes"] == []
    assert "610 Accounts Receivable" in april


def test_records_that_only_one_organisation_has_are_listed(twins):
    twins.write(SOURCE, "Contacts", {"Contacts": [{"Name": "Only here"}]})
    twins.write(TARGET, "Contacts", {"Contacts": [{"Name": "Only there"}]})

    result = twins.verify()

    assert result.exit_code == 1
    assert "Contacts Only here: missing in the target" in result.output
    assert "Contacts Only there: only in the target" in result.output


def test_the_same_record_twice_in_the_copy_is_a_difference(twins):
    for tenant_id, times in ((SOURCE, 1), (TARGET, 2)):
        for _ in range(times):
            spend = {
                "Type": "SPEND",
                "Contact": {"Name": NASTY},
                "BankAccount": {"Code": "090"},
                "Date": "2026-03-12",
                "LineItems": [{"Description": "Tea", "UnitAmount": "4.50", "AccountCode": "429"}],
            }
            twins.write(tenant_id, "BankTransactions", {"BankTransactions": [spend]})

    result = twins.verify()

    assert result.exit_code == 1
    # Source, target, same, left out, different, added.
    assert re.search(r"BankTransactions +AUTHORISED +1 +2 +1 +0 +0 +1 ", result.output)


def test_removed_records_count_only_when_asked_for(twins):
    made = twins.write(SOURCE, "Invoices", {"Invoices": [invoice("INV-9", "9.00", Status="DRAFT")]})
    deletion = {"InvoiceID": made["Invoices"][0]["InvoiceID"], "Status": "DELETED"}
    twins.write(SOURCE, "Invoices", {"Invoices": [deletion]}, "POST")

    assert twins.verify().exit_code == 0
    counted = twins.verify("--removed")
    assert counted.exit_code == 1
    assert "ACCREC INV-9" in counted.output


def test_accounts_that_the_target_had_before_are_not_counted(twins):
    account = {"Code": "333", "Name": "Of its own", "Type": "EXPENSE"}
    twins.write(TARGET, "Accounts", account)

    result = twins.verify()

    assert result.exit_code == 0
    assert "1 record left out on purpose, settings that only the target has" in result.output
    assert "Accounts 333 Of its own: only in the target" in result.output


def test_the_page_loads_nothing_else_and_escapes_names(twins):
    twins.write(SOURCE, "Invoices", {"Invoices": [invoice("INV-2", "50.00", "2026-04-05")]})
    page = twins.folder / "verdict.html"

    assert twins.verify("--html", str(page)).exit_code == 1
    text = page.read_text(encoding="utf-8")
    assert "THE BOOKS DIFFER" in text
    assert "Invoices ACCREC INV-2 57.50: missing in the target" in text
    assert NASTY not in text
    assert "src=" not in text
    assert "http://" not in text
    assert "https://" not in text
    assert '<html lang="en">' in text
    assert "prefers-color-scheme: dark" in text
    assert 'name="viewport"' in text


def test_chosen_dates_replace_the_month_ends(twins):
    result = twins.verify("--date", "2026-03-09", "--date", "2026-03-10")

    assert result.exit_code == 0
    titles = re.findall(r"Trial balance at (\S+):", result.output)
    assert titles == ["2026-03-09", "2026-03-10"]


def test_an_organisation_is_not_compared_with_itself(twins):
    result = twins.verify(target=SOURCE)

    assert result.exit_code == 2
    assert "Source and target are the same organisation: Harbour" in result.output


def test_a_missing_scope_is_named_and_gives_no_verdict(twins):
    result = twins.verify(scopes=("accounting.settings.read", "accounting.contacts.read"))

    assert result.exit_code == 2
    assert "accounting.invoices.read" in result.output
    assert "AGREE" not in result.output


def test_a_report_that_fails_for_a_while_is_read_again(twins):
    twins.xero.fault("unavailable", "Reports/TrialBalance", nth=1)

    assert twins.verify("--date", "2026-03-31").exit_code == 0


def test_contacts_whose_addresses_or_phones_differ_are_not_the_same(twins):
    for tenant_id, number in ((SOURCE, "5551234"), (TARGET, "5559999")):
        phone = {"PhoneType": "DEFAULT", "PhoneNumber": number}
        contact = {"Name": "Bo", "TaxNumber": "12-345-678", "Phones": [phone]}
        twins.write(tenant_id, "Contacts", {"Contacts": [contact]})

    result = twins.verify("--json", "-")

    assert result.exit_code == 1
    [found] = [each for each in json.loads(result.stdout)["mismatches"] if each["judged"]]
    assert (found["entity"], found["label"]) == ("Contacts", "Bo")
    [[name, ours, theirs]] = found["fields"]
    assert (name, "5551234" in ours, "5559999" in theirs) == ("Phones", True, True)


def test_records_are_the_same_left_out_or_different_and_the_numbers_agree(twins):
    for number in range(60):
        draft = invoice(f"D-{number}", "9.00", Status="DRAFT")
        made = twins.write(SOURCE, "Invoices", {"Invoices": [draft]})
        deletion = {"InvoiceID": made["Invoices"][0]["InvoiceID"], "Status": "DELETED"}
        twins.write(SOURCE, "Invoices", {"Invoices": [deletion]}, "POST")
    twins.write(SOURCE, "Contacts", {"Contacts": [{"Name": "Only here"}]})
    twins.write(TARGET, "Contacts", {"Contacts": [{"Name": "Only there"}]})
    page, sheet = twins.folder / "verdict.html", twins.folder / "verdict.json"

    result = twins.verify("--html", str(page), "--json", str(sheet))

    found = json.loads(sheet.read_text())
    for count in found["counts"]:
        parts = count["same"] + count["left_out"] + count["different"]
        assert parts == count["source"], count
    totals = {
        name: sum(count[name] for count in found["counts"])
        for name in ("source", "same", "left_out", "different", "added")
    }
    assert (totals["left_out"], totals["different"], totals["added"]) == (60, 1, 1)
    assert (
        f"Of {totals['source']:,} records in Harbour ({SOURCE}), {totals['same']:,} are the same "
        f"in Harbour Copy ({TARGET}), 60 are left out on purpose, 1 differs; 1 more is only in the "
        "target."
    ) in found["verdict"]
    for text in (result.stdout, page.read_text(encoding="utf-8")):
        assert all(f"ACCREC D-{number} " in text for number in range(60))
        assert "more (" not in text


def test_the_page_shows_both_figures_of_every_account_and_month_as_the_json_does(twins):
    twins.write(SOURCE, "Invoices", {"Invoices": [invoice("INV-2", "50.00", "2026-04-05")]})
    page, sheet = twins.folder / "verdict.html", twins.folder / "verdict.json"

    twins.verify("--html", str(page), "--json", str(sheet), "--by", "Ana Auditor")

    text = " ".join(page.read_text(encoding="utf-8").split())
    found = json.loads(sheet.read_text())
    reports = {report["title"]: report for report in found["reports"]}
    sales = next(
        figure
        for figure in reports["Trial balance at 2026-04-30"]["figures"]
        if figure["account"] == "200 Sales" and figure["column"] == "YTD Credit"
    )
    assert (sales["source"], sales["target"]) == ("50.00", "0")
    assert len(reports["Trial balance at 2026-03-31"]["figures"]) > 3
    for title, report in reports.items():
        table = text.partition(f">{title}: ")[2].partition("</table>")[0]
        assert all(f">{figure['account']}</th>" in table for figure in report["figures"]), title
    table = text.partition(">Trial balance at 2026-04-30: ")[2].partition("</table>")[0]
    row = table.partition(">200 Sales</th>")[2].partition("</tr>")[0]
    assert re.findall(r">(-?[\d,.]+)</td>", row) == ["-50.00", "0.00", "-50.00", "0.00", "50.00"]
    # The record is described once, and the reports refer to it by its number.
    assert text.count("ACCREC INV-2") == 1
    assert '<a href="#record-1">1</a>' in row
    assert "by Ana Auditor with target-xero " in text
    assert re.search(r"Compared 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[+-]", text)
    assert "@media print" in text
    assert found["making"]["by"] == "Ana Auditor"


def test_years_are_those_of_the_organisation_and_currencies_are_apart(twins):
    for tenant_id in (SOURCE, TARGET):
        twins.write(tenant_id, "Currencies", {"Code": "AUD"})
        abroad = {"CurrencyCode": "AUD", "CurrencyRate": "0.9"}
        line = {"Description": "Bread", "UnitAmount": "20", "AccountCode": "200"}
        line["TaxType"] = "ZERORATED"
        sold = invoice("INV-9", "20", **abroad) | {"LineItems": [line]}
        twins.write(tenant_id, "Invoices", {"Invoices": [sold]})
        payment = {
            "Invoice": {"InvoiceNumber": "INV-9"},
            "Account": {"Code": "090"},
            "Date": "2026-04-02",
            "Amount": "7.00",
        }
        twins.write(tenant_id, "Payments", {"Payments": [payment]})

    found = json.loads(twins.verify("--json", "-").stdout)

    [paid] = [count for count in found["counts"] if count["entity"] == "Payments"]
    assert paid["totals"] == [["AUD", "7.00", "7.00"], ["NZD", "30.00", "30.00"]]
    titles = [report["title"] for report in found["reports"]]
    # New Zealand's year ends on 31 March.
    assert "Profit and loss from 2026-04-01 to 2026-04-30" in titles
    assert "Profit and loss from 2025-04-01 to 2026-03-31" in titles
    assert found["source"]["year_end"] == "31 March"


def test_another_financial_year_is_named_as_the_cause(twins):
    twins.xero.organisation(TARGET).financial_year_end_month = 6
    twins.xero.organisation(TARGET).financial_year_end_day = 30

    result = twins.verify()

    assert result.exit_code == 1
    assert "The financial years end on 31 March and 30 June" in result.output
