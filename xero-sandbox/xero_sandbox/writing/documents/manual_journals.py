"""Manual journals: drafted, posted, voided (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from decimal import Decimal

from xero_sandbox.books.amounts import ZERO, cents, tax_on
from xero_sandbox.books.documents import component_taxes
from xero_sandbox.books.ledger import Posting, post, reverse, system_account
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction, copy_record
from xero_sandbox.writing.lines.tracking import resolve_tracking
from xero_sandbox.writing.settings.tax_rates import for_account
from xero_sandbox.writing.shared.locked_periods import check_unlocked
from xero_sandbox.writing.shared.matching import by_id, refuse_id
from xero_sandbox.writing.shared.request import ValidationError
from xero_sandbox.writing.shared.values import (
    Parser,
    choice,
    day,
    flag,
    guid,
    merged,
    number,
    parse_fields,
    sequence,
    text,
)

FIELDS: dict[str, Parser] = {
    "Narration": text(),
    "JournalLines": sequence,
    "Date": day,
    "LineAmountTypes": choice("Exclusive", "Inclusive", "NoTax"),
    "Status": choice("DRAFT", "POSTED", "DELETED", "VOIDED"),
    "Url": text(),
    "ShowOnCashBasisReports": flag,
}
LINE: dict[str, Parser] = {
    "LineAmount": number(),
    "AccountCode": text(),
    "AccountID": guid,
    "Description": text(),
    "TaxType": text(),
    "TaxAmount": number(),
    "Tracking": sequence,
}
TRANSITIONS = {
    None: {"DRAFT", "POSTED"},
    "DRAFT": {"DRAFT", "POSTED", "DELETED"},
    "POSTED": {"POSTED", "VOIDED"},
}
# Not allowed, like bank accounts (xero-facts.md: Writing by entity).
_REFUSED_ACCOUNTS = {"DEBTORS", "CREDITORS", "RETAINEDEARNINGS"}
MIN_LINES = 2


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a new manual journal."""
    refuse_id(sent, "ManualJournals", "manual journal")
    return _save(transaction, sent, None)


def create_or_update(transaction: Transaction, sent: Record) -> Record:
    """POST: the manual journal of this id, or a new one."""
    existing = by_id(transaction, "ManualJournals", sent, "manual journal")
    return _save(transaction, sent, existing)


def _save(transaction: Transaction, sent: Record, existing: Record | None) -> Record:
    errors: list[str] = []
    changes = parse_fields(sent, FIELDS, errors)
    lines = changes.pop("JournalLines", None)
    blank = {
        "ManualJournalID": transaction.new_id(),
        "Date": transaction.today,
        "LineAmountTypes": "NoTax",
        "Status": "DRAFT",
        "ShowOnCashBasisReports": True,
        "HasAttachments": False,
        "JournalLines": [],
    }
    journal = merged(copy_record(existing) if existing else blank, changes)
    before, after = (existing["Status"] if existing else None), journal["Status"]
    if after not in TRANSITIONS.get(before, set()):
        message = f"A manual journal cannot go from {before or 'new'} to {after}."
        raise ValidationError(message)
    if not journal.get("Narration"):
        errors.append("A manual journal needs a Narration.")
    dates = {journal["Date"], existing["Date"] if existing else journal["Date"]}
    if "POSTED" in {before, after}:
        for on in sorted(dates):
            check_unlocked(transaction, on, errors)
    types_changed = (
        existing is not None and existing["LineAmountTypes"] != journal["LineAmountTypes"]
    )
    if lines is not None or types_changed:
        lines = journal["JournalLines"] if lines is None else lines
        amount_types = journal["LineAmountTypes"]
        journal["JournalLines"] = [_line(transaction, line, amount_types, errors) for line in lines]
    if after not in {"VOIDED", "DELETED"}:
        _check_lines(journal, errors)
    if errors:
        raise ValidationError(*errors)
    journal["UpdatedDateUTC"] = transaction.now
    _store(transaction, journal, existing)
    return journal


