"""Says which rule copies which stream, and what Xero's API cannot write at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from target_xero.copy.rules import documents, projects_and_assets, settings, settlements
from target_xero.copy.rules.files_and_notes import file_or_note
from target_xero.copy.steps import CopyPlan
from xero_client.entities.table import ALL_ENTITIES, BY_STREAM

_ONLY_MATCHED = "they are only matched by name"
# Logged before the run, and listed in the README.
NOT_WRITABLE: Mapping[str, str] = {
    "bank statement lines and reconciliation": "Xero's API has neither",
    "financial year, lock dates": "Xero's API can only read them",
    "repeating bills": "Xero's API can create repeating sales invoices only",
    **{
        entity.stream: entity.not_copied or _ONLY_MATCHED
        for entity in ALL_ENTITIES
        if entity.not_copied or (entity.named_by and not entity.writing and not entity.created_by)
    },
}


def copy_plan(
    stream: str, record: Mapping[str, Any], *, copy_voided: bool, tracked: Collection[str]
) -> CopyPlan | None:
    """How a record is copied.

    Args:
        stream: tap-xero's stream.
        record: Its record.
        copy_voided: Whether voided and deleted documents are created, and then removed again.
        tracked: Codes of the items that are tracked as inventory.

    Returns:
        None if the stream is unknown.
    """
    rule = {
        "accounts": settings.account,
        "asset_types": projects_and_assets.asset_type,
        "assets": projects_and_assets.asset,
        "bank_transfers": settlements.bank_transfer,
        "batch_payments": settlements.batch_payment,
        "branding_themes": settings.branding_theme,
        "contact_groups": settings.contact_group,
        "contacts": settings.contact,
        "currencies": settings.currency,
        "items": settings.item,
        "linked_transactions": settlements.linked_transaction,
        "payments": settlements.payment,
        "project_tasks": projects_and_assets.task,
        "project_time_entries": projects_and_assets.time_entry,
        "project_users": projects_and_assets.project_user,
        "projects": projects_and_assets.project,
        "purchase_orders": documents.purchase_order,
        "quotes": documents.quote,
        "repeating_invoices": documents.repeating_invoice,
        "tax_rates": settings.tax_rate,
        "tracking_categories": settings.tracking_category,
    }.get(stream)
    if rule is not None:
        return rule(record)
    entity = BY_STREAM.get(stream)
    if entity is not None and entity.not_copied:
        return CopyPlan(skip_reason=entity.not_copied)
    return file_or_note(stream, record) or _document_plan(
        stream, record, copy_voided=copy_voided, tracked=tracked
    )


def _document_plan(
    stream: str, record: Mapping[str, Any], *, copy_voided: bool, tracked: Collection[str]
) -> CopyPlan | None:
    plans: Mapping[str, Callable[[], CopyPlan]] = {
        "invoices": lambda: documents.invoice(record, copy_voided=copy_voided, tracked=tracked),
        "credit_notes": lambda: documents.credit_note(
            record, copy_voided=copy_voided, tracked=tracked
        ),
        "bank_transactions": lambda: documents.bank_transaction(
            record, copy_voided=copy_voided, tracked=tracked
        ),
        "manual_journals": lambda: documents.manual_journal(record, copy_voided=copy_voided),
        "prepayments": lambda: documents.prepayment_or_overpayment(record, "Prepayments"),
        "overpayments": lambda: documents.prepayment_or_overpayment(record, "Overpayments"),
    }
    plan = plans.get(stream)
    return plan() if plan is not None else None
