"""Records for tests of what a record is."""

from target_runner import record, records

BILLS = {"bills": {"entity": "Invoices"}}
CSV_KEY = ("_sdc_path", "_sdc_line_number")
KEYS_OF_FILES = [
    ("_sdc_path", "_sdc_line_number"),
    ("_sdc_source_file", "_sdc_source_lineno"),
    ("_smart_source_file", "_smart_source_lineno"),
    ("_file", "_line"),
    ("__sdc_spreadsheet_id", "__sdc_row"),
    ("file_name", "line_number"),
    ("Sheet Name", "rowNumber"),
]


def bill(number, supplier="Ana", amount=10, **fields):
    line = {"Description": "Work", "Quantity": 1, "UnitAmount": amount, "AccountCode": "429"}
    number = {"InvoiceNumber": number} if number else {}
    return {
        "Type": "ACCPAY",
        "Contact": {"Name": supplier},
        "Date": "2026-10-01",
        "DueDate": "2026-10-31",
        "LineItems": [line],
        **number,
        **fields,
    }


def journal(narration, amount=10):
    lines = [{"LineAmount": sign * amount, "AccountCode": "429"} for sign in (1, -1)]
    return {"Narration": narration, "Date": "2026-10-31", "JournalLines": lines}


def spend(xero, amount, date="2026-10-01", **fields):
    bank = next(a for a in xero.records("Accounts") if a.get("Type") == "BANK")
    line = {"Description": "Coffee", "Quantity": 1, "UnitAmount": amount, "AccountCode": "429"}
    return {
        "Type": "SPEND",
        "Contact": {"Name": "Cafe"},
        "BankAccount": {"AccountID": bank["AccountID"]},
        "Date": date,
        "LineItems": [line],
        **fields,
    }


def sale_row(number, line, **fields):
    own = {"InvoiceNumber": number, "Type": "ACCREC", "ContactName": "Ana", "AccountCode": "200"}
    return record("invoices", **own, Description=line, Quantity=1, UnitAmount=10, **fields)


def lines_in_xero(xero):
    return {
        invoice["InvoiceNumber"]: [line["Description"] for line in invoice["LineItems"]]
        for invoice in xero.records("Invoices")
    }


def as_csv(stream, rows, key=CSV_KEY, file="in.csv"):
    """The rows as a CSV tap sends them: each with its file and its line as the key."""
    places = ({key[0]: file, key[1]: n} for n, _ in enumerate(rows, start=2))
    return records(stream, [row | place for row, place in zip(rows, places, strict=True)], key)
