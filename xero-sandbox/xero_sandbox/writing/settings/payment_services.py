"""Payment services, and the branding themes that use them."""

from __future__ import annotations

from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.shared.batch import not_found, save_each
from xero_sandbox.writing.shared.matching import by_id
from xero_sandbox.writing.shared.request import ValidationError, WriteOutcome, WriteRequest
from xero_sandbox.writing.shared.values import Parser, merged, parse_fields, text

FIELDS: dict[str, Parser] = {
    "PaymentServiceName": text(50),
    "PaymentServiceUrl": text(),
    "PayNowText": text(),
}


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a new payment service."""
    errors: list[str] = []
    blank = {"PaymentServiceID": transaction.new_id(), "PaymentServiceType": "Custom"}
    service = merged(blank, parse_fields(sent, FIELDS, errors))
    errors += [f"A payment service needs a {field}." for field in FIELDS if not service.get(field)]
    if errors:
        raise ValidationError(*errors)
    transaction.put("PaymentServices", service)
    return service


def add_to_theme(transaction: Transaction, request: WriteRequest) -> WriteOutcome:
    """POST /BrandingThemes/{id}/PaymentServices."""
    theme_id = request.path[1].lower()
    if transaction.get("BrandingThemes", theme_id) is None:
        raise not_found()

    def save(transaction: Transaction, sent: Record) -> Record:
        service = by_id(transaction, "PaymentServices", sent, "payment service")
        if service is None:
            message = "A PaymentServiceID must be specified."
            raise ValidationError(message)
        themes = transaction.organisation.theme_payment_services
        service_ids = [*themes.get(theme_id, []), service["PaymentServiceID"]]
        service_ids = list(dict.fromkeys(service_ids))
        transaction.set_organisation("theme_payment_services", {**themes, theme_id: service_ids})
        return service

    return save_each(transaction, request, "PaymentServices", request.elements, save)
