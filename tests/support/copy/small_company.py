"""A small company that has at least one record of everything that is hard to copy."""

from __future__ import annotations

from copy import deepcopy

from copy_pair import SOURCE, Pair

from xero_sandbox.companies.presets import empty_company
from xero_sandbox.server import server


def make_small_company(folder, add_more=lambda _pair: None, **settings):
    """The small company, with what `add_more` adds to it, and its backup."""
    with server(companies=[empty_company(SOURCE, "Harbour")]) as xero:
        pair = Pair(xero, folder)
        add_records(pair)
        add_more(pair)
        return deepcopy(xero.organisation()), pair.tap(**settings).read_bytes()


def line_item(amount, account="200", **fields):
    return {"Description": "Bread", "UnitAmount": amount, "AccountCode": account, **fields}


def add_records(pair):
    """Adds records of a month or two, of every kind that is hard to copy."""
    pair.call("PUT", "Currencies", {"Code": "USD"})
    pair.call(
        "PUT",
        "Accounts",
        {
            "Code": "091",
            "Name": "Savings",
            "Type": "BANK",
            "BankAccountNumber": "0109000123456701",
        },
    )
    pair.call("PUT", "Accounts", {"Code": "205", "Name": "Cakes", "Type": "REVENUE"})
    levy = [{"Name": "GST", "Rate": "15"}, {"Name": "Levy", "Rate": "2", "IsCompound": True}]
    pair.put("TaxRates", {"Name": "GST and levy", "TaxComponents": levy})
    options = [{"Name": "North"}, {"Name": "South"}]
    region = pair.call("PUT", "TrackingCategories", {"Name": "Region", "Options": options})
    region = region["TrackingCategories"][0]
    contacts = pair.call(
        "PUT",
        "Contacts",
        {
            "Contacts": [
                {"Name": "Ana", "ContactNumber": "C1", "EmailAddress": "ana@example.com"},
                {"Name": "Mill & Söhne", "DefaultCurrency": "USD"},
                {"Name": "Gone Café"},
            ]
        },
    )["Contacts"]
    group = pair.put("ContactGroups", {"Name": "Daily"})
    ana = {"ContactID": contacts[0]["ContactID"]}
    mill = {"ContactID": contacts[1]["ContactID"]}
    pair.put_children(f"ContactGroups/{group['ContactGroupID']}/Contacts", "Contacts", ana)
    _items(pair)
    north = [{"Name": "Region", "Option": "North"}]
    sale = {"Type": "ACCREC", "Contact": ana, "Date": "2026-03-10", "Status": "AUTHORISED"}
    pair.put(
        "Invoices",
        {
            **sale,
            "InvoiceNumber": "INV-1",
            "Reference": "Order 17",
            "LineItems": [
                line_item("33.3333", Quantity="3", DiscountRate="7.5", Tracking=north),
                line_item("480", "260", TaxType="TAX001"),
                {"Description": "Thank you for trading with us."},
            ],
        },
    )
    # Xero calculates the unit amount, and would reject it together with this line amount.
    odd = {"Description": "Bulk", "Quantity": "1000", "LineAmount": "100.05", "AccountCode": "205"}
    pair.put("Invoices", {**sale, "InvoiceNumber": "INV-2", "LineItems": [odd]})
    pair.put("Invoices", {**sale, "InvoiceNumber": "INV-3", "Status": "DRAFT",
                          "LineItems": [line_item("5")]})  # fmt: skip
    void = pair.put("Invoices", {**sale, "InvoiceNumber": "INV-4", "LineItems": [line_item("9")]})
    pair.post("Invoices", {"InvoiceID": void["InvoiceID"], "Status": "VOIDED"})
    abroad = {
        **sale,
        "InvoiceNumber": "INV-5",
        "Contact": mill,
        "CurrencyCode": "USD",
        "CurrencyRate": "0.6137",
        "LineItems": [line_item("777.77", TaxType="ZERORATED")],
    }
    abroad = pair.put("Invoices", abroad)
    _stock(pair, ana)
    _money(pair, ana, abroad)
    pair.put("Quotes", {"Contact": ana, "Date": "2026-03-01", "LineItems": [line_item("70")]})
    quote = pair.put(
        "Quotes", {"Contact": ana, "Date": "2026-03-02", "LineItems": [line_item("80")]}
    )
    for status in ("SENT", "ACCEPTED"):
        pair.post("Quotes", {"QuoteID": quote["QuoteID"], "Status": status})
    order = {"Contact": mill, "Date": "2026-03-02", "Status": "AUTHORISED", "CurrencyCode": "USD"}
    pair.put("PurchaseOrders", {**order, "LineItems": [line_item("60", "300")]})
    archived = {"ContactID": contacts[2]["ContactID"], "ContactStatus": "ARCHIVED"}
    pair.post("Contacts", archived)
    pair.put("Contacts", {"Name": "Gone Café", "EmailAddress": "back@example.com"})
    south = region["Options"][1]["TrackingOptionID"]
    path = f"TrackingCategories/{region['TrackingCategoryID']}/Options/{south}"
    pair.call("POST", path, {"Status": "ARCHIVED"})


