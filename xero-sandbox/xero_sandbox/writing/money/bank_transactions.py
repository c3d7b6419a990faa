"""Money spent and received, and the prepayments and overpayments that it creates."""

from __future__ import annotations

from xero_sandbox.books.amounts import totals
from xero_sandbox.books.documents import control_account, document_postings
from xero_sandbox.books.ledger import post, reverse
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction, copy_record
from xero_sandbox.writing.documents import linked_transactions
from xero_sandbox.writing.documents.common import (
    account_summary,
    contact_summary,
    find_account,
    resolve_contact,
    set_currency,
)
from xero_sandbox.writing.documents.kinds import same_amounts
from xero_sandbox.writing.lines import stock
from xero_sandbox.writing.lines.line_items import LineRules, read_lines
from xero_sandbox.writing.shared.locked_periods import check_unlocked
from xero_sandbox.writing.shared.matching import by_id, refuse_id
from xero_sandbox.writing.shared.request import ValidationError
from xero_sandbox.writing.shared.values import (
    Parser,
    choice,
    day,
    flag,
    mapping,
    merged,
    number,
    parse_fields,
    sequence,
    text,
)

FIELDS: dict[str, Parser] = {
    "Type": choice(
        "RECEIVE",
        "RECEIVE-OVERPAYMENT",
        "RECEIVE-PREPAYMENT",
        "SPEND",
        "SPEND-OVERPAYMENT",
        "SPEND-PREPAYMENT",
    ),
    "BankAccount": mapping,
    "IsReconciled": flag,
    "Date": day,
    "Reference": text(255),
    "CurrencyCode": text(3),
    "CurrencyRate": number(6),
    "Url": text(),
    "Status": choice("AUTHORISED", "DELETED"),
    "LineAmountTypes": choice("Exclusive", "Inclusive", "NoTax"),
}
JOURNAL_SOURCES = {
    "RECEIVE": "CASHREC",
    "SPEND": "CASHPAID",
    "RECEIVE-PREPAYMENT": "ARPREPAYMENT",
    "SPEND-PREPAYMENT": "APPREPAYMENT",
    "RECEIVE-OVERPAYMENT": "AROVERPAYMENT",
    "SPEND-OVERPAYMENT": "APOVERPAYMENT",
}


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a new bank transaction."""
    refuse_id(sent, "BankTransactions", "bank transaction")
    return _save(transaction, sent, None)


def create_or_update(transaction: Transaction, sent: Record) -> Record:
    """POST: the bank transaction of this id, or a new one; only SPEND and RECEIVE can change."""
    existing = by_id(transaction, "BankTransactions", sent, "bank transaction")
    if existing is not None and existing["Type"] not in {"SPEND", "RECEIVE"}:
        message = f"Bank transactions of the type {existing['Type']} cannot be updated or deleted."
        raise ValidationError(message)
    if existing is not None and existing["Status"] == "DELETED":
        message = "The bank transaction has been deleted and cannot be changed."
        raise ValidationError(message)
    return _save(transaction, sent, existing)


def _save(transaction: Transaction, sent: Record, existing: Record | None) -> Record:
    errors: list[str] = []
    changes = parse_fields(sent, FIELDS, errors)
    if errors:
        raise ValidationError(*errors)
    if changes.get("Status") == "DELETED":
        if existing is None:
            message = "A new bank transaction cannot be deleted."
            raise ValidationError(message)
        return _delete(transaction, existing)
    blank = {
        "BankTransactionID": transaction.new_id(),
        "IsReconciled": False,
        "HasAttachments": False,
        "Date": transaction.today,
        "Status": "AUTHORISED",
    }
    found = merged(copy_record(existing) if existing else blank, changes)
    kind = found.get("Type")
    if kind is None and errors:
        raise ValidationError(*errors)
    if kind is None or (existing and kind != existing["Type"]):
        message = "A bank transaction needs a Type, which cannot be changed."
        raise ValidationError(message)
    account = _bank_account(transaction, found, errors)
    contact = _contact(transaction, sent, existing, errors)
    if contact is not None:
        found["Contact"] = contact_summary(contact)
    found.setdefault("LineAmountTypes", "NoTax" if kind.endswith("OVERPAYMENT") else "Inclusive")
    rate_is_outdated = existing and any(
        existing[field] != found.get(field) for field in ("Date", "CurrencyCode")
    )
    if rate_is_outdated and "CurrencyRate" not in changes:
        found.pop("CurrencyRate", None)
    set_currency(transaction, found, errors)
    check_unlocked(transaction, found["Date"], errors)
    if existing is not None:
        check_unlocked(transaction, existing["Date"], errors)
    _lines(transaction, sent, found, existing, contact, errors)
    if errors or account is None:
        raise ValidationError(*errors)
    found["UpdatedDateUTC"] = transaction.now
    _store(transaction, found, existing, account)
    return found


def _bank_account(transaction: Transaction, found: Record, errors: list[str]) -> Record | None:
    account = find_account(transaction, found.get("BankAccount", {}), errors)
    if account is None:
        return None
    if account["Type"] != "BANK":
        errors.append(f"The account {account['Name']} is not a bank account.")
        return None
    currency = account["CurrencyCode"]
    if str(found.setdefault("CurrencyCode", currency)).upper() != currency:
        errors.append(f"The currency must be the bank account's, {currency}.")
    found["BankAccount"] = account_summary(account)
    return account


def _contact(
    transaction: Transaction, sent: Record, existing: Record | None, errors: list[str]
) -> Record | None:
    named = sent.get("Contact")
    if isinstance(named, dict) and named:
        return resolve_contact(transaction, named, errors, existing)
    if existing is not None:
        return transaction.get("Contacts", existing["Contact"]["ContactID"])
    errors.append("A contact must be specified.")
    return None


def _lines(
    transaction: Transaction,
    sent: Record,
    found: Record,
    existing: Record | None,
    contact: Record | None,
    errors: list[str],
) -> None:
    kind = found["Type"]
    before = existing["LineItems"] if existing else []
    ids = [{"LineItemID": line["LineItemID"]} for line in before]
    lines = ids if sent.get("LineItems") is None else sequence("LineItems", sent["LineItems"])
    overpayment = kind.endswith("OVERPAYMENT")
    if overpayment:
        if len(lines) != 1:
            errors.append("An overpayment has exactly one line item.")
        control = control_account(transaction, kind)
        lines = [
            {"Description": "Overpayment", **line, "AccountID": control["AccountID"]}
            for line in lines
        ]
    receiving = kind.startswith("RECEIVE")
    side = "AccountsReceivableTaxType" if receiving else "AccountsPayableTaxType"
    rules = LineRules(
        amount_types=found["LineAmountTypes"],
        sales=receiving,
        approved=True,
        recalculate=bool(existing and existing["LineAmountTypes"] != found["LineAmountTypes"]),
        overpayment=overpayment,
        default_tax_type=contact.get(side) if contact else None,
    )
    found["LineItems"] = read_lines(transaction, lines, before, rules, errors)
    if not found["LineItems"]:
        errors.append("One or more line items must be specified")
    found |= totals(found["LineItems"], found["LineAmountTypes"])
    if found["Total"] < 0 or (found["Total"] == 0 and kind not in {"SPEND", "RECEIVE"}):
        errors.append("The total of the bank transaction must be greater than zero.")


def _store(
    transaction: Transaction, found: Record, existing: Record | None, account: Record
) -> None:
    kind, transaction_id = found["Type"], found["BankTransactionID"]
    source_id = transaction_id
    if kind.endswith("PAYMENT"):
        source_id = _make_credit(transaction, found)
    transaction.put("BankTransactions", found)
    if existing is None or _differs(transaction, existing, found, account):
        if existing is not None:
            stock.reverse_stock(transaction, existing, transaction_id)
            reverse(transaction, transaction_id)
        cost = stock.update_stock(transaction, found)
        postings = document_postings(transaction, found, account, cost)
        source = JOURNAL_SOURCES[kind]
        post(transaction, source, source_id, found["Date"], postings, found.get("Reference"))
    transaction.note(
        "BankTransactions",
        transaction_id,
        "Created" if existing is None else "Edited",
        f"{kind} of {found['Total']:.2f}, {found['Contact']['Name']}.",
    )


def _differs(transaction: Transaction, existing: Record, found: Record, account: Record) -> bool:
    """Whether a change affects the ledger."""
    old_account = transaction.records("Accounts")[existing["BankAccount"]["AccountID"]]
    before = document_postings(transaction, existing, old_account)
    after = document_postings(transaction, found, account)
    return before != after or not same_amounts(existing, found)


def _make_credit(transaction: Transaction, found: Record) -> str:
    """Creates the prepayment or overpayment of a bank transaction, and returns its id."""
    singular = "Overpayment" if found["Type"].endswith("OVERPAYMENT") else "Prepayment"
    credit_id = transaction.new_id()
    kept = (
        "Type",
        "Contact",
        "Date",
        "Reference",
        "Status",
        "LineAmountTypes",
        "LineItems",
        "SubTotal",
        "TotalTax",
        "Total",
        "CurrencyCode",
        "CurrencyRate",
        "UpdatedDateUTC",
    )
    credit = {
        f"{singular}ID": credit_id,
        **{name: found[name] for name in kept if name in found},
        "RemainingCredit": found["Total"],
        "Allocations": [],
        "Payments": [],
        "HasAttachments": False,
    }
    transaction.put(f"{singular}s", credit)
    transaction.note(f"{singular}s", credit_id, "Created", f"{singular} {found['Total']:.2f}.")
    transaction.touched_contacts.add(found["Contact"]["ContactID"])
    found[f"{singular}ID"] = credit_id
    return credit_id


def _delete(transaction: Transaction, existing: Record) -> Record:
    errors: list[str] = []
    check_unlocked(transaction, existing["Date"], errors)
    if errors:
        raise ValidationError(*errors)
    transaction_id = existing["BankTransactionID"]
    stock.reverse_stock(transaction, existing, transaction_id)
    reverse(transaction, transaction_id)
    deleted = {**existing, "Status": "DELETED", "UpdatedDateUTC": transaction.now}
    transaction.put("BankTransactions", deleted)
    linked_transactions.update_statuses(transaction, transaction_id)
    transaction.note("BankTransactions", transaction_id, "Deleted", "")
    return deleted
