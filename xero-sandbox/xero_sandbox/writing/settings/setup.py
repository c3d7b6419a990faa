"""POST /Setup: replaces the chart of accounts and the opening balances.

(xero-facts.md: Attachments and history)
"""

from __future__ import annotations

import calendar
from datetime import date
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO, cents
from xero_sandbox.books.ledger import Posting, current_journal, post, reverse, system_account
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction, copy_record
from xero_sandbox.writing.settings import accounts
from xero_sandbox.writing.shared.locked_periods import check_unlocked
from xero_sandbox.writing.shared.request import (
    ElementResult,
    ValidationError,
    WriteError,
    WriteOutcome,
    WriteRequest,
)
from xero_sandbox.writing.shared.values import (
    integer,
    mapping,
    merged,
    number,
    parse_fields,
    sequence,
    text,
)

_SETUP = {"ConversionDate": mapping, "ConversionBalances": sequence, "Accounts": sequence}
_BALANCE = {"AccountCode": text(), "Balance": number(), "BalanceDetails": sequence}
_DETAIL = {"Balance": number(), "CurrencyCode": text(3), "CurrencyRate": number()}
_SOURCE = "conversion balances"
_CONTROL = {"DEBTORS", "CREDITORS"}


def set_up(transaction: Transaction, request: WriteRequest) -> WriteOutcome:
    """Carries out POST /Setup; the result is an ``ImportSummary``."""
    errors: list[str] = []
    sent = request.elements[0] if request.elements else {}
    parsed = parse_fields(sent, _SETUP, errors)
    counts = dict.fromkeys(("New", "Updated", "Deleted", "Locked", "System", "Errored"), 0)
    try:
        if parsed.get("ConversionDate"):
            _set_conversion_date(transaction, parsed["ConversionDate"])
        if parsed.get("Accounts"):
            _replace_accounts(transaction, parsed["Accounts"], counts)
        if parsed.get("ConversionBalances") is not None:
            _replace_balances(transaction, parsed["ConversionBalances"])
    except ValidationError as invalid:
        errors += invalid.messages
    if errors:
        raise WriteError(400, "ValidationException", 10, " ".join(errors))
    summary = {
        "Accounts": {
            **counts,
            "Total": sum(counts.values()),
            "Present": bool(parsed.get("Accounts")),
            "NewOrUpdated": counts["New"] + counts["Updated"],
        },
        "Organisation": {"Present": False},
    }
    return WriteOutcome("ImportSummary", [ElementResult(summary)])


def _set_conversion_date(transaction: Transaction, sent: Record) -> None:
    errors: list[str] = []
    parsed = parse_fields(sent, {"Month": integer, "Year": integer}, errors)
    month, year = parsed.get("Month") or 0, parsed.get("Year") or 0
    if errors or not 1 <= month <= 12 or not 1900 <= year <= 2100:  # noqa: PLR2004  # a calendar
        message = "The conversion date needs a Month from 1 to 12 and a Year."
        raise ValidationError(message, *errors)
    last = calendar.monthrange(year, month)[1]
    transaction.set_organisation("conversion_date", date(year, month, last))


def _replace_accounts(transaction: Transaction, sent: list[Record], counts: dict[str, int]) -> None:
    """Adds and changes the listed accounts; unused accounts that are not listed are deleted."""
    listed = set()
    for element in sent:
        code = str(element.get("Code") or "")
        found = transaction.find("Accounts", "Code", code) if code else []
        if not found:
            account = accounts.create(transaction, {**element, "AccountID": None})
            counts["New"] += 1
        elif found[0].get("SystemAccount"):
            account = found[0]
            counts["System"] += 1
        else:
            account = _update_account(transaction, found[0], element, counts)
        listed.add(account["AccountID"])
    for account in list(transaction.records("Accounts").values()):
        if account["AccountID"] in listed or account.get("SystemAccount"):
            continue
        if account["Type"] == "BANK" or accounts.is_used(transaction, account):
            counts["Locked"] += 1
        else:
            transaction.drop("Accounts", account["AccountID"])
            counts["Deleted"] += 1


def _update_account(
    transaction: Transaction, account: Record, element: Record, counts: dict[str, int]
) -> Record:
    if account["Type"] == "BANK":
        counts["Locked"] += 1
        return account
    counts["Updated"] += 1
    sent = {**copy_record(element), "AccountID": account["AccountID"]}
    return accounts.update(transaction, sent)


def _replace_balances(transaction: Transaction, sent: list[Record]) -> None:
    """Posts the opening balances; their difference goes to the historical adjustment."""
    organisation = transaction.organisation
    on = organisation.conversion_date or transaction.today
    errors: list[str] = []
    check_unlocked(transaction, on, errors)
    postings = [
        posting
        for line in sent
        if (posting := _opening_posting(transaction, line, errors)) is not None
    ]
    if errors:
        raise ValidationError(*errors)
    difference = sum((posting.net for posting in postings), ZERO)
    historical = system_account(transaction, "HISTORICAL")
    postings.append(Posting(historical, -difference, description="Conversion balances"))
    source_id = organisation.tenant_id
    if current_journal(transaction, source_id):
        reverse(transaction, source_id)
    post(transaction, "MANJOURNAL", source_id, on, postings, _SOURCE)


def _opening_posting(transaction: Transaction, sent: Record, errors: list[str]) -> Posting | None:
    line = merged({}, parse_fields(sent, _BALANCE, errors))
    code = line.get("AccountCode")
    found = transaction.find("Accounts", "Code", code) if code else []
    if not found:
        errors.append(f"Account code '{code}' is not a valid code for a conversion balance.")
        return None
    if found[0].get("SystemAccount") in _CONTROL:
        errors.append(
            f"The conversion balance of {found[0]['Name']} comes from its unpaid documents."
        )
        return None
    balance: Decimal = line.get("Balance", ZERO)
    details = [
        merged({}, parse_fields(item, _DETAIL, errors)) for item in line.get("BalanceDetails", [])
    ]
    foreign = [item for item in details if item.get("CurrencyRate")]
    if "Balance" not in line and foreign:
        balance = sum(
            (cents(item.get("Balance", ZERO) / item["CurrencyRate"]) for item in foreign), ZERO
        )
    return Posting(found[0], cents(balance), description="Conversion balance")
