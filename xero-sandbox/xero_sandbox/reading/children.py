"""``GET /Entity/{id}/…``: history, members, online invoice, payment services (xero-facts.md: Attachments and history, Reading by entity)."""

from __future__ import annotations

from datetime import datetime

from xero_sandbox.answers import Answer, exception, not_found
from xero_sandbox.catalogue import Endpoint
from xero_sandbox.organisation import Organisation, Record
from xero_sandbox.reading.shapes import instant_string
from xero_sandbox.reading.singles import find_record
from xero_sandbox.wire import encode, envelope, plain


def read_child(
    organisation: Organisation, endpoint: Endpoint, path: tuple[str, ...], now: datetime
) -> Answer:
    """What hangs below one record.

    Raises:
        Refused: 404 where there is no such thing.
    """
    record = find_record(organisation, endpoint, path[1])
    child = path[2:]
    if child == ("History",) and endpoint.history:
        entries = organisation.history.get((endpoint.name, record[endpoint.id_field]), [])
        contents = [encode(history_entry(entry)) for entry in entries]
        return Answer(body=envelope("HistoryRecords", contents, now))
    if child == ("OnlineInvoice",) and endpoint.name == "Invoices":
        return _online_invoice(record, now)
    if child == ("PaymentServices",) and endpoint.name == "BrandingThemes":
        services = organisation.collections["PaymentServices"]
        carried = organisation.theme_payment_services.get(record["BrandingThemeID"], [])
        contents = [encode(plain(services[one])) for one in carried if one in services]
        return Answer(body=envelope("PaymentServices", contents, now))
    raise not_found()


def history_entry(record: Record) -> Record:
    """One entry of a history as JSON values, with its date as text beside (xero-facts.md: Attachments and history)."""
    content: Record = plain(record)
    if isinstance(record.get("DateUTC"), datetime):
        content["DateUTCString"] = instant_string(record["DateUTC"])
    return content


def _online_invoice(record: Record, now: datetime) -> Answer:
    """The link to an approved sales invoice (xero-facts.md: Reading by entity)."""
    if record["Type"] != "ACCREC" or record["Status"] in ("DRAFT", "SUBMITTED", "DELETED"):
        message = "Online invoices are of approved sales invoices only"
        raise exception(400, "ValidationException", 10, message)
    link = f"https://in.xero.com/{record['InvoiceID'].replace('-', '')[:24]}"
    return Answer(body=envelope("OnlineInvoices", [encode({"OnlineInvoiceUrl": link})], now))
