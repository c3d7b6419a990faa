"""The lists inside records that can be read as streams of their own: lines, allocations, options.

The facts are in xero-facts.md: Reading by entity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xero_client.entities.table import ALL_BY_STREAM, BY_STREAM, Entity

LINE = "_line"
LINE_NUMBER = "LineNo"
# The stream of the journals on a cash basis.
CASH_JOURNALS = "journals_cash"


@dataclass(frozen=True)
class NestedList:
    """One list inside the records of an entity.

    Attributes:
        stream: The Singer stream.
        parent: The entity whose records have the list.
        path: The names of the list: ``("LineItems",)``, or ``("LineItems", "Tracking")`` for the
            lists inside the members of a list.
        keys: The fields that identify a member within the record. ``_line`` is its place in its
            list, from 1. ``LineNo`` is the place of the outer member.
        carried: Fields of the outer member that its inner members get.
        by_id: Whether Xero sends the list only with a single record, which costs a call a record.
        parent_stream: The stream of the records; the entity's own by default.
    """

    stream: str
    parent: Entity
    path: tuple[str, ...]
    keys: tuple[str, ...] = (LINE,)
    carried: tuple[str, ...] = ()
    by_id: bool = False
    parent_stream: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "parent_stream", self.parent_stream or self.parent.stream)

    @property
    def parent_id(self) -> str:
        """The id field of the parent."""
        return self.parent.id_field or ""


def _line_lists(
    entity: Entity,
    singular: str,
    field: str,
    line_id: str,
    *,
    has_id: bool,
    tracking: str,
    parent_stream: str = "",
) -> tuple[NestedList, NestedList]:
    """The lines of an entity and the tracking of the lines.

    Args:
        entity: The entity.
        singular: The name of the line streams without the plural.
        field: The field of the lines.
        line_id: The field of a line's own id; empty if lines have none.
        has_id: Whether Xero always gives that id. If that is not documented, a line's place
            identifies it.
        tracking: The field of a line's tracking.
        parent_stream: The stream of the records; the entity's own by default.
    """
    key = line_id if has_id else ""
    return (
        NestedList(f"{singular}s", entity, (field,), (key or LINE,), parent_stream=parent_stream),
        NestedList(
            f"{singular}_tracking",
            entity,
            (field, tracking),
            (key or LINE_NUMBER, LINE),
            (line_id,) if line_id else (),
            parent_stream=parent_stream,
        ),
    )


def _line_item_lists(parent: str, *, has_id: bool) -> tuple[NestedList, NestedList]:
    singular = f"{parent.removesuffix('s')}_line_item"
    return _line_lists(
        BY_STREAM[parent], singular, "LineItems", "LineItemID", has_id=has_id, tracking="Tracking"
    )


def _journal_line_lists(parent_stream: str, singular: str) -> tuple[NestedList, NestedList]:
    return _line_lists(
        BY_STREAM["journals"],
        singular,
        "JournalLines",
        "JournalLineID",
        has_id=True,
        tracking="TrackingCategories",
        parent_stream=parent_stream,
    )


def _list_of(parent: str, stream: str, field: str, *keys: str, by_id: bool = False) -> NestedList:
    return NestedList(stream, BY_STREAM[parent], (field,), keys or (LINE,), by_id=by_id)


NESTED_LISTS: tuple[NestedList, ...] = (
    *_line_item_lists("invoices", has_id=True),
    *_line_item_lists("bank_transactions", has_id=True),
    *_line_item_lists("purchase_orders", has_id=True),
    *_line_item_lists("quotes", has_id=True),
    *_line_item_lists("repeating_invoices", has_id=True),
    # Xero's samples of these three show lines without an id.
    *_line_item_lists("credit_notes", has_id=False),
    *_line_item_lists("prepayments", has_id=False),
    *_line_item_lists("overpayments", has_id=False),
    *_journal_line_lists("journals", "journal_line"),
    *_journal_line_lists(CASH_JOURNALS, "journals_cash_line"),
    *_line_lists(
        BY_STREAM["manual_journals"],
        "manual_journal_line",
        "JournalLines",
        "",
        has_id=False,
        tracking="Tracking",
    ),
    _list_of("credit_notes", "credit_note_allocations", "Allocations"),
    _list_of("prepayments", "prepayment_allocations", "Allocations"),
    _list_of("overpayments", "overpayment_allocations", "Allocations"),
    _list_of("contacts", "contact_addresses", "Addresses"),
    _list_of("contacts", "contact_phones", "Phones"),
    _list_of("contacts", "contact_persons", "ContactPersons"),
    _list_of("contact_groups", "contact_group_members", "Contacts", "ContactID", by_id=True),
    _list_of("tracking_categories", "tracking_options", "Options", "TrackingOptionID"),
    _list_of("tax_rates", "tax_rate_components", "TaxComponents"),
    _list_of("batch_payments", "batch_payment_payments", "Payments", "PaymentID"),
    NestedList(
        "budget_lines",
        BY_STREAM["budgets"],
        ("BudgetLines", "BudgetBalances"),
        (LINE_NUMBER, LINE),
        ("AccountID", "AccountCode"),
        by_id=True,
    ),
)

NESTED_BY_STREAM: Mapping[str, NestedList] = MappingProxyType(
    {nested.stream: nested for nested in NESTED_LISTS}
)


def entity_of_stream(stream: str) -> Entity | None:
    """The entity whose list gives a stream; None if no entity does."""
    if stream == CASH_JOURNALS:
        return BY_STREAM["journals"]
    nested = NESTED_BY_STREAM.get(stream)
    return nested.parent if nested else ALL_BY_STREAM.get(stream)
