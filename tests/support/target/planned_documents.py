"""What tests of plans share."""

from decimal import Decimal


def invoice(number, *amounts, **fields):
    lines = [
        {"Description": f"Work {n}", "Quantity": 1, "UnitAmount": amount, "AccountCode": "200"}
        for n, amount in enumerate(amounts or (100,), 1)
    ]
    own = {"Type": "ACCREC", "InvoiceNumber": number, "Contact": {"Name": "Ana"}}
    dates = {"Date": "2026-10-01", "DueDate": "2026-10-31", "Status": "AUTHORISED"}
    return {**own, **dates, "LineItems": lines, **fields}


def trial_balance(xero):
    """The balance of each account by code, summed from the sandbox's journals."""
    sums = {}
    for journal in xero.records("Journals"):
        for line in journal["JournalLines"]:
            key = line["AccountCode"]
            sums[key] = sums.get(key, Decimal(0)) + line["NetAmount"]
    return {code: amount for code, amount in sums.items() if amount}


def movement(before, after):
    found = {code: after.get(code, 0) - before.get(code, 0) for code in {*before, *after}}
    return {code: amount for code, amount in found.items() if amount}


def planned_movement(planned):
    found = {
        row["code"]: Decimal(str(row["debit"])) - Decimal(str(row["credit"]))
        for row in planned.content["accounts"]
    }
    return {code: amount for code, amount in found.items() if amount}
