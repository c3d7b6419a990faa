"""THE TABLE: what can be written, by which method, and by which function (xero-api.md §9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing import accounts, contacts, credit_notes, history, invoices
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
        locate: Finds the record of a path.
        one_record: Only the first element is looked at, silently (xero-api.md §5.2).
        one_record_methods: The same for some methods only.
    """

    name: str
    put: Saver | None = None
    post: Saver | None = None
    update: Saver | None = None
    delete: Remover | None = None
    locate: Locator = lambda _transaction, _key: None
    one_record: bool = False
    one_record_methods: tuple[str, ...] = ()


ENTITIES: Mapping[str, Entity] = {
    entity.name: entity
    for entity in (
        Entity(
            "Accounts",
            put=accounts.create,
            update=accounts.update,
            delete=accounts.delete,
            locate=partial(locate_by_id, "Accounts"),
            one_record=True,
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
        Entity(
            "Invoices",
            put=invoices.create,
            post=invoices.create_or_update,
            update=invoices.create_or_update,
            locate=invoices.locate,
        ),
    )
}

# By parent and child: the handler of each method.
CHILDREN: Mapping[tuple[str, str], Mapping[str, ChildHandler]] = {
    **{(entity, "History"): {"PUT": history.add_notes} for entity in history.WITH_HISTORY},
}
