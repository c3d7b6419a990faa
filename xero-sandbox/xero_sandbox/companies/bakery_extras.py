"""The rest of the bakery: templates, budgets, files, notes, links, archived and deleted records."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from xero_sandbox.companies import bakery_catalogue as catalogue
from xero_sandbox.companies.bookkeeper import Bookkeeper
from xero_sandbox.model.organisation import Record
from xero_sandbox.writing.documents.repeating_invoices import create_template

_BUDGETED = (("201", "21000"), ("202", "14500"), ("300", "9000"), ("311", "11800"), ("469", "4600"))


def create_extras(books: Bookkeeper) -> None:
    """Adds what depends on the records of the bakery's trade."""
    _templates(books)
    _budgets(books)
    _notes_and_files(books)
    _linked(books)
    _archived(books)
    _deleted_payments(books)


def _templates(books: Bookkeeper) -> None:
    contacts = books.records("Contacts")
    schedule = {"Unit": "MONTHLY", "Period": 1, "DueDate": 20, "DueDateType": "OFFOLLOWINGMONTH"}
    begins = {"StartDate": "2026-12-01"}
    for number in range(6):
        books.create(
            "RepeatingInvoices",
            Type="ACCREC",
            Contact={"ContactID": contacts[number * 5]["ContactID"]},
            Schedule={**schedule, **begins},
            Reference=f"Standing order {number + 1}",
            LineItems=[{"ItemCode": catalogue.BREADS[number][0], "Quantity": 120}],
            Status=("AUTHORISED", "DRAFT")[number % 2],
        )
    for name, description, account, amount, _ in catalogue.SUPPLIERS[7:9]:
        line = {"Description": description, "UnitAmount": amount, "AccountCode": account}
        sent = {"Type": "ACCPAY", "Contact": {"Name": name}, "LineItems": [line]}
        # Templates of bills are created on Xero's website, not through the API.
        create_template(books.transaction(), {**sent, "Schedule": {**schedule, **begins}})


def _budgets(books: Bookkeeper) -> None:
    accounts = books.organisation.collections["Accounts"]
    codes = {account["Code"]: account for account in accounts.values()}
    region = books.records("TrackingCategories")[0]
    north = {
        "TrackingCategoryID": region["TrackingCategoryID"],
        "Name": region["Name"],
        "Option": region["Options"][0]["Name"],
        "TrackingOptionID": region["Options"][0]["TrackingOptionID"],
    }
    for kind, description, share, tracking in (
        ("OVERALL", "Overall budget", Decimal(1), []),
        ("TRACKING", "North", Decimal("0.4"), [north]),
    ):
        lines = [
            {
                "AccountID": codes[code]["AccountID"],
                "AccountCode": code,
                "BudgetBalances": _balances(Decimal(amount) * share),
            }
            for code, amount in _BUDGETED
        ]
        budget: Record = {
            "BudgetID": books.transaction().new_id(),
            "Type": kind,
            "Description": description,
            "UpdatedDateUTC": books.now,
            "Tracking": tracking,
            "BudgetLines": lines,
        }
        books.store("Budgets", budget)


def _balances(amount: Decimal) -> list[Record]:
    months = [(2026, month) for month in range(4, 13)] + [(2027, month) for month in range(1, 4)]
    return [
        {
            "Period": f"{year}-{month:02d}",
            "Amount": amount + 25 * index,
            "UnitAmount": amount + 25 * index,
            "Notes": "Easter" if month == 4 else "",  # noqa: PLR2004  # April
        }
        for index, (year, month) in enumerate(months)
    ]


def _notes_and_files(books: Bookkeeper) -> None:
    invoices = books.records("Invoices")
    for number, invoice in enumerate(invoices[5::60]):
        invoice_id = invoice["InvoiceID"]
        note = {"Details": f"Called about this on day {number + 1}; they will pay on Friday."}
        books.put(f"Invoices/{invoice_id}/History", note)
        docket = f"Delivery docket {number + 1}\nSigned at the door.\n".encode()
        books.attach("Invoices", invoice_id, f"docket-{number + 1}.txt", "text/plain", docket)
    for contact in books.records("Contacts")[0:6]:
        path = f"Contacts/{contact['ContactID']}/History"
        books.put(path, {"Details": "Prefers deliveries before six."})
    photo = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    spend = next(iter(books.organisation.collections["BankTransactions"]))
    books.attach("BankTransactions", spend, "receipt.png", "image/png", photo)
    account = books.records("Accounts")[0]["AccountID"]
    books.attach("Accounts", account, "naïve résumé.txt", "text/plain", "Sales, résumé.".encode())


def _linked(books: Bookkeeper) -> None:
    bills = [item for item in books.records("Invoices") if item["Type"] == "ACCPAY"]
    sales = [
        item
        for item in books.records("Invoices")
        if item["Type"] == "ACCREC" and item["Status"] in {"AUTHORISED", "PAID"}
    ]
    for bill, sale in zip(bills[10:60:10], sales[10:60:10], strict=True):
        linked = books.create(
            "LinkedTransactions",
            SourceTransactionID=bill["InvoiceID"],
            SourceLineItemID=bill["LineItems"][0]["LineItemID"],
            ContactID=sale["Contact"]["ContactID"],
        )
        if sale is not sales[10]:
            target = {
                "TargetTransactionID": sale["InvoiceID"],
                "TargetLineItemID": sale["LineItems"][0]["LineItemID"],
            }
            books.post(f"LinkedTransactions/{linked['LinkedTransactionID']}", target)


def _archived(books: Bookkeeper) -> None:
    for name in ("Lantern Brasserie", "Larsen Joinery"):
        found = [item for item in books.records("Contacts") if item["Name"] == name]
        for contact in found:
            archived = {"ContactID": contact["ContactID"], "ContactStatus": "ARCHIVED"}
            books.post("Contacts", archived)


def _deleted_payments(books: Bookkeeper) -> None:
    single = [item for item in books.records("Payments") if "BatchPaymentID" not in item]
    for payment in single[100:104]:
        books.post(f"Payments/{payment['PaymentID']}", {"Status": "DELETED"})
    transfer = books.records("BankTransfers")[2]
    books.post(f"BankTransfers/{transfer['BankTransferID']}", {"Status": "DELETED"})
    batch = books.records("BatchPayments")[1]
    books.post(f"BatchPayments/{batch['BatchPaymentID']}", {"Status": "DELETED"})
    spend = books.records("BankTransactions")[20]
    deleted = {"BankTransactionID": spend["BankTransactionID"], "Status": "DELETED"}
    if spend["Type"] in {"SPEND", "RECEIVE"}:
        books.post("BankTransactions", deleted)
    books.today = date(2026, 11, 21)
    renamed = books.records("Contacts")[3]
    books.post("Contacts", {"ContactID": renamed["ContactID"], "Name": f"{renamed['Name']} Ltd"})
    books.today += timedelta(days=1)
