"""THE TABLE: what can be written, by which method, and by which function (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing import (
    accounts,
    allocations,
    bank_transactions,
    bank_transfers,
    batch_payments,
    contact_groups,
    contacts,
    credit_notes,
    currencies,
    email,
    history,
    invoices,
    items,
    linked_transactions,
    manual_journals,
    orders,
    payment_services,
    payments,
    repeating_invoices,
    setup,
    tax_rates,
    tracking,
)
from xero_sandbox.writing.batch import Saver
from xero_sandbox.writing.matching import locate_by_id
from xero_sandbox.writing.request import WriteRequest, Written

Locator = Callable[[Transaction, str], "Record | None"]
Remover = Callable[[Transaction, Record], Written]
ChildHandler = Callable[[Transaction, WriteRequest], Written]


@dataclass(frozen=True)
class Entity:
    """One writable entity.

    Attributes:
        name: The path, which is also the answer's key.
        put: PUT on the collection, per element.
        post: POST on the collection, per element.
        update: POST on one record; the element carries the record's id.
        delete: The DELETE verb on one record.
        locate: Finds the record of a path; by its id unless the entity also goes by a number.
        one_record: Methods on the collection that look at the first element only, silently
            (xero-facts.md: Batch results).
        most: How many elements a request can carry, where Xero gives a number.
    """

    name: str
    put: Saver | None = None
    post: Saver | None = None
    update: Saver | None = None
    delete: Remover | None = None
    locate: Locator | None = None
    one_record: frozenset[str] = frozenset()
    most: int | None = None


ONE = frozenset({"PUT", "POST"})


def _order(order: orders.Order) -> Entity:
    save = partial(orders.create_or_update, order)
    return Entity(
        order.entity,
        put=partial(orders.create, order),
        post=save,
        update=save,
        locate=partial(orders.locate, order),
    )


ENTITIES: Mapping[str, Entity] = {
    entity.name: entity
    for entity in (
        Entity(
            "Accounts",
            put=accounts.create,
            update=accounts.update,
            delete=accounts.delete,
            one_record=ONE,
        ),
        Entity(
            "BankTransactions",
            put=bank_transactions.create,
            post=bank_transactions.create_or_update,
            update=bank_transactions.create_or_update,
        ),
        Entity(
            "BankTransfers",
            put=bank_transfers.create,
            post=bank_transfers.create_or_delete,
            update=bank_transfers.delete,
            one_record=frozenset({"PUT"}),
        ),
        Entity(
            "BatchPayments",
            put=batch_payments.create,
            post=batch_payments.create_or_delete,
            update=batch_payments.delete,
        ),
        Entity(
            "ContactGroups",
            put=contact_groups.create,
            update=contact_groups.update,
            one_record=ONE,
        ),
        Entity(
            "Contacts",
            put=contacts.create,
            post=contacts.create_or_update,
            update=contacts.create_or_update,
            locate=contacts.locate,
        ),
        Entity(
            "CreditNotes",
            put=credit_notes.create,
            post=credit_notes.create_or_update,
            update=credit_notes.create_or_update,
            locate=credit_notes.locate,
        ),
        Entity("Currencies", put=currencies.create, one_record=ONE),
        Entity(
            "Invoices",
            put=invoices.create,
            post=invoices.create_or_update,
            update=invoices.create_or_update,
            locate=invoices.locate,
        ),
        Entity(
            "Items",
            put=items.create,
            post=items.create_or_update,
            update=items.create_or_update,
            delete=items.delete,
            locate=items.locate,
            most=items.MAX_ITEMS,
        ),
        Entity(
            "LinkedTransactions",
            put=linked_transactions.create,
            update=linked_transactions.update,
            delete=linked_transactions.delete,
            one_record=ONE,
        ),
        Entity(
            "ManualJournals",
            put=manual_journals.create,
            post=manual_journals.create_or_update,
            update=manual_journals.create_or_update,
        ),
        Entity("PaymentServices", put=payment_services.create),
        Entity(
            "Payments",
            put=payments.create,
            post=payments.create_or_delete,
            update=payments.update,
            one_record=frozenset({"POST"}),
        ),
        _order(orders.PURCHASE_ORDER),
        _order(orders.QUOTE),
        Entity(
            "RepeatingInvoices",
            put=repeating_invoices.create,
            post=repeating_invoices.create_or_delete,
            update=repeating_invoices.create_or_delete,
        ),
        Entity("TaxRates", put=tax_rates.create, post=tax_rates.create_or_update, one_record=ONE),
        Entity(
            "TrackingCategories",
            put=tracking.create,
            update=tracking.update,
            delete=tracking.delete,
            one_record=ONE,
        ),
    )
}

# By parent and child: the handler of each method, without and with the child's own id.
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
    ("TrackingCategories", "Options"): {"PUT": tracking.add_option},
}
RECORD_CHILDREN: Mapping[tuple[str, str], Mapping[str, ChildHandler]] = {
    ("ContactGroups", "Contacts"): {"DELETE": contact_groups.remove_members},
    ("CreditNotes", "Allocations"): {"DELETE": allocations.remove},
    ("Overpayments", "Allocations"): {"DELETE": allocations.remove},
    ("Prepayments", "Allocations"): {"DELETE": allocations.remove},
    ("TrackingCategories", "Options"): {
        "POST": tracking.change_option,
        "DELETE": tracking.delete_option,
    },
}

# Paths that are no collection.
ACTIONS: Mapping[str, Mapping[str, ChildHandler]] = {"Setup": {"POST": setup.set_up}}


def locate(entity: Entity, transaction: Transaction, key: str) -> Record | None:
    """The record under ``/{Entity}/{key}``."""
    if entity.locate is not None:
        return entity.locate(transaction, key)
    return locate_by_id(entity.name, transaction, key)
