"""The bakery's money: bank transactions, transfers, wages, batches, credits, prepayments."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from xero_sandbox.companies import bakery_catalogue as catalogue
from xero_sandbox.companies.bakery_trade import pay
from xero_sandbox.companies.bookkeeper import Bookkeeper
from xero_sandbox.model.organisation import Record

CREDIT_NOTES = 60
_SHOP_TRANSFER: Record = {
    side: [{"Name": "Channel", "Option": "Shop"}] for side in ("FromTracking", "ToTracking")
}
SALES_OF_TEN = 7
BATCH_SIZE = 7


def schedule_months(books: Bookkeeper, start: date, end: date) -> None:
    """Schedules what repeats: card spending weekly, the rest monthly."""
    week = start + timedelta(days=4)
    while week <= end:
        books.schedule(week, partial(_spend_weekly, books))
        week += timedelta(days=7)
    for month in range((end.year - start.year) * 12 + end.month - start.month + 1):
        year, index = divmod(start.month - 1 + month, 12)
        first = date(start.year + year, index + 1, 1)
        for day, action in (
            (5, _transfer),
            (12, _wages),
            (18, _batch),
            (20, _interest),
            (27, _gst_return),
            (28, _depreciate),
        ):
            books.schedule(first.replace(day=day), partial(action, books))


def schedule_credits(books: Bookkeeper, start: date, end: date) -> None:
    """Schedules credit notes, prepayments and overpayments."""
    days = (end - start).days
    for number in range(CREDIT_NOTES):
        on = start + timedelta(days=40 + number * (days - 40) // CREDIT_NOTES)
        sales = number % 10 < SALES_OF_TEN
        books.schedule(on, partial(_credit, books, sales=sales))
    for number in range(14):
        on = start + timedelta(days=60 + number * 36)
        kind = ("RECEIVE-PREPAYMENT", "RECEIVE-OVERPAYMENT", "SPEND-PREPAYMENT")[number % 3]
        # One deposit is in Australian dollars, some have GST.
        foreign, taxed = number == 6, number in {2, 9}  # noqa: PLR2004
        books.schedule(on, partial(_advance, books, kind, foreign=foreign, taxed=taxed))


def _spend_weekly(books: Bookkeeper) -> None:
    random = books.random
    for name, description, account, amount in random.sample(catalogue.SMALL_SPENDS, 3):
        total = Decimal(amount) * random.randrange(70, 150) / 100
        books.create(
            "BankTransactions",
            Type="SPEND",
            Contact={"Name": name},
            BankAccount={"Code": "092"},
            Date=books.today,
            Reference=description,
            LineItems=[{"Description": description, "UnitAmount": total, "AccountCode": account}],
        )
    for name in catalogue.SHOP_BUYERS:
        takings = Decimal(random.randrange(90000, 260000)) / 100
        line = {"Description": "Takings", "UnitAmount": takings, "AccountCode": "202"}
        books.create(
            "BankTransactions",
            Type="RECEIVE",
            Contact={"Name": name},
            BankAccount={"Code": "090"},
            Date=books.today,
            IsReconciled=True,
            LineItems=[{**line, "Tracking": [{"Name": "Channel", "Option": "Shop"}]}],
        )


def _transfer(books: Bookkeeper) -> None:
    for target, amount in (("091", "1500"), ("092", "450"), ("093", "250")):
        books.create(
            "BankTransfers",
            FromBankAccount={"Code": "090"},
            ToBankAccount={"Code": target},
            Amount=amount,
            Date=books.today,
            Reference=f"Monthly transfer {books.today:%b %Y}",
            **(_SHOP_TRANSFER if target == "092" else {}),
        )


def _wages(books: Bookkeeper) -> None:
    total = catalogue.WAGES + books.random.randrange(-40000, 60000) / Decimal(100)
    books.create(
        "BankTransactions",
        Type="SPEND",
        Contact={"Name": "Harbour Lane Staff"},
        BankAccount={"Code": "090"},
        Date=books.today,
        LineAmountTypes="NoTax",
        LineItems=[{"Description": "Wages", "UnitAmount": total, "AccountCode": "477"}],
    )


def _batch(books: Bookkeeper) -> None:
    due = [
        bill
        for bill in books.records("Invoices")
        if bill["Type"] == "ACCPAY" and bill["Status"] == "AUTHORISED"
        if bill["DueDate"] <= books.today and bill["CurrencyCode"] == "NZD"
    ]
    if due:
        books.create(
            "BatchPayments",
            Account={"Code": "090"},
            Date=books.today,
            Reference=f"Bills {books.today:%b %Y}",
            Payments=[
                {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Amount": bill["AmountDue"]}
                for bill in due[:BATCH_SIZE]
            ],
        )


def _interest(books: Bookkeeper) -> None:
    books.create(
        "BankTransactions",
        Type="RECEIVE",
        Contact={"Name": "Bank of the Harbour"},
        BankAccount={"Code": "091"},
        Date=books.today,
        LineAmountTypes="NoTax",
        LineItems=[{"Description": "Interest", "UnitAmount": "96.25", "AccountCode": "270"}],
    )


def _depreciate(books: Bookkeeper) -> None:
    lines = [
        {"AccountCode": "416", "LineAmount": "358.00", "Description": "Depreciation"},
        {"AccountCode": "711", "LineAmount": "-210.50", "Description": "Office equipment"},
        {"AccountCode": "721", "LineAmount": "-147.50", "Description": "Computers"},
    ]
    journal = books.create(
        "ManualJournals",
        Narration=f"Depreciation {books.today:%B %Y}",
        Date=books.today,
        JournalLines=lines,
        Status="POSTED" if books.today.month != 11 else "DRAFT",  # noqa: PLR2004  # not yet checked
    )
    if books.today.month == 7:  # noqa: PLR2004  # July's was a mistake
        voided = {"ManualJournalID": journal["ManualJournalID"], "Status": "VOIDED"}
        books.post("ManualJournals", voided)


def _gst_return(books: Bookkeeper) -> None:
    """Every second month the bakery pays its net tax to the tax office."""
    gst = next(item for item in books.records("Accounts") if item.get("SystemAccount") == "GST")
    owed = -sum(
        (
            line["NetAmount"]
            for journal in books.records("Journals")
            for line in journal["JournalLines"]
            if line["AccountID"] == gst["AccountID"]
        ),
        Decimal(0),
    )
    if books.today.month % 2 and owed > 0:
        books.create(
            "BankTransactions",
            Type="SPEND",
            Contact={"Name": "Tax Office"},
            BankAccount={"Code": "090"},
            Date=books.today,
            LineAmountTypes="NoTax",
            LineItems=[{"Description": "GST return", "UnitAmount": owed, "AccountCode": "820"}],
        )


def _open_invoices(books: Bookkeeper, kind: str) -> list[Record]:
    found = books.organisation.collections["Invoices"].values()
    return [item for item in found if item["Type"] == kind and item["Status"] == "AUTHORISED"]


def _credit(books: Bookkeeper, *, sales: bool) -> None:
    random = books.random
    kind = "ACCREC" if sales else "ACCPAY"
    candidates = [item for item in _open_invoices(books, kind) if item["AmountDue"] > 1]
    if not candidates:
        return
    invoice = random.choice(candidates)
    amount = (invoice["AmountDue"] / random.choice((1, 2, 3, 4))).quantize(Decimal("0.01"))
    note = books.create(
        "CreditNotes",
        Type=f"{kind}CREDIT",
        Contact={"ContactID": invoice["Contact"]["ContactID"]},
        Date=books.today,
        CurrencyCode=invoice["CurrencyCode"],
        Reference=f"Claim {invoice['InvoiceNumber']}",
        LineAmountTypes="Inclusive",
        LineItems=[
            {
                "Description": "Short delivery",
                "UnitAmount": amount,
                "AccountCode": "201" if sales else "300",
            }
        ],
        Status=random.choice(("AUTHORISED",) * 9 + ("DRAFT",)),
    )
    if note["Status"] == "AUTHORISED":
        _use_credit(books, note, invoice)


def _use_credit(books: Bookkeeper, note: Record, invoice: Record) -> None:
    note_id, outcome = note["CreditNoteID"], books.random.randrange(10)
    if outcome == 0:
        books.post("CreditNotes", {"CreditNoteID": note_id, "Status": "VOIDED"})
    elif outcome == 1:
        books.create(
            "Payments",
            CreditNote={"CreditNoteID": note_id},
            Account={"Code": "093" if note["CurrencyCode"] == "AUD" else "090"},
            Date=books.today,
            Amount=note["Total"],
        )
    elif outcome > 2:  # noqa: PLR2004  # a tenth stays unused
        part = min(note["RemainingCredit"], invoice["AmountDue"])
        allocation = {"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Amount": part}
        books.put(f"CreditNotes/{note_id}/Allocations", {**allocation, "Date": books.today})


def _advance(books: Bookkeeper, kind: str, *, foreign: bool, taxed: bool) -> None:
    selling = kind.startswith("RECEIVE")
    candidates = [
        item
        for item in _open_invoices(books, "ACCREC" if selling else "ACCPAY")
        if item["CurrencyCode"] == "NZD"
    ]
    invoice = books.random.choice(candidates)
    if foreign:
        invoice = next(
            item for item in _open_invoices(books, "ACCREC") if item["CurrencyCode"] == "AUD"
        )
    line = {"Description": "Deposit", "UnitAmount": "345.00", "AccountCode": "620"}
    if taxed:
        line |= {"AccountCode": "201" if selling else "300"}
    if kind.endswith("OVERPAYMENT"):
        line = {"Description": "Paid twice", "UnitAmount": "120.00"}
    received = books.create(
        "BankTransactions",
        Type=kind,
        Contact={"ContactID": invoice["Contact"]["ContactID"]},
        BankAccount={"Code": "093" if foreign else "090"},
        Date=books.today,
        Reference=f"Deposit {invoice['InvoiceNumber']}",
        LineItems=[line],
    )
    name = "Overpayment" if "OverpaymentID" in received else "Prepayment"
    credit_id = received[f"{name}ID"]
    later = books.today + timedelta(days=9)
    outcome = books.random.randrange(4)
    if outcome == 0:
        books.schedule(later, partial(_refund, books, name, credit_id))
    elif outcome < 3:  # noqa: PLR2004  # a quarter stays unused
        books.schedule(later, partial(_apply, books, name, credit_id, invoice["InvoiceID"]))


def _refund(books: Bookkeeper, name: str, credit_id: str) -> None:
    credit = books.organisation.collections[f"{name}s"][credit_id]
    books.create(
        "Payments",
        **{name: {f"{name}ID": credit_id}},
        Account={"Code": "093" if credit["CurrencyCode"] == "AUD" else "090"},
        Date=books.today,
        Amount=credit["RemainingCredit"],
    )


def _apply(books: Bookkeeper, name: str, credit_id: str, invoice_id: str) -> None:
    credit = books.organisation.collections[f"{name}s"][credit_id]
    invoice = books.organisation.collections["Invoices"][invoice_id]
    if invoice["Status"] == "AUTHORISED":
        part = min(credit["RemainingCredit"], invoice["AmountDue"])
        allocation = {"Invoice": {"InvoiceID": invoice_id}, "Amount": part, "Date": books.today}
        books.put(f"{name}s/{credit_id}/Allocations", allocation)
        pay(books, invoice_id)
