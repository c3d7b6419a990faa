"""E-mailing an invoice (xero-facts.md: Attachments and history)."""

from __future__ import annotations

from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.documents import invoices
from xero_sandbox.writing.shared.batch import not_found
from xero_sandbox.writing.shared.request import WriteError, WriteOutcome, WriteRequest

DAILY_LIMIT = 1000


def send(transaction: Transaction, request: WriteRequest) -> WriteOutcome:
    """POST /Invoices/{id}/Email: marks a sales invoice as sent; the response is 204.

    Raises:
        WriteError: For bills, drafts, contacts without an address, and above the daily
            limit: 1,000 for a paying organisation, 0 for the demo company.
    """
    invoice = invoices.locate(transaction, request.path[1])
    if invoice is None:
        raise not_found()
    contact = transaction.records("Contacts")[invoice["Contact"]["ContactID"]]
    limit = 0 if transaction.organisation.is_demo_company else DAILY_LIMIT
    counter = f"emails {transaction.now:%Y-%m-%d}"
    message = None
    if invoice["Type"] != "ACCREC" or invoice["Status"] not in {"AUTHORISED", "PAID"}:
        message = "Only approved sales invoices can be emailed."
    elif not contact["EmailAddress"]:
        message = "The contact has no email address."
    elif transaction.organisation.sequences.get(counter, 0) >= limit:
        message = f"The daily limit of {limit} emails has been reached."
    if message:
        raise WriteError(400, "ValidationException", 10, message)
    transaction.next(counter)
    # Sending makes no journal, so UpdatedDateUTC stays (xero-facts.md: Change capture).
    transaction.put("Invoices", {**invoice, "SentToContact": True})
    details = f"Sent to {contact['EmailAddress']}."
    transaction.note("Invoices", invoice["InvoiceID"], "Invoice sent", details)
    return WriteOutcome("Invoices", [], status=204)
