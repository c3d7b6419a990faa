"""Journals, manual journals and budgets."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    day,
    instant,
    integer,
    number,
    parts,
    read_only,
    shape,
    text,
    texts,
)

BUDGETS = shape(
    read_only(
        text("BudgetID"),
        text("Type", "Type: OVERALL or TRACKING."),
        text("Status", "Status of the budget."),
        text("Description", "Name of the budget."),
        parts("BudgetLines", "BudgetLine"),
        parts(
            "Tracking",
            "TrackingCategories",
            "Tracking options that the budget is for; empty for the overall budget.",
        ),
        instant("UpdatedDateUTC"),
    )
)
JOURNALS = shape(
    read_only(
        text("JournalID"),
        integer("JournalNumber", "Number of the journal: it rises with every journal, with gaps."),
        day("JournalDate", "Day of the entry in the books."),
        text("Reference", "Reference of the document."),
        text(
            "SourceID",
            "Id of the document that the journal is made of; null of some system journals.",
        ),
        text("SourceType", "Kind of the document that the journal is made of, such as ACCREC."),
        parts("JournalLines", "PostedLine"),
        instant("CreatedDateUTC"),
    )
)
MANUAL_JOURNALS = shape(
    text("ManualJournalID"),
    text("Narration", "Text of the journal."),
    day("Date", "Day of the journal."),
    text("Status", "Status: DRAFT, POSTED, DELETED, VOIDED or ARCHIVED."),
    text("LineAmountTypes"),
    parts("JournalLines", "JournalLine"),
    text("Url"),
    boolean("ShowOnCashBasisReports", "Whether reports of cash basis show the journal."),
    read_only(
        boolean("HasAttachments"),
        parts("Attachments", "AttachedFile"),
        instant("UpdatedDateUTC"),
        text("StatusAttributeString"),
        parts("ValidationErrors", "Message"),
        parts("Warnings", "Message"),
    ),
)

PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "JournalLine": shape(
            number("LineAmount"),
            texts("AccountCode", "AccountID"),
            text("Description", "Text of the line."),
            text("TaxType"),
            number("TaxAmount", "Tax of the line, in the base currency."),
            parts("Tracking", "TrackingCategories", sent="Tracking"),
            read_only(boolean("IsBlank", "Whether the line is empty.")),
        ),
        "PostedLine": shape(
            read_only(
                texts("JournalLineID", "AccountID", "AccountCode"),
                text("AccountType", "Type of the account (Accounts.Type)."),
                text("AccountName", "Name of the account."),
                text("Description", "Text of the line."),
                number(
                    "NetAmount", "Amount without tax, in the base currency; debits are positive."
                ),
                number(
                    "GrossAmount", "Amount with tax, in the base currency; debits are positive."
                ),
                number("TaxAmount", "Tax of the line, in the base currency."),
                text("TaxType"),
                text("TaxName", "Name of the tax rate."),
                parts(
                    "TrackingCategories",
                    "TrackingCategories",
                    "Tracking options of the line, at most two.",
                ),
            )
        ),
        "BudgetLine": shape(
            read_only(texts("AccountID", "AccountCode"), parts("BudgetBalances", "BudgetBalance"))
        ),
        "BudgetBalance": shape(
            read_only(
                text("Period", "Month, as 2026-01."),
                number("Amount", "Amount of the month, in the base currency."),
                number("UnitAmount", "Amount of one unit, in the base currency."),
                text("Notes", "Notes."),
            )
        ),
    }
)
