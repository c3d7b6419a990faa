"""Accounts that have another code in the target than in the source."""

from copy_pair import assert_records_match, last_state
from small_company import line_item


def copy_again(pair):
    """Copies what has changed."""
    ended = pair.copy(pair.tap(state=pair.state), yes=True)
    assert ended.returncode == 0, [x for x in pair.results if x["errors"]]
    pair.state = last_state(ended)


def an_invoice(pair, number, code):
    ana = pair.find("Contacts", Name="Ana")
    invoice = {
        "Type": "ACCREC",
        "Contact": {"ContactID": ana["ContactID"]},
        "InvoiceNumber": number,
        "Date": "2026-03-05",
        "DueDate": "2026-04-05",
        "Status": "AUTHORISED",
        "LineItems": [line_item("70", code)],
    }
    pair.put("Invoices", invoice)


def test_an_account_that_gets_the_code_of_the_source_is_found_by_it(pair):
    abroad = {"Name": "Sales abroad", "Type": "REVENUE"}
    pair.call("PUT", "Accounts", {**abroad, "Code": "241"})
    pair.call("PUT", "Accounts", {**abroad, "Code": "242"}, pair.target)
    an_invoice(pair, "NEW-1", "241")
    copy_again(pair)
    assert pair.find("Accounts", pair.target, Name="Sales abroad")["Code"] == "242"

    account_id = pair.find("Accounts", Code="241")["AccountID"]
    path = f"Accounts/{account_id}"
    pair.call("POST", path, {"AccountID": account_id, "Code": "241", "Description": "Exports"})
    an_invoice(pair, "NEW-2", "241")
    copy_again(pair)

    assert pair.find("Accounts", pair.target, Name="Sales abroad")["Code"] == "241"
    assert pair.find("Invoices", pair.target, InvoiceNumber="NEW-2")
    an_invoice(pair, "NEW-3", "241")
    copy_again(pair)
    assert_records_match(pair)
