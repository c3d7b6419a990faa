"""Accounts of the chart of accounts, bank accounts among them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    instants,
    parts,
    read_only,
    sent_subset,
    shape,
    subset,
    text,
    texts,
)

ACCOUNTS = shape(
    text("AccountID"),
    text("Code", "Code of the account; bank accounts can be without one."),
    text("Name", "Name of the account."),
    text("Type", "Type, such as BANK, CURRENT, REVENUE or OVERHEADS."),
    read_only(text("Class", "Class: ASSET, EQUITY, EXPENSE, LIABILITY or REVENUE.")),
    text("Status", "Status: ACTIVE, ARCHIVED or DELETED."),
    text("Description", "Description of the account."),
    text("BankAccountNumber"),
    text("BankAccountType", "Kind of bank account: BANK, CREDITCARD or PAYPAL."),
    texts("CurrencyCode", "TaxType"),
    boolean("EnablePaymentsToAccount", "Whether payments can be made to the account."),
    boolean("ShowInExpenseClaims", "Whether expense claims can use the account."),
    read_only(
        text(
            "SystemAccount",
            "What Xero uses the account for, such as DEBTORS or GST; null of others.",
        )
    ),
    text("ReportingCode", "Code of the account in reports, if there is one."),
    read_only(text("ReportingCodeName", "Name of that code."), boolean("HasAttachments")),
    boolean("AddToWatchlist", "Whether the dashboard shows the account."),
    read_only(instants("CreatedDateUTC", "UpdatedDateUTC"), parts("ValidationErrors", "Message")),
)

PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "AccountReference": subset(
            ACCOUNTS, "AccountID", "Code", "Name", "Type", "BankAccountNumber", "CurrencyCode"
        ),
        "Account": sent_subset(ACCOUNTS, "AccountID", "Code", "Name"),
    }
)
