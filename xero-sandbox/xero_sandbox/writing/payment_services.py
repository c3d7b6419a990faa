"""Payment services, and the branding themes that carry them."""

from __future__ import annotations

from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing.batch import each, not_found
from xero_sandbox.writing.matching import by_id
from xero_sandbox.writing.request import Invalid, WriteRequest, Written
from xero_sandbox.writing.values import Parser, merged, take, text

FIELDS: dict[str, Parser] = {
    "PaymentServiceName": text(50),
    "PaymentServiceUrl": text(),
    "PayNowText": text(),
}


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a payment service of the app's own."""
    problems: list[str] = []
    blank = {"PaymentServiceID": transaction.new_id(), "PaymentServiceType": "Custom"}
    service = merged(blank, take(sent, FIELDS, problems))
    problems += [
        f"A payment service needs a {field}." for field in FIELDS if not service.get(field)
    ]
    if problems:
        raise Invalid(*problems)
    transaction.put("PaymentServices", service)
    return service


def add_to_theme(transaction: Transaction, request: WriteRequest) -> Written:
    """POST /BrandingThemes/{id}/PaymentServices."""
    theme_id = request.path[1].lower()
    if transaction.get("BrandingThemes", theme_id) is None:
        raise not_found()

    def save(inside: Transaction, sent: Record) -> Record:
        service = by_id(inside, "PaymentServices", sent, "payment service")
        if service is None:
            message = "A PaymentServiceID must be specified."
            raise Invalid(message)
        themes = inside.organisation.theme_payment_services
        carried = [*themes.get(theme_id, []), service["PaymentServiceID"]]
        carried = list(dict.fromkeys(carried))
        inside.set_organisation("theme_payment_services", {**themes, theme_id: carried})
        return service

    return each(transaction, request, "PaymentServices", request.elements, save)