def _line(transaction: Transaction, sent: Record, amount_types: str, errors: list[str]) -> Record:
    line = merged({}, parse_fields(sent, LINE, errors))
    line["Tracking"] = resolve_tracking(transaction, line.get("Tracking", []), errors)
    account = _account(transaction, line, errors)
    line["LineAmount"] = cents(line.get("LineAmount", ZERO))
    if account is not None:
        line["AccountID"] = account["AccountID"]
        if account.get("Code"):
            line["AccountCode"] = account["Code"]
        line.setdefault("TaxType", account["TaxType"] if amount_types != "NoTax" else "NONE")
    line["TaxType"] = for_account(transaction, line.get("TaxType", "NONE"), account)
    rate = transaction.get("TaxRates", line["TaxType"])
    if rate is None or rate["Status"] != "ACTIVE":
        errors.append(f"The TaxType code '{line.get('TaxType')}' does not exist.")
        return line
    computed = tax_on(line["LineAmount"], rate["EffectiveRate"], amount_types)
    parsed: Decimal | None = line.get("TaxAmount")
    line["TaxAmount"] = cents(parsed) if parsed is not None and computed else computed
    line["IsBlank"] = False
    return line


def _account(transaction: Transaction, line: Record, errors: list[str]) -> Record | None:
    if line.get("AccountID"):
        account = transaction.get("Accounts", line["AccountID"])
    else:
        code = line.get("AccountCode")
        found = transaction.find("Accounts", "Code", code) if code else []
        account = found[0] if found else None
    name = line.get("AccountCode") or line.get("AccountID")
    if account is None or account["Status"] != "ACTIVE":
        errors.append(f"Account code '{name}' is not a valid code for this document.")
        return None
    if account["Type"] == "BANK" or account.get("SystemAccount") in _REFUSED_ACCOUNTS:
        errors.append(f"Account '{account['Name']}' cannot be used in a manual journal.")
    return account


def _check_lines(journal: Record, errors: list[str]) -> None:
    lines = journal["JournalLines"]
    if len(lines) < MIN_LINES:
        errors.append("A manual journal needs at least two lines.")
    total = sum((line["LineAmount"] for line in lines), ZERO)
    if journal["LineAmountTypes"] == "Exclusive":
        total += sum((line["TaxAmount"] for line in lines), ZERO)
    if total:
        errors.append(f"The total debits must equal total credits; they differ by {total}.")


def _store(transaction: Transaction, journal: Record, existing: Record | None) -> None:
    journal_id = journal["ManualJournalID"]
    unchanged = existing is not None and all(
        existing.get(field) == journal.get(field)
        for field in ("Status", "Date", "Narration", "LineAmountTypes", "JournalLines")
    )
    if existing is not None and existing["Status"] == "POSTED" and not unchanged:
        reverse(transaction, journal_id)
    transaction.put("ManualJournals", journal)
    if journal["Status"] == "POSTED" and not unchanged:
        postings = _postings(transaction, journal)
        narration = journal["Narration"]
        post(transaction, "MANJOURNAL", journal_id, journal["Date"], postings, narration)
    before = existing["Status"] if existing else None
    changed = journal["Status"] if journal["Status"] != before else "Edited"
    transaction.note("ManualJournals", journal_id, changed.capitalize(), journal["Narration"])


def _postings(transaction: Transaction, journal: Record) -> list[Posting]:
    inclusive = journal["LineAmountTypes"] == "Inclusive"
    postings = []
    for line in journal["JournalLines"]:
        account = transaction.records("Accounts")[line["AccountID"]]
        rate = transaction.records("TaxRates")[line["TaxType"]]
        tax: Decimal = line["TaxAmount"]
        parts = component_taxes(rate["TaxComponents"], tax)
        lost = sum(
            (
                part
                for item, part in zip(rate["TaxComponents"], parts, strict=True)
                if item.get("IsNonRecoverable")
            ),
            ZERO,
        )
        net = line["LineAmount"] - (tax if inclusive else ZERO) + lost
        details = line.get("Description", journal["Narration"])
        tracking = line["Tracking"]
        postings.append(
            Posting(account, net, tax - lost, line["TaxType"], rate["Name"], details, tracking)
        )
        gst = system_account(transaction, "GST")
        for item, part in zip(rate["TaxComponents"], parts, strict=True):
            if not item.get("IsNonRecoverable"):
                postings.append(Posting(gst, part, description=item["Name"]))
    return postings
