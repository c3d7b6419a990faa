"""Documents that tests of the target publish."""

LINE = {"Description": "Work", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}


def invoice(number=None, kind="ACCREC", **fields):
    """A draft invoice or bill over 10.00."""
    own = {"InvoiceNumber": number} if number else {}
    return {
        "Type": kind,
        "Contact": {"Name": "Ana"},
        "Date": "2026-10-01",
        "DueDate": "2026-10-31",
        "LineItems": [LINE],
        **own,
        **fields,
    }


def authorised_invoice(number, kind="ACCREC", **fields):
    """An invoice or bill that can be paid."""
    return invoice(number, kind, **{"Status": "AUTHORISED", **fields})
