"""What can be written, with which method, and by which function.

(xero-facts.md: Writing by entity)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing import history
from xero_sandbox.writing.contacts import contacts
from xero_sandbox.writing.contacts import groups as contact_groups
from xero_sandbox.writing.documents import (
    credit_notes,
    email,
    invoices,
    linked_transactions,
    manual_journals,
    orders,
    repeating_invoices,
)
from xero_sandbox.writing.money import (
    allocations,
    bank_transactions,
    bank_transfers,
    batch_payments,
    payments,
)
from xero_sandbox.writing.settings import (
    accounts,
    currencies,
    items,
    payment_services,
    setup,
    tax_rates,
    tracking_categories,
)
from xero_sandbox.writing.shared.batch import Saver
from xero_sandbox.writing.shared.matching import locate_by_id
from xero_sandbox.writing.shared.request import WriteOutcome, WriteRequest

Locator = Callable[[Transaction, str], "Record | None"]
Remover = Callable[[Transaction, Record], WriteOutcome]
ChildHandler = Callable[[Transaction, WriteRequest], WriteOutcome]


@dataclass(frozen=True)
class WritableEntity:
    """One writable entity.

    Attributes:
        name: The path, which is also the response's key.
        put: PUT on the collection, per element.
        post: POST on the collection, per element.
        update: POST on one record; the element contains the record's id.
        delete: DELETE on one record.
        locate: Finds the record of a path, if it may have a number in place of the id.
        first_element_only: Methods on the collection that ignore all elements but the first
            (xero-facts.md: Batch results).
        max_elements: How many elements a request can contain, if Xero has a limit.
    """

    name: str
    put: Saver | None = None
    post: Saver | None = None
    update: Saver | None = None
    delete: Remover | None = None
    locate: Locator | None = None
    first_element_only: frozenset[str] = frozenset()
    max_elements: int | None = None


PUT_AND_POST = frozenset({"PUT", "POST"})


def _order_entity(order: orders.OrderKind) -> WritableEntity:
    save = partial(orders.create_or_update, order)
    return WritableEntity(
        order.entity,
        put=partial(orders.create, order),
        post=save,
        update=save,
        locate=partial(orders.locate, order),
    )


ENTITIES: Mapping[str, WritableEntity] = {
    entity.name: entity
    for entity in (
        WritableEntity(
            "Accounts",
            put=accounts.create,
            update=accounts.update,
            delete=accounts.delete,
            first_element_only=PUT_AND_POST,
        ),
        WritableEntity(
            "BankTransactions",
            put=bank_transactions.create,
            post=bank_transactions.create_or_update,
            update=bank_transactions.create_or_update,
        ),
        WritableEntity(
            "BankTransfers",
            put=bank_transfers.create,
            post=bank_transfers.create_or_delete,
            update=bank_transfers.delete,
            first_element_only=frozenset({"PUT"}),
        ),
        WritableEntity(
            "BatchPayments",
            put=batch_payments.create,
            post=batch_payments.create_or_delete,
            update=batch_payments.delete,
        ),
        WritableEntity(
            "ContactGroups",
            put=contact_groups.create,
            update=contact_groups.update,
            first_element_only=PUT_AND_POST,
        ),
        WritableEntity(
            "Contacts",
            put=contacts.create,
            post=contacts.create_or_update,
            update=contacts.create_or_update,
            locate=contacts.locate,
        ),
        WritableEntity(
            "CreditNotes",
            put=credit_notes.create,
            post=credit_notes.create_or_update,
            update=credit_notes.create_or_update,
            locate=credit_notes.locate,
        ),
        WritableEntity("Currencies", put=currencies.create, first_element_only=PUT_AND_POST),
        WritableEntity(
            "Invoices",
            put=invoices.create,
            post=invoices.create_or_update,
            update=invoices.create_or_update,
            locate=invoices.locate,
        ),
        WritableEntity(
            "Items",
            put=items.create,
            post=items.create_or_update,
            update=items.create_or_update,
            delete=items.delete,
            locate=items.locate,
            max_elements=items.MAX_ITEMS,
        ),
        WritableEntity(
            "LinkedTransactions",
            put=linked_transactions.create,
            update=linked_transactions.update,
            delete=linked_transactions.delete,
            first_element_only=PUT_AND_POST,
        ),
        WritableEntity(
            "ManualJournals",
            put=manual_journals.create,
            post=manual_journals.create_or_update,
            update=manual_journals.create_or_update,
        ),
        WritableEntity("PaymentServices", put=payment_services.create),
        WritableEntity(
            "Payments",
            put=payments.create,
            post=payments.create_or_delete,
            update=payments.update,
            first_element_only=frozenset({"POST"}),
        ),
        _order_entity(orders.PURCHASE_ORDER),
        _order_entity(orders.QUOTE),
        WritableEntity(
            "RepeatingInvoices",
            put=repeating_invoices.create,
            post=repeating_invoices.create_or_delete,
            update=repeating_invoices.create_or_delete,
        ),
        WritableEntity(
            "TaxRates",
            put=tax_rates.create,
            post=tax_rates.create_or_update,
            first_element_only=PUT_AND_POST,
        ),
        WritableEntity(
            "TrackingCategories",
            put=tracking_categories.create,
            update=tracking_categories.update,
            delete=tracking_categories.delete,
            first_element_only=PUT_AND_POST,
        ),
    )
}

# Handlers by parent, child and method: without the child's id, and with it.
COLLECTION_CHILDREN: Mapping[tuple[str, str], Mapping[str, ChildHandler]] = {
    **{(entity, "History"): {"PUT": history.add_notes} for entity in history.WITH_HISTORY},
    ("BrandingThemes", "PaymentServices"): {"POST": payment_services.add_to_theme},
    ("ContactGroups", "Contacts"): {
        "PUT": contact_groups.add_members,
        "DELETE": contact_groups.remove_members,
    },
    ("CreditNotes", "Allocations"): {"PUT": allocations.allocate},
    ("Invoices", "Email"): {"POST": email.send},
    ("Overpayments", "Allocations"): {"PUT": allocations.allocate},
    ("Prepayments", "Allocations"): {"PUT": allocations.allocate},
    ("TrackingCategories", "Options"): {"PUT": tracking_categories.add_option},
}
RECORD_CHILDREN: Mapping[tuple[str, str], Mapping[str, ChildHandler]] = {
    ("ContactGroups", "Contacts"): {"DELETE": contact_groups.remove_members},
    ("CreditNotes", "Allocations"): {"DELETE": allocations.remove},
    ("Overpayments", "Allocations"): {"DELETE": allocations.remove},
    ("Prepayments", "Allocations"): {"DELETE": allocations.remove},
    ("TrackingCategories", "Options"): {
        "POST": tracking_categories.change_option,
        "DELETE": tracking_categories.delete_option,
    },
}

# Paths that are not collections.
ACTIONS: Mapping[str, Mapping[str, ChildHandler]] = {"Setup": {"POST": setup.set_up}}


def locate(entity: WritableEntity, transaction: Transaction, key: str) -> Record | None:
    """The record under ``/{Entity}/{key}``."""
    if entity.locate is not None:
        return entity.locate(transaction, key)
    return locate_by_id(entity.name, transaction, key)
