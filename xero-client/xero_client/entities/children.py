"""Children of a record, in a path below it: notes, files, allocations, options, members, e-mail.

The facts are in xero-facts.md: Attachments and history, Writing by entity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xero_client.entities.scopes import ATTACHMENTS_SCOPE
from xero_client.entities.table import ENTITIES, Entity

ATTACHMENTS = "Attachments"
HISTORY = "History"


@dataclass(frozen=True)
class Child:
    """One kind of child of one entity.

    Attributes:
        parent: The entity of the parent record.
        name: The last part of the path, as in ``/Invoices/{InvoiceID}/History``.
        routes: Methods on the list of children.
        own_routes: Methods on one child, by its own id.
        key: The key of the list in requests and responses; empty if there is no list.
        shape: The fields of a child (``xero_client.entities.fields``); None if nothing is sent.
        id_field: The field that identifies a child; None if it has no id.
        bare: Whether the body is one child itself, not a list.
        batch_limit: The most children in one call.
        summarize_errors: Whether PUT supports ``summarizeErrors=false``.
        scope: The scope for writing; None for that of the parent.
    """

    parent: Entity
    name: str
    routes: tuple[str, ...]
    own_routes: tuple[str, ...] = ()
    key: str = ""
    shape: str | None = None
    id_field: str | None = None
    bare: bool = False
    batch_limit: int = 1
    summarize_errors: bool = False
    scope: str | None = None

    @property
    def title(self) -> str:
        """``Invoices/History``."""
        return f"{self.parent.name}/{self.name}"

    @property
    def offered(self) -> str:
        """The methods and paths that Xero offers, for messages."""
        path = f"{self.parent.path}/{{{self.parent.id_field}}}/{self.name}"
        child_path = f"{path}/{{{self.id_field}}}"
        parts = [f"{method} {path}" for method in self.routes]
        return ", ".join([*parts, *(f"{method} {child_path}" for method in self.own_routes)])


def _children() -> tuple[Child, ...]:
    children = []
    for entity in ENTITIES:
        if entity.history:
            children.append(
                Child(
                    entity,
                    HISTORY,
                    ("PUT",),
                    key="HistoryRecords",
                    shape="HistoryRecord",
                    batch_limit=50,
                )
            )
        if entity.attachments:
            children.append(
                Child(
                    entity,
                    ATTACHMENTS,
                    (),
                    ("PUT", "POST"),
                    key="Attachments",
                    shape="Attachment",
                    id_field="FileName",
                    scope=ATTACHMENTS_SCOPE,
                )
            )
        if entity.name in ("CreditNotes", "Prepayments", "Overpayments"):
            children.append(
                Child(
                    entity,
                    "Allocations",
                    ("PUT",),
                    ("DELETE",),
                    key="Allocations",
                    shape="Allocation",
                    id_field="AllocationID",
                    batch_limit=50,
                    summarize_errors=True,
                )
            )
        if entity.name == "TrackingCategories":
            children.append(
                Child(
                    entity,
                    "Options",
                    ("PUT",),
                    ("POST", "DELETE"),
                    key="Options",
                    shape="Option",
                    id_field="TrackingOptionID",
                    bare=True,
                )
            )
        if entity.name == "ContactGroups":
            children.append(
                Child(
                    entity,
                    "Contacts",
                    ("PUT",),
                    ("DELETE",),
                    key="Contacts",
                    shape="Member",
                    id_field="ContactID",
                    batch_limit=50,
                )
            )
        if entity.name == "Invoices":
            children.append(Child(entity, "Email", ("POST",)))
        if entity.name == "BrandingThemes":
            children.append(
                Child(
                    entity,
                    "PaymentServices",
                    ("POST",),
                    key="PaymentServices",
                    shape="PaymentService",
                    id_field="PaymentServiceID",
                    batch_limit=50,
                    scope="paymentservices",
                )
            )
    return tuple(children)


CHILDREN: Mapping[str, Child] = MappingProxyType({child.title: child for child in _children()})
