"""The order in which streams are published: first what others refer to.

An invoice names a contact, a payment names an invoice (xero-facts.md: Writing by entity).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from target_xero.build.destinations.destination import Destination, RawDestination
from target_xero.build.destinations.names import destination_of
from target_xero.build.streams.stream_rule import StreamRule

# What a record refers to stands before it.
_ENTITIES = (
    "Currencies",
    "TaxRates",
    "TrackingCategories",
    "TrackingCategories/Options",
    "Accounts",
    "PaymentServices",
    "BrandingThemes/PaymentServices",
    "Contacts",
    "ContactGroups",
    "Items",
    "Quotes",
    "PurchaseOrders",
    "RepeatingInvoices",
    "Invoices",
    "CreditNotes",
    "BankTransactions",
    "BankTransfers",
    "ManualJournals",
    "LinkedTransactions",
    "Payments",
    "BatchPayments",
    # Of other APIs. Projects name contacts; files are associated with documents.
    "projects",
    "project_tasks",
    "project_time_entries",
    "asset_types",
    "assets",
    "folders",
    "files",
    "file_associations",
    *(
        f"payroll_{region}_{name}"
        for name in (
            "payroll_calendars",
            "pay_run_calendars",
            "deductions",
            "earnings_rates",
            "leave_types",
            "reimbursements",
            "employees",
            "employee_taxes",
            "employee_payment_methods",
            "employee_salary_and_wages",
            "employee_earnings_templates",
            "employee_leave_types",
            "employee_leave",
            "leave_applications",
            "timesheets",
            "timesheet_lines",
        )
        for region in ("au", "nz", "uk")
    ),
)
_PLACES: Mapping[str, int] = {name: place for place, name in enumerate(_ENTITIES)}
# Allocations, members of groups (a document may create their contact), attachments, notes and
# e-mails come after every entity.
_CHILD = len(_ENTITIES)
# What a path that the entity table does not have refers to is not known: it comes last.
_GENERIC = _CHILD + 1


class LoadPosition(NamedTuple):
    """The place of a stream in the load order; records at one place keep their order.

    Attributes:
        removes: Whether its records are removed, in the opposite order.
        place: Its place among creations, or among removals.
        destination: Where its records go.
    """

    removes: bool
    place: int
    destination: str


def load_position(rule: StreamRule) -> LoadPosition:
    """The place of a stream in the load order, by its settings."""
    destination = destination_of(rule.entity, rule.path)
    removes = rule.method == "DELETE"
    place = _place_of(destination)
    return LoadPosition(removes, -place if removes else place, destination.name)


def _place_of(destination: Destination) -> int:
    if isinstance(destination, RawDestination):
        return _GENERIC
    return _PLACES.get(destination.name, _CHILD)