def _items(pair):
    tracked = {
        "Code": "JAR",
        "Name": "Jar",
        "InventoryAssetAccountCode": "630",
        "SalesDetails": {"UnitPrice": "12.50", "AccountCode": "200"},
        "PurchaseDetails": {"UnitPrice": "4.1234", "COGSAccountCode": "310"},
    }
    plain = {
        "Code": "LOAF",
        "Name": "Loaf",
        "SalesDetails": {"UnitPrice": "3", "AccountCode": "200"},
    }
    pair.call("PUT", "Items", {"Items": [tracked, plain]}, params={"unitdp": "4"})


def _stock(pair, contact):
    """Purchases at different prices with a sale between: the average cost depends on the order."""
    bill = {"Type": "ACCPAY", "Contact": contact, "Status": "AUTHORISED", "InvoiceNumber": "77"}
    sale = {"Type": "ACCREC", "Contact": contact, "Status": "AUTHORISED"}

    def jars(quantity, price=None):
        return {"ItemCode": "JAR", "Quantity": quantity, **({"UnitAmount": price} if price else {})}

    pair.put("Invoices", {**bill, "Date": "2026-03-03", "LineItems": [jars(10, "4.00")]})
    sold = {**sale, "Date": "2026-03-20", "InvoiceNumber": "INV-6", "LineItems": [jars(4)]}
    pair.put("Invoices", sold)
    pair.put("Invoices", {**bill, "Date": "2026-04-01", "LineItems": [jars(10, "7.77")]})
    sold = {**sale, "Date": "2026-04-02", "InvoiceNumber": "INV-7", "LineItems": [jars(9)]}
    pair.put("Invoices", sold)


def _money(pair, contact, abroad):
    bank, savings = {"Code": "090"}, {"Code": "091"}
    pay = {"Account": bank, "Date": "2026-04-02"}
    pair.put("Payments", {**pay, "Invoice": {"InvoiceNumber": "INV-1"}, "Amount": "30.00"})
    part = {"Invoice": {"InvoiceID": abroad["InvoiceID"]}, "Amount": "333.33"}
    pair.put("Payments", {**pay, **part, "CurrencyRate": "0.6201"})
    deleted = pair.put("Payments", {**pay, "Invoice": {"InvoiceNumber": "INV-2"}, "Amount": "1"})
    pair.call("POST", f"Payments/{deleted['PaymentID']}", {"Status": "DELETED"})
    note = pair.put(
        "CreditNotes",
        {
            "Type": "ACCRECCREDIT",
            "Contact": contact,
            "Date": "2026-03-28",
            "Status": "AUTHORISED",
            "LineItems": [line_item("40")],
        },
    )
    invoice = {"Invoice": {"InvoiceNumber": "INV-1"}, "Amount": "20.00", "Date": "2026-03-29"}
    pair.put_children(f"CreditNotes/{note['CreditNoteID']}/Allocations", "Allocations", invoice)
    common = {"Contact": contact, "BankAccount": bank, "Date": "2026-03-15"}
    spend = {**common, "Type": "SPEND", "LineItems": [line_item("11.50", "429")]}
    for _ in range(2):  # the same record twice, on purpose
        pair.put("BankTransactions", spend)
    early = {**common, "Type": "RECEIVE-PREPAYMENT", "LineItems": [line_item("115", "620")]}
    early = pair.put("BankTransactions", early)
    used = {"Invoice": {"InvoiceNumber": "INV-2"}, "Amount": "50.00", "Date": "2026-03-30"}
    pair.put_children(f"Prepayments/{early['PrepaymentID']}/Allocations", "Allocations", used)
    over = {
        **common,
        "Type": "RECEIVE-OVERPAYMENT",
        "LineItems": [{**line_item("25"), "Quantity": 1}],
    }
    del over["LineItems"][0]["AccountCode"]
    over = pair.put("BankTransactions", over)
    refund = {"Overpayment": {"OverpaymentID": over["OverpaymentID"]}, "Amount": "25.00"}
    pair.put("Payments", {**pay, **refund})
    bills = [
        pair.put(
            "Invoices",
            {
                "Type": "ACCPAY",
                "InvoiceNumber": "A-1",
                "Contact": contact,
                "Date": "2026-03-05",
                "Status": "AUTHORISED",
                "LineItems": [line_item(amount, "300")],
            },
        )
        for amount in ("10", "20")
    ]
    parts = [
        {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Amount": bill["Total"]} for bill in bills
    ]
    batch = {"Account": bank, "Date": "2026-03-25", "Reference": "March", "Payments": parts}
    pair.put("BatchPayments", batch)
    moved = {"FromBankAccount": bank, "ToBankAccount": savings, "Amount": "100"}
    pair.put("BankTransfers", {**moved, "Date": "2026-03-26"})
    pair.put(
        "ManualJournals",
        {
            "Narration": "Depreciation",
            "Date": "2026-03-31",
            "Status": "POSTED",
            "JournalLines": [
                {"AccountCode": "416", "LineAmount": "35.80"},
                {"AccountCode": "711", "LineAmount": "-35.80"},
            ],
        },
    )
    balances = [
        {"AccountCode": "090", "Balance": "5000.00"},
        {"AccountCode": "970", "Balance": "-5000.00"},
    ]
    began = {"Month": 2, "Year": 2026}
    pair.call("POST", "Setup", {"ConversionDate": began, "ConversionBalances": balances})
