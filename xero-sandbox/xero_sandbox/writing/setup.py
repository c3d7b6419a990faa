"""POST /Setup: replaces the chart of accounts and the opening balances (xero-facts.md: Attachments and history)."""

from __future__ import annotations

import calendar
from datetime import date
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO, cents
from xero_sandbox.books.ledger import Posting, post, reverse, standing_journal, system_account
from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction, copied
from xero_sandbox.writing import accounts
from xero_sandbox.writing.document_parts import check_unlocked
from xero_sandbox.writing.request import Invalid, WriteRefused, WriteRequest, WriteResult, Written
from xero_sandbox.writing.values import integer, mapping, merged, number, sequence, take, text

_SETUP = {"ConversionDate": mapping, "ConversionBalances": sequence, "Accounts": sequence}
_BALANCE = {"AccountCode": text(), "Balance": number(), "BalanceDetails": sequence}
_DETAIL = {"Balance": number(), "CurrencyCode": text(3), "CurrencyRate": number()}
_SOURCE = "conversion balances"
_CONTROL = {"DEBTORS", "CREDITORS"}


def set_up(transaction: Transaction, request: WriteRequest) -> Written:
    """Does what the one object of the request says; answers with an ``ImportSummary``."""
    problems: list[str] = []
    sent = request.elements[0] if request.elements else {}
    given = take(sent, _SETUP, problems)
    counts = dict.fromkeys(("New", "Updated", "Deleted", "Locked", "System", "Errored"), 0)
    try:
        if given.get("ConversionDate"):
            _set_conversion_date(transaction, given["ConversionDate"])
        if given.get("Accounts"):
            _replace_accounts(transaction, given["Accounts"], counts)
        if given.get("ConversionBalances") is not None:
            _replace_balances(transaction, given["ConversionBalances"])
    except Invalid as invalid:
        problems += invalid.messages
    if problems:
        raise WriteRefused(400, "ValidationException", 10, " ".join(problems))
    summary = {
        "Accounts": {
            **counts,
            "Total": sum(counts.values()),
            "Present": bool(given.get("Accounts")),
            "NewOrUpdated": counts["New"] + counts["Updated"],
        },
        "Organisation": {"Present": False},
    }
    return Written("ImportSummary", [WriteResult(summary)])


def _set_conversion_date(transaction: Transaction, sent: Record) -> None:
    problems: list[str] = []
    given = take(sent, {"Month": integer, "Year": integer}, problems)
    month, year = given.get("Month") or 0, given.get("Year") or 0
    if problems or not 1 <= month <= 12 or not 1900 <= year <= 2100:  # noqa: PLR2004  # a calendar
        message = "The conversion date needs a Month from 1 to 12 and a Year."
        raise Invalid(message, *problems)
    last = calendar.monthrange(year, month)[1]
    transaction.set_organisation("conversion_date", date(year, month, last))


def _replace_accounts(transaction: Transaction, sent: list[Record], counts: dict[str, int]) -> None:
    """Adds and changes the accounts that are listed; those that are not go, if unused."""
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
            account = _changed(transaction, found[0], element, counts)
        listed.add(account["AccountID"])
    for account in list(transaction.records("Accounts").values()):
        if account["AccountID"] in listed or account.get("SystemAccount"):
            continue
        if account["Type"] == "BANK" or accounts.is_used(transaction, account):
            counts["Locked"] += 1
        else:
            transaction.drop("Accounts", account["AccountID"])
            counts["Deleted"] += 1


def _changed(
    transaction: Transaction, account: Record, element: Record, counts: dict[str, int]
) -> Record:
    if account["Type"] == "BANK":
        counts["Locked"] += 1
        return account
    counts["Updated"] += 1
    sent = {**copied(element), "AccountID": account["AccountID"]}
    return accounts.update(transaction, sent)


def _replace_balances(transaction: Transaction, sent: list[Record]) -> None:
    """Posts the opening balances; what they are out by goes to the historical adjustment."""
    organisation = transaction.organisation
    on = organisation.conversion_date or transaction.today
    problems: list[str] = []
    check_unlocked(transaction, on, problems)
    postings = [
        posting for line in sent if (posting := _opening(transaction, line, problems)) is not None
    ]
    if problems:
        raise Invalid(*problems)
    out_by = sum((posting.net for posting in postings), ZERO)
    historical = system_account(transaction, "HISTORICAL")
    postings.append(Posting(historical, -out_by, description="Conversion balances"))
    source_id = organisation.tenant_id
    if standing_journal(transaction, source_id):
        reverse(transaction, source_id)
    post(transaction, "MANJOURNAL", source_id, on, postings, _SOURCE)


def _opening(transaction: Transaction, sent: Record, problems: list[str]) -> Posting | None:
    line = merged({}, take(sent, _BALANCE, problems))
    code = line.get("AccountCode")
    found = transaction.find("Accounts", "Code", code) if code else []
    if not found:
        problems.append(f"Account code '{code}' is not a valid code for a conversion balance.")
        return None
    if found[0].get("SystemAccount") in _CONTROL:
        problems.append(
            f"The conversion balance of {found[0]['Name']} comes from its unpaid documents."
        )
        return None
    balance: Decimal = line.get("Balance", ZERO)
    details = [merged({}, take(item, _DETAIL, problems)) for item in line.get("BalanceDetails", [])]
    foreign = [item for item in details if item.get("CurrencyRate")]
    if "Balance" not in line and foreign:
        balance = sum(
            (cents(item.get("Balance", ZERO) / item["CurrencyRate"]) for item in foreign), ZERO
        )
    return Posting(found[0], cents(balance), description="Conversion balance")
