"""``GET /Entity/{id}/…``: history, online invoice, payment services.

(xero-facts.md: Attachments and history, Reading by entity)
"""

from __future__ import annotations

from datetime import datetime

from xero_sandbox.http.responses import HttpResponse, exception, not_found
from xero_sandbox.http.xero_json import encode, envelope, to_json_values
from xero_sandbox.model.endpoint import Endpoint
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.reading.records import find_record
from xero_sandbox.reading.shapes import instant_without_zone


def read_child(
    organisation: Organisation, endpoint: Endpoint, path: tuple[str, ...], now: datetime
) -> HttpResponse:
    """The response to a request for a part of a record.

    Raises:
        HttpError: 404, if the record or part does not exist.
    """
    record = find_record(organisation, endpoint, path[1])
    child = path[2:]
    if child == ("History",) and endpoint.history:
        entries = organisation.history.get((endpoint.name, record[endpoint.id_field]), [])
        contents = [encode(history_entry(entry)) for entry in entries]
        return HttpResponse(body=envelope("HistoryRecords", contents, now))
    if child == ("OnlineInvoice",) and endpoint.name == "Invoices":
        return _online_invoice(record, now)
    if child == ("PaymentServices",) and endpoint.name == "BrandingThemes":
        services = organisation.collections["PaymentServices"]
        service_ids = organisation.theme_payment_services.get(record["BrandingThemeID"], [])
        contents = [
            encode(to_json_values(services[service_id]))
            for service_id in service_ids
            if service_id in services
        ]
        return HttpResponse(body=envelope("PaymentServices", contents, now))
    if child == ("CISSettings",) and endpoint.name == "Contacts":
        return _cis_settings(organisation, record, now)
    raise not_found()


def history_entry(record: Record) -> Record:
    """One entry of a history as JSON values, with its date also as text.

    (xero-facts.md: Attachments and history)
    """
    content: Record = to_json_values(record)
    if isinstance(record.get("DateUTC"), datetime):
        content["DateUTCString"] = instant_without_zone(record["DateUTC"])
    return content


def _cis_settings(organisation: Organisation, contact: Record, now: datetime) -> HttpResponse:
    """The CIS settings of a contact, in the UK (xero-facts.md: Small Accounting endpoints).

    Raises:
        HttpError: 404, if CIS was never enabled for it.
    """
    settings = organisation.resources.get("accounting/CISSettings", {}).get(contact["ContactID"])
    if settings is None or organisation.country_code != "GB":
        raise not_found()
    return HttpResponse(body=envelope("CISSettings", [encode(settings)], now))


def _online_invoice(record: Record, now: datetime) -> HttpResponse:
    """The link to an approved sales invoice (xero-facts.md: Reading by entity)."""
    if record["Type"] != "ACCREC" or record["Status"] in ("DRAFT", "SUBMITTED", "DELETED"):
        message = "Only approved sales invoices have an online invoice"
        raise exception(400, "ValidationException", 10, message)
    link = f"https://in.xero.com/{record['InvoiceID'].replace('-', '')[:24]}"
    return HttpResponse(body=envelope("OnlineInvoices", [encode({"OnlineInvoiceUrl": link})], now))
