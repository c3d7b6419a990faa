"""A company with random books: all kinds of documents, three currencies, changes, voids."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from xero_sandbox.companies.bookkeeper import Bookkeeper
from xero_sandbox.companies.presets import empty_company
from xero_sandbox.model.organisation import Organisation, Record

START = date(2025, 9, 1)
END = date(2026, 8, 31)  # the financial year ends in March
SALES_TAXES = ("OUTPUT2", "OUTPUT2", "ZERORATED", "NONE")
COST_TAXES = ("INPUT2", "INPUT2", "TAX001", "NONE")
CURRENCIES = ("NZD", "NZD", "NZD", "AUD", "USD")


def generated_company(tenant_id: str, seed: int, documents: int) -> Organisation:
    """An organisation with ``documents`` made-up events of a year, the same for the same seed."""
    organisation = empty_company(tenant_id, f"Generated Company {seed}")
    books = Bookkeeper(organisation, START, Random(seed))  # noqa: S311  # the same every time
    _settle_in(books)
    events: list[Callable[[Bookkeeper], None]] = [
        _document,
        _document,
        _document,
        _document,
        _pay,
        _pay,
        _pay,
        _credit,
        _money,
        _advance,
        _apply,
        _transfer,
        _journal,
        _undo,
    ]
    days = (END - START).days
    for number in range(documents):
        event = books.random.choice(events)
        on = START + timedelta(days=number * days // documents)
        books.schedule(on, lambda event=event: event(books))  # type: ignore[misc]  # mypy cannot type defaults
    books.run_until(END)
    return organisation


def _settle_in(books: Bookkeeper) -> None:
    for code in ("AUD", "USD"):
        books.create("Currencies", Code=code)
    for code, currency in (("091", "AUD"), ("092", "USD"), ("093", "NZD")):
        books.create(
            "Accounts",
            Code=code,
            Name=f"Bank in {currency} {code}",
            Type="BANK",
            BankAccountNumber=f"01-0900-{code}",
            CurrencyCode=currency,
        )
    duty = [
        {"Name": "GST", "Rate": "15"},
        {"Name": "Duty", "Rate": "3.7", "IsNonRecoverable": True},
        {"Name": "Levy", "Rate": "1.3", "IsCompound": True},
    ]
    books.create("TaxRates", Name="GST, duty and levy", TaxComponents=duty)
    for name, options in (("Region", ("North", "South")), ("Team", ("Blue", "Green"))):
        books.create("TrackingCategories", Name=name, Options=[{"Name": item} for item in options])
    books.put("Contacts", *({"Name": f"Contact {number}"} for number in range(8)))


def _amount(random: Random, most: int = 500_000) -> Decimal:
    return Decimal(random.randrange(101, most)) / 100


def _lines(books: Bookkeeper, *, sales: bool, taxed: bool = True) -> list[Record]:
    random = books.random
    lines = []
    for _ in range(random.choice((1, 1, 2, 3, 7))):
        line: Record = {
            "Description": "Made up",
            "Quantity": random.choice((1, 3, Decimal("2.5"))),
            "UnitAmount": _amount(random, 30_000),
            "AccountCode": random.choice(("200", "260") if sales else ("300", "400", "429", "710")),
        }
        if taxed:
            line["TaxType"] = random.choice(SALES_TAXES if sales else COST_TAXES)
        if random.random() < 0.5:  # half of them are tracked
            line["Tracking"] = [{"Name": "Region", "Option": random.choice(("North", "South"))}]
            if random.random() < 0.5:  # a quarter twice
                line["Tracking"].append({"Name": "Team", "Option": "Blue"})
        lines.append(line)
    return lines


def _contact(books: Bookkeeper) -> Record:
    return {"Name": f"Contact {books.random.randrange(8)}"}


def _document(books: Bookkeeper) -> None:
    random = books.random
    sales = random.random() < 0.6  # more sales than bills
    kind = random.choice(("Exclusive", "Inclusive", "NoTax"))
    books.create(
        "Invoices",
        Type="ACCREC" if sales else "ACCPAY",
        Contact=_contact(books),
        Date=books.today,
        DueDate=books.today + timedelta(days=random.randrange(60)),
        InvoiceNumber=f"N-{random.randrange(10**9)}",
        CurrencyCode=random.choice(CURRENCIES),
        LineAmountTypes=kind,
        LineItems=_lines(books, sales=sales, taxed=kind != "NoTax"),
        Status=random.choice(("AUTHORISED",) * 8 + ("DRAFT", "SUBMITTED")),
    )


def _open(books: Bookkeeper, entity: str, field: str) -> list[Record]:
    return [
        item
        for item in books.records(entity)
        if item["Status"] == "AUTHORISED" and item.get(field, 0) > 1
    ]


def _bank_for(books: Bookkeeper, currency: str) -> Record:
    own = {"AUD": "091", "USD": "092"}.get(currency, "093")
    return {"Code": books.random.choice((own, "090"))}


def _pay(books: Bookkeeper) -> None:
    random = books.random
    found = _open(books, "Invoices", "AmountDue")
    if not found:
        return
    invoice = random.choice(found)
    part = invoice["AmountDue"] / random.choice((1, 1, 2, 3))
    books.create(
        "Payments",
        Invoice={"InvoiceID": invoice["InvoiceID"]},
        Account=_bank_for(books, invoice["CurrencyCode"]),
        Date=books.today,
        Amount=part.quantize(Decimal("0.01")),
    )


def _credit(books: Bookkeeper) -> None:
    random = books.random
    sales = random.random() < 0.6  # as invoices
    note = books.create(
        "CreditNotes",
        Type="ACCRECCREDIT" if sales else "ACCPAYCREDIT",
        Contact=_contact(books),
        Date=books.today,
        CurrencyCode=random.choice(CURRENCIES),
        LineAmountTypes=random.choice(("Exclusive", "Inclusive")),
        LineItems=_lines(books, sales=sales),
        Status="AUTHORISED",
    )
    if random.random() < 0.2:  # some are paid back
        books.create(
            "Payments",
            CreditNote={"CreditNoteID": note["CreditNoteID"]},
            Account=_bank_for(books, note["CurrencyCode"]),
            Date=books.today,
            Amount=note["Total"],
        )


def _money(books: Bookkeeper) -> None:
    random = books.random
    receiving = random.random() < 0.4  # more is spent
    books.create(
        "BankTransactions",
        Type="RECEIVE" if receiving else "SPEND",
        Contact=_contact(books),
        BankAccount={"Code": random.choice(("090", "091", "092", "093"))},
        Date=books.today,
        LineAmountTypes=random.choice(("Exclusive", "Inclusive")),
        LineItems=_lines(books, sales=receiving),
    )


def _advance(books: Bookkeeper) -> None:
    random = books.random
    kind = random.choice(
        ("RECEIVE-PREPAYMENT", "SPEND-PREPAYMENT", "RECEIVE-OVERPAYMENT", "SPEND-OVERPAYMENT")
    )
    line: Record = {"Description": "In advance", "UnitAmount": _amount(random, 90_000)}
    lines = [line]
    if kind.endswith("PREPAYMENT"):
        code = "620" if kind.startswith("SPEND") else "200"
        tax = "INPUT2" if kind.startswith("SPEND") else "OUTPUT2"
        lines = [{**line, "AccountCode": code, "TaxType": tax}, {**line, "AccountCode": "620"}]
    books.create(
        "BankTransactions",
        Type=kind,
        Contact=_contact(books),
        BankAccount={"Code": random.choice(("090", "091", "092"))},
        Date=books.today,
        LineItems=lines,
    )


def _apply(books: Bookkeeper) -> None:
    random = books.random
    entity = random.choice(("CreditNotes", "Prepayments", "Overpayments"))
    found = _open(books, entity, "RemainingCredit")
    random.shuffle(found)
    for credit in found:
        side = "ACCREC" if credit["Type"].startswith(("ACCREC", "RECEIVE")) else "ACCPAY"
        for invoice in _open(books, "Invoices", "AmountDue"):
            fits = (
                invoice["Type"] == side
                and invoice["CurrencyCode"] == credit["CurrencyCode"]
                and invoice["Contact"]["ContactID"] == credit["Contact"]["ContactID"]
            )
            if fits:
                most = min(credit["RemainingCredit"], invoice["AmountDue"])
                amount = (most / random.choice((1, 2, 3))).quantize(Decimal("0.01"))
                own_id = credit[f"{entity[:-1]}ID"]
                allocation = {"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Amount": amount}
                books.put(f"{entity}/{own_id}/Allocations", {**allocation, "Date": books.today})
                return


def _transfer(books: Bookkeeper) -> None:
    source, target = books.random.sample(("090", "091", "092", "093"), 2)
    books.create(
        "BankTransfers",
        FromBankAccount={"Code": source},
        ToBankAccount={"Code": target},
        Amount=_amount(books.random),
        Date=books.today,
    )


def _journal(books: Bookkeeper) -> None:
    random = books.random
    amount = _amount(random)
    tracked = [{"Name": "Region", "Option": "North"}]
    lines: list[Record] = [
        {"AccountCode": "429", "LineAmount": amount, "TaxType": "INPUT2", "Tracking": tracked},
        {"AccountCode": "400", "LineAmount": -amount, "TaxType": "INPUT2"},
        {"AccountCode": "477", "LineAmount": amount / 2, "TaxType": "NONE"},
        {"AccountCode": "825", "LineAmount": -amount / 2, "TaxType": "NONE"},
    ]
    books.create(
        "ManualJournals",
        Narration="Made up",
        Date=books.today,
        LineAmountTypes=random.choice(("Exclusive", "Inclusive", "NoTax")),
        JournalLines=[
            {**line, "LineAmount": Decimal(line["LineAmount"]).quantize(Decimal("0.01"))}
            for line in lines
        ],
        Status=random.choice(("POSTED", "POSTED", "DRAFT")),
    )


def _undo(books: Bookkeeper) -> None:
    """Voids, deletes or changes something that was posted."""
    random = books.random
    choice = random.randrange(4)
    untouched = [
        item
        for item in _open(books, "Invoices", "AmountDue")
        if not item["AmountPaid"] and not item["AmountCredited"]
    ]
    if choice == 0 and untouched:
        invoice = random.choice(untouched)
        books.post("Invoices", {"InvoiceID": invoice["InvoiceID"], "Status": "VOIDED"})
    elif choice == 1 and untouched:
        invoice = random.choice(untouched)
        sales = invoice["Type"] == "ACCREC"
        lines = _lines(books, sales=sales, taxed=invoice["LineAmountTypes"] != "NoTax")
        books.post("Invoices", {"InvoiceID": invoice["InvoiceID"], "LineItems": lines})
    elif choice == 2:  # a payment in the base currency: exact whatever the order
        paid = [item for item in books.records("Payments") if item["Status"] == "AUTHORISED"]
        paid = [item for item in paid if item["CurrencyRate"] == 1]
        if paid:
            own_id = random.choice(paid)["PaymentID"]
            books.post(f"Payments/{own_id}", {"Status": "DELETED"})
    else:
        spent = [
            item
            for item in books.records("BankTransactions")
            if item["Type"] in {"SPEND", "RECEIVE"} and item["Status"] == "AUTHORISED"
        ]
        if spent:
            own_id = random.choice(spent)["BankTransactionID"]
            books.post("BankTransactions", {"BankTransactionID": own_id, "Status": "DELETED"})
