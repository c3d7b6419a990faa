"""The chart of accounts: one account a request, archived on its own, deleted when unused."""

from __future__ import annotations

from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction, copied
from xero_sandbox.writing.matching import by_id, refuse_id
from xero_sandbox.writing.request import Invalid, WriteRefused, WriteResult, Written
from xero_sandbox.writing.tax_rates import for_account
from xero_sandbox.writing.values import Parser, choice, flag, merged, take, text

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
    """PUT: a new account; only the first one of a request is looked at (xero-facts.md: Batch results)."""
    refuse_id(sent, "Accounts", "account")
    problems: list[str] = []
    account = merged({"AccountID": transaction.new_id()}, take(sent, FIELDS, problems))
    kind = account.get("Type")
    if kind is None:
        problems.append("An account type must be specified.")
    elif kind == "BANK":
        _check_bank(transaction, account, problems)
    elif not account.get("Code"):
        problems.append("An account code must be specified.")
    _check_unique(transaction, account, problems)
    if problems or kind is None:
        raise Invalid(*problems)
    _fill(transaction, account)
    transaction.put("Accounts", account)
    return account


def update(transaction: Transaction, sent: Record) -> Record:
    """POST /Accounts/{id}: changes an account, or archives it in a request of its own."""
    existing = by_id(transaction, "Accounts", sent, "account")
    if existing is None:
        message = "An AccountID must be specified."
        raise Invalid(message)
    problems: list[str] = []
    changes = take(sent, FIELDS, problems)
    differing = {name for name, value in changes.items() if existing.get(name) != value}
    if existing["Type"] == "BANK" and differing - {"Status"}:
        problems.append("Bank accounts cannot be updated through the API.")
    if changes.get("Status") == "ARCHIVED" and differing:
        if existing.get("SystemAccount"):
            problems.append("System accounts cannot be archived.")
        if differing != {"Status"}:
            problems.append("An account must be archived in a request that changes nothing else.")
    if existing.get("SystemAccount") and differing & {"Type", "TaxType"}:
        problems.append("The type and tax type of a system account cannot be changed.")
    account = merged(copied(existing), changes)
    _check_unique(transaction, account, problems)
    if problems:
        raise Invalid(*problems)
    _fill(transaction, account)
    transaction.put("Accounts", account)
    return account


def delete(transaction: Transaction, account: Record) -> Written:
    """DELETE /Accounts/{id}: gone for good, if nothing uses it and it is none of the system's."""
    if account.get("SystemAccount"):
        message = "System accounts cannot be deleted."
    elif is_used(transaction, account):
        message = "The account has transactions and cannot be deleted. It can be archived."
    else:
        transaction.drop("Accounts", account["AccountID"])
        return Written("Accounts", [WriteResult({**account, "Status": "DELETED"})])
    raise WriteRefused(400, "ValidationException", 10, message)


def _check_bank(transaction: Transaction, account: Record, problems: list[str]) -> None:
    if not account.get("BankAccountNumber"):
        problems.append("A bank account number must be specified for a bank account.")
    currency = account.setdefault("CurrencyCode", transaction.organisation.base_currency)
    if transaction.get("Currencies", currency) is None:
        problems.append(f"Organisation is not subscribed to currency {currency}")
    account.setdefault("BankAccountType", "BANK")


def _check_unique(transaction: Transaction, account: Record, problems: list[str]) -> None:
    for field in ("Code", "Name"):
        value = account.get(field)
        others = transaction.find("Accounts", field, value) if value else []
        if any(other["AccountID"] != account["AccountID"] for other in others):
            problems.append(f"Please enter a unique {field}.")
    if not account.get("Name"):
        problems.append("An account name must be specified.")
    tax_type = account.get("TaxType")
    if tax_type not in (None, "NONE") and transaction.get("TaxRates", tax_type) is None:
        problems.append(f"The tax type '{tax_type}' is not one of this organisation.")


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
    """Whether a journal or a document stands on the account."""
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
