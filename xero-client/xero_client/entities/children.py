"""What hangs below a record in Xero's paths: notes, files, allocations, options, members, e-mail.

The facts stand in ``xero-facts.md`` xero-facts.md: Attachments and history, Writing by entity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xero_client.entities.scopes import ATTACHMENTS as ATTACHMENTS_SCOPE
from xero_client.entities.table import ENTITIES, Entity

ATTACHMENTS = "Attachments"
HISTORY = "History"


@dataclass(frozen=True)
class Child:
    """One kind of child of one entity.

    Attributes:
        parent: The entity that it hangs below.
        name: The path's last part, as in ``/Invoices/{InvoiceID}/History``.
        routes: Methods on the list of children.
        own_routes: Methods on one child, by its own id.
        key: The key of the list that is sent and answered; empty where no list is.
        shape: The fields of a child (``xero_client.entities.fields``); None where nothing is sent.
        id_field: What names a child in its path and in answers; None where nothing does.
        bare: Whether the body is one child itself, not a list.
        batch_limit: Children a call at most.
        summarize_errors: Whether PUT takes ``summarizeErrors=false``.
        scope: The scope that writes it; None for the parent's own.
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
        """What Xero offers, in words."""
        path = f"{self.parent.path}/{{{self.parent.id_field}}}/{self.name}"
        one = f"{path}/{{{self.id_field}}}"
        parts = [f"{method} {path}" for method in self.routes]
        return ", ".join([*parts, *(f"{method} {one}" for method in self.own_routes)])


def _children() -> tuple[Child, ...]:
    rows = []
    for entity in ENTITIES:
        if entity.history:
            rows.append(
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
            rows.append(
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
            rows.append(
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
            rows.append(
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
            rows.append(
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
            rows.append(Child(entity, "Email", ("POST",)))
        if entity.name == "BrandingThemes":
            rows.append(
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
    return tuple(rows)


CHILDREN: Mapping[str, Child] = MappingProxyType({row.title: row for row in _children()})
