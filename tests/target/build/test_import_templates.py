"""Xero's import templates: the files in examples/import-templates, published and read back."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from sandbox_caller import Caller
from target_runner import publish, record, schema

TEMPLATES = Path(__file__).parents[3] / "examples" / "import-templates"
DAYS = {"date_format": "%d/%m/%Y"}


@pytest.fixture
def organisation(xero):
    """An organisation with the tracking, the currency and the item that the files name."""
    caller = Caller(xero)
    for name, options in (("Region", ["North", "South"]), ("Team", ["Shop", "Workshop"])):
        category = {"Name": name, "Options": [{"Name": option} for option in options]}
        assert caller.send("PUT", "TrackingCategories", json=category).ok
    assert caller.send("PUT", "Currencies", json={"Code": "USD"}).ok
    assert caller.send("PUT", "Items", json={"Items": [{"Code": "SHELF", "Name": "Shelf"}]}).ok
    caller.close()
    return xero


def rows_of(stream):
    with (TEMPLATES / f"{stream}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def messages_of(stream, rows, name=None):
    """The messages of a tap that reads CSV files: every value is a text."""
    texts = {heading: {"type": "string"} for heading in rows[0]}
    name = name or stream
    return [schema(name, **texts), *(record(name, **row) for row in rows)]


def published(folder, xero, stream, **settings):
    run = publish(folder, xero, messages_of(stream, rows_of(stream)), **DAYS | settings)
    assert run.exit_code == 0, run.log
    return run


def picked(values, *names):
    return [values.get(name) for name in names]


def number(text):
    return Decimal(text)


def iso(text):
    day, month, year = text.split("/")
    return f"{year}-{month}-{day}"


def shown(day):
    return str(day)[:10]


def tracking(row):
    pairs = [(row["TrackingName1"], row["TrackingOption1"]),
             (row["TrackingName2"], row["TrackingOption2"])]  # fmt: skip
    return [pair for pair in pairs if pair[1]]


ACCOUNTS = {"Sales": "200", "Freight and Courier": "425", "Income Tax Payable": "830",
            "Purchases": "300", "Inventory": "630", "Cost of Goods Sold": "310"}  # fmt: skip
TAXES = {"15% GST on Income": "OUTPUT2", "15% GST on Expenses": "INPUT2", "No GST": "NONE",
         "Zero Rated": "ZERORATED"}  # fmt: skip


def assert_line(line, row, sign=1):
    """Every cell of a line is in Xero."""
    assert line["Description"] == (row.get("*Description") or row.get("Description"))
    assert line["Quantity"] == number(row["*Quantity"])
    assert line["UnitAmount"] == sign * number(row["*UnitAmount"])
    assert line["AccountCode"] == ACCOUNTS.get(row["*AccountCode"], row["*AccountCode"])
    assert line["TaxType"] == TAXES[row["*TaxType"]]
    assert line.get("ItemCode", "") == row["InventoryItemCode"]
    assert line.get("DiscountRate", 0) == number(row.get("Discount") or 0)
    assert [(entry["Name"], entry["Option"]) for entry in line["Tracking"]] == tracking(row)
    if row.get("TaxAmount"):
        assert line["TaxAmount"] == sign * number(row["TaxAmount"])


def assert_contact(xero, name, row):
    contact = next(each for each in xero.records("Contacts") if each["Name"] == name)
    assert contact["EmailAddress"] == row["EmailAddress"]
    if "POCity" not in row:
        return
    address = next(each for each in contact["Addresses"] if each["AddressType"] == "POBOX")
    for part in ("AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4", "City", "Region",
                 "PostalCode", "Country"):  # fmt: skip
        assert address.get(part, "") == row[f"PO{part}"], part


def assert_documents(xero, entity, number_field, heading, rows, *, date_heading, due=None, sign=1):
    documents = xero.records(entity)
    keys = list(dict.fromkeys((row["*ContactName"], row[heading]) for row in rows))
    found = {(each["Contact"]["Name"], each[number_field]): each for each in documents}
    assert len(documents) == len(keys)
    themes = {each["BrandingThemeID"]: each["Name"] for each in xero.records("BrandingThemes")}
    for key in keys:
        document = found[key]
        own = [row for row in rows if (row["*ContactName"], row[heading]) == key]
        first = own[0]
        assert shown(document["Date"]) == iso(first[date_heading])
        if due:
            assert shown(document["DueDate"]) == iso(first[due])
        assert document.get("Reference", "") == first.get("Reference", "")
        assert document["CurrencyCode"] == (first["Currency"] or "NZD")
        assert themes.get(document.get("BrandingThemeID"), "") == first.get("BrandingTheme", "")
        for line, row in zip(document["LineItems"], own, strict=True):
            assert_line(line, row, sign)
        if first["EmailAddress"]:
            assert_contact(xero, key[0], first)
    return found


def test_sales_invoices(tmp_path, organisation):
    run = published(tmp_path, organisation, "sales_invoices")
    assert run.statuses == {"created": 2}
    found = assert_documents(organisation, "Invoices", "InvoiceNumber", "*InvoiceNumber",
                             rows_of("sales_invoices"), date_heading="*InvoiceDate",
                             due="*DueDate")  # fmt: skip
    assert {each["Type"] for each in found.values()} == {"ACCREC"}
    assert published(tmp_path, organisation, "sales_invoices").statuses == {"unchanged": 2}


def test_sales_invoices_are_known_by_the_headings_that_only_they_have(tmp_path, organisation):
    messages = messages_of("sales_invoices", rows_of("sales_invoices"), "invoices")
    run = publish(tmp_path, organisation, messages, **DAYS)
    assert run.statuses == {"created": 2}, run.log
    assert {each["Type"] for each in organisation.records("Invoices")} == {"ACCREC"}


def test_bills_of_two_suppliers_may_have_one_number(tmp_path, organisation):
    run = published(tmp_path, organisation, "bills")
    assert run.statuses == {"created": 2}
    found = assert_documents(organisation, "Invoices", "InvoiceNumber", "*InvoiceNumber",
                             rows_of("bills"), date_heading="*InvoiceDate",
                             due="*DueDate")  # fmt: skip
    assert {each["Type"] for each in found.values()} == {"ACCPAY"}


def test_a_template_that_does_not_say_sales_or_purchases_is_refused(tmp_path, organisation):
    messages = messages_of("bills", rows_of("bills"), "invoices")
    run = publish(tmp_path, organisation, messages, **DAYS)
    assert run.exit_code == 1
    assert set(run.statuses) == {"invalid"}
    assert '{"Type": "ACCPAY"}' in run.errors("invalid")[0]
    streams = {"invoices": {"payload": {"Type": "ACCPAY"}}}
    run = publish(tmp_path, organisation, messages, streams=streams,
                  scopes="accounting.invoices accounting.settings.read", **DAYS)  # fmt: skip
    assert run.statuses == {"created": 2}, run.log


def test_credit_notes_with_a_negative_total_get_positive_amounts(tmp_path, organisation):
    assert published(tmp_path, organisation, "sales_credit_notes").statuses == {"created": 1}
    rows = rows_of("sales_credit_notes")
    [note] = assert_documents(organisation, "CreditNotes", "CreditNoteNumber",
                              "*CreditNoteNumber", rows, date_heading="*CreditNoteDate",
                              sign=-1).values()  # fmt: skip
    assert note["Type"] == "ACCRECCREDIT"
    assert note["SubTotal"] == 100


def test_purchase_orders(tmp_path, organisation):
    # Unlike an invoice, an order does not create its contact.
    supplier = [schema("contacts"), record("contacts", Name="Timber Supplies")]
    assert publish(tmp_path, organisation, supplier).statuses == {"created": 1}
    assert published(tmp_path, organisation, "purchase_orders").statuses == {"created": 1}
    rows = rows_of("purchase_orders")
    orders = assert_documents(organisation, "PurchaseOrders", "PurchaseOrderNumber",
                              "*PurchaseOrderNumber", rows, date_heading="*OrderDate")  # fmt: skip
    [order] = orders.values()
    assert shown(order["DeliveryDate"]) == iso(rows[0]["DeliveryDate"])
    names = ("DeliveryAddress", "AttentionTo", "Telephone", "DeliveryInstructions")
    assert picked(order, *names) == picked(rows[0], *names)


def test_contacts(tmp_path, organisation):
    run = published(tmp_path, organisation, "contacts")
    [row] = rows_of("contacts")
    [contact] = organisation.records("Contacts")
    names = ("AccountNumber", "EmailAddress", "FirstName", "LastName", "TaxNumber",
             "CompanyNumber")  # fmt: skip
    assert contact["Name"] == row["*ContactName"]
    assert picked(contact, *names) == picked(row, *names)
    for prefix, kind in (("PO", "POBOX"), ("SA", "STREET")):
        address = next(each for each in contact["Addresses"] if each["AddressType"] == kind)
        parts = ("AttentionTo", "AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4",
                 "City", "Region", "PostalCode", "Country")  # fmt: skip
        assert picked(address, *parts) == [row[f"{prefix}{part}"] for part in parts]
    phones = {phone["PhoneType"]: phone["PhoneNumber"] for phone in contact["Phones"]}
    assert picked(phones, "DEFAULT", "FAX", "MOBILE", "DDI") == picked(
        row, "PhoneNumber", "FaxNumber", "MobileNumber", "DDINumber"
    )
    bank = ("BankAccountName", "BankAccountNumber")
    assert picked(contact["BatchPayments"], *bank) == picked(row, *bank)
    assert contact["BatchPayments"]["Details"] == row["BankAccountParticulars"]
    assert contact["AccountsReceivableTaxType"] == "OUTPUT2"
    assert contact["AccountsPayableTaxType"] == "INPUT2"
    assert contact["PaymentTerms"] == {
        "Bills": {"Day": 20, "Type": "OFFOLLOWINGMONTH"},
        "Sales": {"Day": 14, "Type": "DAYSAFTERBILLDATE"},
    }
    assert contact["SalesDefaultAccountCode"] == "200"
    assert contact["PurchasesDefaultAccountCode"] == "300"
    assert contact["SalesDefaultLineAmountType"] == "EXCLUSIVE"
    assert contact["PurchasesDefaultLineAmountType"] == "INCLUSIVE"

    def names_of(side):
        entries = contact[f"{side}TrackingCategories"]
        return [picked(each, "TrackingCategoryName", "TrackingOptionName") for each in entries]

    assert names_of("Sales") == [["Region", "North"], ["Team", "Shop"]]
    assert names_of("Purchases") == [["Region", "South"]]
    persons = ("FirstName", "LastName", "EmailAddress", "IncludeInEmails")
    assert [picked(person, *persons) for person in contact["ContactPersons"]] == [
        ["Ana", "Hill", "ana@rowan.example.com", True],
        ["Bo", "Hill", "bo@rowan.example.com", False],
    ]
    [result] = run.results
    assert result["warnings"] == ["'Website' is left out: Xero's API cannot write it"]


def test_items(tmp_path, organisation):
    assert published(tmp_path, organisation, "items").statuses == {"created": 2}
    items = {item["Code"]: item for item in organisation.records("Items")}
    for row in rows_of("items"):
        item = items[row["*ItemCode"]]
        assert picked(item, "Name", "PurchaseDescription", "Description") == picked(
            row, "ItemName", "PurchasesDescription", "SalesDescription"
        )
        purchase, sales = item["PurchaseDetails"], item["SalesDetails"]
        assert purchase["UnitPrice"] == number(row["PurchasesUnitPrice"])
        assert purchase["TaxType"] == "INPUT2"
        assert sales["UnitPrice"] == number(row["SalesUnitPrice"])
        assert sales["AccountCode"] == "200"
        assert sales["TaxType"] == "OUTPUT2"
    assert items["FRAME"]["PurchaseDetails"]["AccountCode"] == "300"
    assert items["STOCK"]["InventoryAssetAccountCode"] == "630"
    assert items["STOCK"]["PurchaseDetails"]["COGSAccountCode"] == "310"


def test_manual_journals(tmp_path, organisation):
    assert published(tmp_path, organisation, "manual_journals").statuses == {"created": 2}
    journals = {each["Narration"]: each for each in organisation.records("ManualJournals")}
    rows = rows_of("manual_journals")
    for narration, journal in journals.items():
        own = [row for row in rows if row["*Narration"] == narration]
        assert shown(journal["Date"]) == iso(own[0]["*Date"])
        for line, row in zip(journal["JournalLines"], own, strict=True):
            assert line["Description"] == row["Description"]
            assert line["AccountCode"] == ACCOUNTS.get(row["*AccountCode"], row["*AccountCode"])
            assert line["TaxType"] == "NONE"
            assert line["LineAmount"] == number(row["*Amount"])
            assert [(each["Name"], each["Option"]) for each in line["Tracking"]] == tracking(row)


def test_a_chart_of_accounts(tmp_path, organisation):
    assert published(tmp_path, organisation, "chart_of_accounts").statuses == {"created": 3}
    accounts = {each.get("Code"): each for each in organisation.records("Accounts")}
    types = {"Revenue": "REVENUE", "Direct Costs": "DIRECTCOSTS", "Current Asset": "CURRENT"}
    for row in rows_of("chart_of_accounts"):
        account = accounts[row["*Code"]]
        assert picked(account, "Name", "Description") == picked(row, "*Name", "Description")
        assert account["Type"] == types[row["*Type"]]
        assert account["TaxType"] == TAXES[row["*Tax Code"]]
        flags = ("AddToWatchlist", "ShowInExpenseClaims", "EnablePaymentsToAccount")
        said = [row[name] == "Yes" for name in ("Dashboard", "Expense Claims", "Enable Payments")]
        assert picked(account, *flags) == said


WRONG = [
    (
        "*TaxType",
        "15% GST on Incme",
        "no tax rate named '15% GST on Incme'; the nearest is '15% GST on Income'",
    ),
    ("*AccountCode", "Freight and Couriers", "the nearest is 'Freight and Courier'"),
    ("BrandingTheme", "Standart", "no branding theme named 'Standart'; the nearest is 'Standard'"),
    ("TrackingOption1", "Nort", "no option of the tracking category 'Region' named 'Nort'"),
    ("TrackingName1", "Regoin", "no tracking category named 'Regoin'; the nearest is 'Region'"),
    ("InventoryItemCode", "Oak shelves of the new workshop", "Xero has no item named 'Oak"),
    ("*InvoiceDate", "2026-31-10", "is not a date"),
]


@pytest.mark.parametrize(("heading", "value", "text"), WRONG)
def test_a_name_that_xero_does_not_have_is_refused_with_the_nearest(
    tmp_path, organisation, heading, value, text
):
    rows = rows_of("sales_invoices")
    rows[2] = rows[2] | {"TrackingName1": "Region", "TrackingOption1": "North"} | {heading: value}
    run = publish(tmp_path, organisation, messages_of("sales_invoices", rows), **DAYS)
    assert run.exit_code == 1
    assert run.statuses == {"created": 1, "invalid": 1}
    assert text in "\n".join(run.errors("invalid"))


def test_names_are_looked_up_once_a_run(tmp_path, organisation):
    rows = [
        row | {"*InvoiceNumber": f"{row['*InvoiceNumber']}-{copy}"}
        for copy in range(20)
        for row in rows_of("sales_invoices")
    ]
    run = publish(tmp_path, organisation, messages_of("sales_invoices", rows), **DAYS)
    assert run.statuses == {"created": 40}, run.log
    lists = ("TaxRates", "Accounts", "BrandingThemes", "TrackingCategories")
    assert [len(organisation.calls(name, "GET")) for name in lists] == [1, 1, 1, 1]


def test_dates_need_a_format(tmp_path, organisation):
    run = publish(tmp_path, organisation, messages_of("bills", rows_of("bills")))
    assert run.exit_code == 1
    assert (
        "is not a date; write it like 2026-01-31, or set 'date_format'" in run.errors("invalid")[0]
    )


def test_a_discount_on_a_bill_is_refused(tmp_path, organisation):
    rows = [row | {"Discount": "10"} for row in rows_of("bills")]
    run = publish(tmp_path, organisation, messages_of("bills", rows), **DAYS)
    assert set(run.statuses) == {"invalid"}
    assert "a discount on sales invoices and quotes only" in run.errors("invalid")[0]


def test_a_word_that_is_not_xeros_is_refused_with_the_nearest(tmp_path, organisation):
    rows = rows_of("chart_of_accounts")
    rows[0] = rows[0] | {"*Type": "Direct Cost"}
    run = publish(tmp_path, organisation, messages_of("chart_of_accounts", rows))
    assert run.statuses == {"created": 2, "invalid": 1}
    assert "did you mean 'direct costs'?" in run.errors("invalid")[0]
