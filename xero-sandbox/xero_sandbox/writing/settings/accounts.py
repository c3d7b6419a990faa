"""Accounts: one per request; archived in a separate request, deleted if unused."""

from __future__ import annotations

from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction, copy_record
from xero_sandbox.writing.settings.tax_rates import for_account
from xero_sandbox.writing.shared.matching import by_id, refuse_id
from xero_sandbox.writing.shared.request import (
    ElementResult,
    ValidationError,
    WriteError,
    WriteOutcome,
)
from xero_sandbox.writing.shared.values import Parser, choice, flag, merged, parse_fields, text

CLASS_OF_TYPE = {
    "BANK": "ASSET",
    "CURRENT": "ASSET",
    "CURRLIAB": "LIABILITY",
    "DEPRECIATN": "EXPENSE",
    "DIRECTCOSTS": "EXPENSE",
    "EQUITY": "EQUITY",
    "EXPENSE": "EXPENSE",
    "FIXED": "ASSET",
    "INVENTORY": "ASSET",
    "LIABILITY": "LIABILITY",
    "NONCURRENT": "ASSET",
    "OTHERINCOME": "REVENUE",
    "OVERHEADS": "EXPENSE",
    "PAYG": "LIABILITY",
    "PREPAYMENT": "ASSET",
    "REVENUE": "REVENUE",
    "SALES": "REVENUE",
    "TERMLIAB": "LIABILITY",
}
FIELDS: dict[str, Parser] = {
    "Code": text(10),
    "Name": text(150),
    "Type": choice(*CLASS_OF_TYPE),
    "BankAccountNumber": text(),
    "Status": choice("ACTIVE", "ARCHIVED"),
    "Description": text(4000),
    "BankAccountType": choice("BANK", "CREDITCARD", "PAYPAL", "NONE"),
    "CurrencyCode": text(3),
    "TaxType": text(),
    "EnablePaymentsToAccount": flag,
    "ShowInExpenseClaims": flag,
    "AddToWatchlist": flag,
    "ReportingCode": text(),
}
_USED_BY = (
    "Invoices",
    "CreditNotes",
    "BankTransactions",
    "PurchaseOrders",
    "Quotes",
    "RepeatingInvoices",
)


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a new account; a request contains one (xero-facts.md: Batch results)."""
    refuse_id(sent, "Accounts", "account")
    errors: list[str] = []
    account = merged({"AccountID": transaction.new_id()}, parse_fields(sent, FIELDS, errors))
    kind = account.get("Type")
    if kind is None:
        errors += [] if sent.get("Type") else ["An account type must be specified."]
    elif kind == "BANK":
        _check_bank(transaction, account, errors)
    elif not account.get("Code"):
        errors.append("An account code must be specified.")
    _check_unique(transaction, account, errors)
    if errors or kind is None:
        raise ValidationError(*errors)
    _fill(transaction, account)
    transaction.put("Accounts", account)
    return account


def update(transaction: Transaction, sent: Record) -> Record:
    """POST /Accounts/{id}: changes an account, or archives it in a separate request."""
    existing = by_id(transaction, "Accounts", sent, "account")
    if existing is None:
        message = "An AccountID must be specified."
        raise ValidationError(message)
    errors: list[str] = []
    changes = parse_fields(sent, FIELDS, errors)
    changed = {name for name, value in changes.items() if existing.get(name) != value}
    if existing["Type"] == "BANK" and changed - {"Status"}:
        errors.append("Bank accounts cannot be updated through the API.")
    if changes.get("Status") == "ARCHIVED" and changed:
        if existing.get("SystemAccount"):
            errors.append("System accounts cannot be archived.")
        if changed != {"Status"}:
            errors.append("An account must be archived in a request that changes nothing else.")
    if existing.get("SystemAccount") and changed & {"Type", "TaxType"}:
        errors.append("The type and tax type of a system account cannot be changed.")
    account = merged(copy_record(existing), changes)
    _check_unique(transaction, account, errors)
    if errors:
        raise ValidationError(*errors)
    _fill(transaction, account)
    transaction.put("Accounts", account)
    return account


def delete(transaction: Transaction, account: Record) -> WriteOutcome:
    """DELETE /Accounts/{id}: removes an account that is unused and not a system account."""
    if account.get("SystemAccount"):
        message = "System accounts cannot be deleted."
    elif is_used(transaction, account):
        message = "The account has transactions and cannot be deleted. It can be archived."
    else:
        transaction.drop("Accounts", account["AccountID"])
        return WriteOutcome("Accounts", [ElementResult({**account, "Status": "DELETED"})])
    raise WriteError(400, "ValidationException", 10, message)


def _check_bank(transaction: Transaction, account: Record, errors: list[str]) -> None:
    if not account.get("BankAccountNumber"):
        errors.append("A bank account number must be specified for a bank account.")
    currency = account.setdefault("CurrencyCode", transaction.organisation.base_currency)
    if transaction.get("Currencies", currency) is None:
        errors.append(f"Organisation is not subscribed to currency {currency}")
    account.setdefault("BankAccountType", "BANK")


def _check_unique(transaction: Transaction, account: Record, errors: list[str]) -> None:
    for field in ("Code", "Name"):
        value = account.get(field)
        others = transaction.find("Accounts", field, value) if value else []
        if any(other["AccountID"] != account["AccountID"] for other in others):
            errors.append(f"Please enter a unique {field}.")
    if not account.get("Name"):
        errors.append("An account name must be specified.")
    tax_type = account.get("TaxType")
    if tax_type not in (None, "NONE") and transaction.get("TaxRates", tax_type) is None:
        errors.append(f"The tax type '{tax_type}' does not exist in this organisation.")


def _fill(transaction: Transaction, account: Record) -> None:
    account["Class"] = CLASS_OF_TYPE[account["Type"]]
    account.setdefault("Status", "ACTIVE")
    account["TaxType"] = for_account(transaction, account.get("TaxType", "NONE"), account)
    for field in ("EnablePaymentsToAccount", "ShowInExpenseClaims", "AddToWatchlist"):
        account.setdefault(field, False)
    account.setdefault("HasAttachments", False)
    if account["Type"] != "BANK":
        account["BankAccountType"] = ""
    account["UpdatedDateUTC"] = transaction.now


def is_used(transaction: Transaction, account: Record) -> bool:
    """Whether a journal or a document uses the account."""
    account_id = account["AccountID"]
    for journal in transaction.records("Journals").values():
        if any(line["AccountID"] == account_id for line in journal["JournalLines"]):
            return True
    return any(
        line.get("AccountID") == account_id
        for entity in _USED_BY
        for document in transaction.records(entity).values()
        for line in document.get("LineItems", [])
    )
