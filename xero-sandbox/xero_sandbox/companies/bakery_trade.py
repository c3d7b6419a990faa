"""The bakery's trade: sales invoices, bills, quotes and purchase orders, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from xero_sandbox.companies import bakery_catalogue as catalogue
from xero_sandbox.companies.bookkeeper import Bookkeeper
from xero_sandbox.model.organisation import Record

SALES = 930
BILLS_OF_STOCK = 14
ORDERS = 60
QUOTES = 40

# Of a hundred sales: how many are never paid, paid in part, voided, or still drafts.
UNPAID, PART_PAID, VOIDED = 7, 5, 2


def schedule_sales(books: Bookkeeper, start: date, end: date) -> None:
    """Schedules the sales invoices, evenly over the time."""
    contacts = books.records("Contacts")
    local, export = contacts[:138], contacts[138:144]
    days = (end - start).days
    for number in range(SALES):
        on = start + timedelta(days=1 + number * days // SALES)
        abroad = number % 19 == 0
        contact = books.random.choice(export if abroad else local)
        books.schedule(on, partial(_sell, books, contact, end, abroad=abroad))


def schedule_bills(books: Bookkeeper, start: date, end: date) -> None:
    """Schedules the suppliers' bills by each supplier's bills per year."""
    days = (end - start).days
    for name, description, account, amount, yearly in catalogue.SUPPLIERS:
        count = yearly * days // 365
        for number in range(count):
            on = start + timedelta(days=1 + (number * days) // count)
            line = (description, account, amount)
            books.schedule(on, partial(_bill, books, name, line, end))
    for number in range(BILLS_OF_STOCK):
        on = start + timedelta(days=number * days // BILLS_OF_STOCK)
        books.schedule(on, partial(_buy_stock, books))


def schedule_orders(books: Bookkeeper, start: date, end: date) -> None:
    """Schedules quotes and purchase orders."""
    days = (end - start).days
    for number in range(QUOTES):
        on = start + timedelta(days=5 + number * (days - 5) // QUOTES)
        books.schedule(on, partial(_quote, books, number))
    for number in range(ORDERS):
        on = start + timedelta(days=3 + number * (days - 3) // ORDERS)
        books.schedule(on, partial(_order, books, number))


def pay(books: Bookkeeper, invoice_id: str, amount: Decimal | None = None) -> None:
    """Pays the amount due on an invoice, or a part of it, unless it is settled already."""
    invoice = books.organisation.collections["Invoices"][invoice_id]
    if invoice["Status"] != "AUTHORISED":
        return
    part = min(amount or invoice["AmountDue"], invoice["AmountDue"])
    bank = "093" if invoice["CurrencyCode"] == "AUD" else "090"
    books.create(
        "Payments",
        Invoice={"InvoiceID": invoice_id},
        Account={"Code": bank},
        Date=books.today,
        Amount=part,
        Reference=invoice.get("InvoiceNumber", "")[:20],
        IsReconciled=True,
    )


def _lines(random: Random, *, abroad: bool) -> list[Record]:
    lines = []
    for _ in range(random.choice((1, 2, 2, 3, 3, 4, 5))):
        code = random.choice((*catalogue.BREADS, *catalogue.PASTRIES))[0]
        line: Record = {"ItemCode": code, "Quantity": random.randrange(2, 60)}
        if abroad:
            line |= {"AccountCode": "203", "TaxType": "ZERORATED"}
        if random.random() < 0.12:  # noqa: PLR2004  # some customers get a discount
            line["DiscountRate"] = random.choice((5, 7.5, 10))
        if random.random() < 0.4:  # noqa: PLR2004  # some lines are tracked
            region = "Overseas" if abroad else random.choice(("North", "Central", "South"))
            line["Tracking"] = [{"Name": "Region", "Option": region}]
            if random.random() < 0.5:  # noqa: PLR2004  # half of them twice
                line["Tracking"].append({"Name": "Channel", "Option": "Wholesale"})
        lines.append(line)
    if random.random() < 0.5 and not abroad:  # noqa: PLR2004  # half are delivered
        lines.append({"ItemCode": "SRV-DELI", "Quantity": 1})
    if random.random() < 0.05:  # noqa: PLR2004  # a remark without an amount
        lines.append({"Description": "Thank you for trading with Harbour Lane."})
    if random.random() < 0.06 and not abroad:  # noqa: PLR2004  # catering at events
        catering = {"Description": "Catering at an event", "Quantity": 1, "UnitAmount": "480"}
        lines.append({**catering, "AccountCode": "260", "TaxType": "TAX001"})
    return lines


def _sell(books: Bookkeeper, contact: Record, end: date, *, abroad: bool) -> None:
    random = books.random
    left = (end - books.today).days
    status = "AUTHORISED"
    if left < 12 and random.random() < 0.5:  # noqa: PLR2004  # the newest are not all approved
        status = random.choice(("DRAFT", "SUBMITTED"))
    lines = _lines(random, abroad=abroad)
    if random.random() < 0.08 and not abroad and _stocked(books):  # noqa: PLR2004  # shop goods
        lines.append({"ItemCode": random.choice(_stocked(books)), "Quantity": 1})
    invoice = books.create(
        "Invoices",
        Type="ACCREC",
        Contact={"ContactID": contact["ContactID"]},
        Date=books.today,
        LineAmountTypes="Inclusive" if random.random() < 0.15 else "Exclusive",  # noqa: PLR2004
        Reference=f"Order {random.randrange(10000, 99999)}",
        LineItems=lines,
        Status=status,
        SentToContact=status == "AUTHORISED",
    )
    if status == "AUTHORISED":
        _settle_sale(books, invoice)
    elif random.random() < 0.2:  # noqa: PLR2004  # some drafts are thrown away
        books.post("Invoices", {"InvoiceID": invoice["InvoiceID"], "Status": "DELETED"})


def _settle_sale(books: Bookkeeper, invoice: Record) -> None:
    random, invoice_id = books.random, invoice["InvoiceID"]
    outcome = random.randrange(100)
    later = books.today + timedelta(days=random.randrange(4, 46))
    if outcome < UNPAID or invoice["Status"] == "PAID":
        return
    if outcome < UNPAID + PART_PAID:
        part = (invoice["Total"] / 3).quantize(Decimal("0.01"))
        books.schedule(later, partial(pay, books, invoice_id, part))
    elif outcome < UNPAID + PART_PAID + VOIDED:
        books.schedule(later, partial(_void, books, invoice_id))
    else:
        books.schedule(later, partial(pay, books, invoice_id))


def _void(books: Bookkeeper, invoice_id: str) -> None:
    invoice = books.organisation.collections["Invoices"][invoice_id]
    if not invoice["AmountPaid"] and not invoice["AmountCredited"]:
        books.post("Invoices", {"InvoiceID": invoice_id, "Status": "VOIDED"})


def _stocked(books: Bookkeeper) -> list[str]:
    items = books.organisation.collections["Items"].values()
    return [item["Code"] for item in items if item.get("QuantityOnHand", 0) > 1]


def _bill(books: Bookkeeper, name: str, line: tuple[str, str, str], end: date) -> None:
    random = books.random
    description, account, amount = line
    total = Decimal(amount) * random.randrange(80, 125) / 100
    status = "AUTHORISED"
    if (end - books.today).days < 8:  # noqa: PLR2004  # the newest wait for approval
        status = random.choice(("AUTHORISED", "SUBMITTED", "DRAFT"))
    item: Record = {"Description": description, "Quantity": 1, "UnitAmount": total}
    item["AccountCode"] = account
    if account == "300" and random.random() < 0.1:  # noqa: PLR2004  # some are imported
        item["TaxType"] = "TAX002"
    bill = books.create(
        "Invoices",
        Type="ACCPAY",
        Contact={"Name": name},
        Date=books.today,
        InvoiceNumber=f"{random.randrange(1000, 9999)}",
        LineAmountTypes="Inclusive" if random.random() < 0.4 else "Exclusive",  # noqa: PLR2004
        LineItems=[item],
        Status=status,
    )
    if status == "AUTHORISED" and random.random() < 0.72:  # noqa: PLR2004  # the rest go in batches
        later = books.today + timedelta(days=random.randrange(8, 40))
        books.schedule(later, partial(pay, books, bill["InvoiceID"]))


def _buy_stock(books: Bookkeeper) -> None:
    lines = [{"ItemCode": code, "Quantity": 12} for code, *_ in catalogue.SHOP]
    books.create(
        "Invoices",
        Type="ACCPAY",
        Contact={"Name": "Kraft & Fold Packaging"},
        Date=books.today,
        InvoiceNumber=f"STOCK-{books.random.randrange(100, 999)}",
        LineItems=lines,
        Status="AUTHORISED",
    )


def _quote(books: Bookkeeper, number: int) -> None:
    contact = books.random.choice(books.records("Contacts")[:138])
    quote = books.create(
        "Quotes",
        Contact={"ContactID": contact["ContactID"]},
        Date=books.today,
        ExpiryDate=books.today + timedelta(days=30),
        Title="Standing order",
        Reference=f"Enquiry {number + 1}",
        Terms="Prices are valid for thirty days. Delivery is before six.",
        BrandingThemeID=books.records("BrandingThemes")[number % 3]["BrandingThemeID"],
        Summary="Bread and pastry, delivered before six.",
        LineItems=_lines(books.random, abroad=False),
    )
    steps = (("SENT",), ("SENT", "ACCEPTED"), ("SENT", "DECLINED"), (), ("DELETED",))
    for status in (*steps[number % 5], *(["INVOICED"] if number % 10 == 1 else [])):
        books.post("Quotes", {"QuoteID": quote["QuoteID"], "Status": status})


def _order(books: Bookkeeper, number: int) -> None:
    name, description, account, amount, _ = catalogue.SUPPLIERS[number % 7]
    lines: list[Record] = [
        {"Description": description, "UnitAmount": amount, "AccountCode": account}
    ]
    if number % 3 == 0:
        lines.append(
            {
                "ItemCode": catalogue.SHOP[number % 5][0],
                "Quantity": 6,
                "DiscountRate": "5",
                "Tracking": [{"Name": "Channel", "Option": "Shop"}],
            }
        )
    order = books.create(
        "PurchaseOrders",
        Contact={"Name": name},
        Date=books.today,
        DeliveryDate=books.today + timedelta(days=7),
        DeliveryAddress="Bakehouse door, 14 Harbour Lane",
        Reference=f"Week {books.today:%V}",
        LineItems=lines,
        Status=("DRAFT", "SUBMITTED", "AUTHORISED", "AUTHORISED", "BILLED")[number % 5],
    )
    if number % 20 == 0:
        deleted = {"PurchaseOrderID": order["PurchaseOrderID"], "Status": "DELETED"}
        books.post("PurchaseOrders", deleted)
