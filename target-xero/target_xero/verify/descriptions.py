"""Describes records without what differs in every organisation, such as ids and update times."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from target_xero.books.chart import CREDITORS, DEBTORS, TAX, Chart, account_identity
from target_xero.books.dates import day_of
from target_xero.verify.details import details_of
from xero_client.entities.table import BY_NAME, ENTITIES
from xero_client.json_value import Json

Record = Mapping[str, Any]
Fields = tuple[tuple[str, str], ...]

REMOVED = frozenset({"DELETED", "VOIDED", "ARCHIVED", "GDPRREQUEST"})
# Entities that Xero posts to accounts.
POSTED = tuple(entity.name for entity in ENTITIES if entity.is_posted)
# Xero's API cannot write them, so no copy has them (xero-facts.md: Writing by entity).
REPEATING_BILLS = "Repeating bills"
PAID_FOR = ("Invoice", "CreditNote", "Prepayment", "Overpayment")


@dataclass(frozen=True)
class ComparableRecord:
    """One record, as far as it can be compared between organisations.

    Attributes:
        entity: Xero's name of the entity.
        label: Identifies it to people; the same in both organisations.
        status: Its status; empty if the entity has none.
        fields: Name and value of each field that is compared.
        day: Its date, ISO; empty if it has none.
        amount: Its total; None if it has none.
        accounts: Identities of the accounts that it is posted to.
        currency: The currency of its total; empty if it has none.
        secondary: Fields of a setting that a copy leaves as they are in the target.
    """

    entity: str
    label: str
    status: str
    fields: Fields
    day: str = ""
    amount: Decimal | None = None
    accounts: frozenset[str] = frozenset()
    currency: str = ""
    secondary: Fields = ()

    @property
    def is_removed(self) -> bool:
        """Whether it is deleted, voided or archived."""
        return self.status in REMOVED


def comparable_record(
    entity: str, record: Record, chart: Chart, base_currency: str = ""
) -> ComparableRecord:
    """Describes a record without what differs in every organisation."""
    label, own_fields = _DESCRIPTIONS[entity](record, chart)
    amount = _amount(record)
    currency = "" if amount is None else _currency_of(record, chart) or base_currency
    status = str(record.get("Status") or record.get("ContactStatus") or "")
    day = day_of(record, "Date")
    common: dict[str, Any] = {
        "Date": day,
        "DueDate": day_of(record, "DueDate"),
        "Reference": record.get("Reference"),
        "CurrencyCode": record.get("CurrencyCode"),
        "CurrencyRate": _rate(record),
        "Total": _money(amount),
    }
    merged = {**common, **own_fields}
    details = details_of(entity, record, chart, merged.keys())
    secondary = details if entity == "Accounts" else {}
    merged |= {} if secondary else details
    if entity == "RepeatingInvoices" and record.get("Type") == "ACCPAY":
        entity = REPEATING_BILLS
    return ComparableRecord(
        entity,
        label,
        status,
        _present(merged),
        day,
        amount,
        _accounts(entity, record, chart),
        currency,
        _present(secondary),
    )


def _present(fields: Mapping[str, Any]) -> Fields:
    return tuple((name, str(value)) for name, value in fields.items() if value not in (None, ""))


def _currency_of(record: Record, chart: Chart) -> str:
    """The currency of a record's total: its own, its document's or its bank account's."""
    if record.get("CurrencyCode"):
        return str(record["CurrencyCode"])
    for name in PAID_FOR:
        if (record.get(name) or {}).get("CurrencyCode"):
            return str(record[name]["CurrencyCode"])
    for name in ("Account", "FromBankAccount"):
        account_id = str((record.get(name) or {}).get("AccountID"))
        if account_id in chart.currencies:
            return chart.currencies[account_id]
    return ""


def _amount(record: Record) -> Decimal | None:
    for name in ("Total", "TotalAmount", "Amount"):
        if record.get(name) is not None:
            return Decimal(str(record[name]))
    return None


def _money(value: Json) -> str:
    return "" if value is None else f"{Decimal(str(value)):.2f}"


def _exact(value: Json) -> str:
    """A number without trailing zeros."""
    return "" if value is None else f"{Decimal(str(value)).normalize():f}"


def _rate(record: Record) -> str:
    rate = record.get("CurrencyRate")
    return "" if rate is None else _exact(rate)


def _contact(record: Record) -> str:
    return str((record.get("Contact") or {}).get("Name") or "")


def _tracking(line: Record) -> str:
    entries = [
        f"{tracked.get('Name')}={tracked.get('Option')}" for tracked in line.get("Tracking") or []
    ]
    return " ".join(sorted(entries))


def _lines(record: Record, chart: Chart, name: str = "LineItems") -> str:
    """The lines as one text."""
    lines = []
    for line in record.get(name) or []:
        account = chart.account_of_line(line)
        tax_type = str(line.get("TaxType") or "")
        parts = (
            line.get("Description") or "",
            line.get("ItemCode") or "",
            chart.names.get(account, account) if account else "",
            _exact(line.get("Quantity")),
            _exact(line.get("UnitAmount")),
            _exact(line.get("DiscountRate")),
            _money(line.get("DiscountAmount")),
            _money(line.get("LineAmount")),
            _money(line.get("TaxAmount")),
            chart.tax_percents.get(tax_type, tax_type),
            _tracking(line),
        )
        lines.append(" · ".join(part for part in parts if part))
    return " | ".join(lines)


def _allocations(record: Record) -> str:
    """The invoices that a credit is allocated to, with the amounts and the days."""
    parts = []
    for allocation in record.get("Allocations") or []:
        number = (allocation.get("Invoice") or {}).get("InvoiceNumber")
        part = (number, _money(allocation.get("Amount")), day_of(allocation, "Date"))
        parts.append(" ".join(text for text in part if text))
    return " | ".join(sorted(parts))


Description = tuple[str, Mapping[str, Any]]


def _sales_document(record: Record, chart: Chart) -> Description:
    number = record.get("InvoiceNumber") or record.get("CreditNoteNumber")
    outstanding = record.get("AmountDue", record.get("RemainingCredit"))
    label = f"{record.get('Type')} {number or _contact(record)}"
    return label, {
        "Contact": _contact(record),
        "LineAmountTypes": record.get("LineAmountTypes"),
        "SubTotal": _money(record.get("SubTotal")),
        "TotalTax": _money(record.get("TotalTax")),
        "Outstanding": _money(outstanding),
        "AmountPaid": _money(record.get("AmountPaid")),
        "AmountCredited": _money(record.get("AmountCredited")),
        "Allocations": _allocations(record),
        "Lines": _lines(record, chart),
    }


def _order(record: Record, chart: Chart) -> Description:
    number = record.get("PurchaseOrderNumber") or record.get("QuoteNumber") or ""
    return str(number), {
        "Contact": _contact(record),
        "Title": record.get("Title"),
        "DeliveryDate": day_of(record, "DeliveryDate"),
        "ExpiryDate": day_of(record, "ExpiryDate"),
        "TotalTax": _money(record.get("TotalTax")),
        "Lines": _lines(record, chart),
    }


def _bank_transaction(record: Record, chart: Chart) -> Description:
    bank = chart.account_of_line(record.get("BankAccount") or {}) or ""
    # Several may have the same date, contact and amount; they are then equal.
    label = f"{record.get('Type')} {day_of(record, 'Date')} {_contact(record)}"
    return label, {
        "Contact": _contact(record),
        "BankAccount": chart.names.get(bank, bank),
        "TotalTax": _money(record.get("TotalTax")),
        "Lines": _lines(record, chart),
    }


def _credit(record: Record, chart: Chart) -> Description:
    """A prepayment or overpayment."""
    label = f"{record.get('Type')} {day_of(record, 'Date')} {_contact(record)}"
    return label, {
        "Contact": _contact(record),
        "Outstanding": _money(record.get("RemainingCredit")),
        "Allocations": _allocations(record),
        "Lines": _lines(record, chart),
    }


def _payment(record: Record, chart: Chart) -> Description:
    document: Record = next((record[name] for name in PAID_FOR if record.get(name)), {})
    number = document.get("InvoiceNumber") or document.get("CreditNoteNumber") or ""
    account = chart.account_of_line(record.get("Account") or {}) or ""
    label = f"{record.get('PaymentType')} {day_of(record, 'Date')} {number}".strip()
    return label, {
        "For": number,
        "Account": chart.names.get(account, account),
    }


def _batch_payment(record: Record, chart: Chart) -> Description:
    account = chart.account_of_line(record.get("Account") or {}) or ""
    return f"{record.get('Type')} {day_of(record, 'Date')} {record.get('Reference') or ''}", {
        "Account": chart.names.get(account, account),
        "Payments": len(record.get("Payments") or []),
    }


def _transfer(record: Record, chart: Chart) -> Description:
    ends = [
        chart.names.get(chart.account_of_line(record.get(name) or {}) or "", "?")
        for name in ("FromBankAccount", "ToBankAccount")
    ]
    return f"{day_of(record, 'Date')} {ends[0]} to {ends[1]}", {}


def _journal(record: Record, chart: Chart) -> Description:
    lines = _lines(record, chart, "JournalLines")
    return f"{day_of(record, 'Date')} {record.get('Narration') or ''}", {"Lines": lines}


def _template(record: Record, chart: Chart) -> Description:
    schedule = record.get("Schedule") or {}
    label = f"{record.get('Type')} {_contact(record)} {record.get('Reference') or ''}"
    # The next day is not compared: it moves with every document that the template makes.
    return label.strip(), {
        "Schedule": f"{schedule.get('Period')} {schedule.get('Unit')}",
        "Due": f"{schedule.get('DueDate') or ''} {schedule.get('DueDateType') or ''}".strip(),
        "StartDate": day_of(schedule, "StartDate"),
        "EndDate": day_of(schedule, "EndDate"),
        "Lines": _lines(record, chart),
    }


def _linked(record: Record, _chart: Chart) -> Description:
    # A list of them has ids only; `link_names` adds the names.
    names = {name: record.get(name) for name in LINK_NAMES.values()}
    label = f"{record.get('Type') or ''} {names['From'] or ''}".strip()
    return label, names


def _account(record: Record, chart: Chart) -> Description:
    label = f"{record.get('Code') or ''} {record.get('Name')}".strip()
    if record.get("SystemAccount"):
        label = chart.names[account_identity(record)]
    return label, {
        "Type": record.get("Type"),
        "Currency": record.get("CurrencyCode"),
        "BankAccountNumber": record.get("BankAccountNumber"),
    }


def _tax_rate(record: Record, _chart: Chart) -> Description:
    # Xero numbers the tax types of user-defined rates, so they are not compared.
    return str(record.get("Name")), {"EffectiveRate": _exact(record.get("EffectiveRate"))}


def _currency(record: Record, _chart: Chart) -> Description:
    return str(record.get("Code")), {}


def _category(record: Record, _chart: Chart) -> Description:
    options = [
        f"{option.get('Name')} ({option.get('Status')})"
        for option in record.get("Options") or []
        if option.get("Status") != "DELETED"
    ]
    return str(record.get("Name")), {"Options": ", ".join(sorted(options))}


def _contact_record(record: Record, _chart: Chart) -> Description:
    groups = [str(group.get("Name")) for group in record.get("ContactGroups") or []]
    return str(record.get("Name")), {
        "ContactNumber": record.get("ContactNumber"),
        "AccountNumber": record.get("AccountNumber"),
        "EmailAddress": record.get("EmailAddress"),
        "DefaultCurrency": record.get("DefaultCurrency"),
        "Groups": ", ".join(sorted(groups)),
    }


def _group(record: Record, _chart: Chart) -> Description:
    return str(record.get("Name")), {}


def _item(record: Record, _chart: Chart) -> Description:
    return str(record.get("Code")), {
        "Name": record.get("Name"),
        "QuantityOnHand": _exact(record.get("QuantityOnHand")),
        "TotalCostPool": _money(record.get("TotalCostPool")),
    }


# What a billable expense refers to by id, and the name under which it is compared.
LINK_NAMES: Mapping[str, str] = {
    "SourceTransactionID": "From",
    "SourceLineItemID": "Line",
    "ContactID": "Contact",
    "TargetTransactionID": "To",
    "TargetLineItemID": "Line of the invoice",
}


def link_names(
    entity: str, record: Record, chart: Chart, wanted: Collection[str]
) -> Iterator[tuple[str, str]]:
    """The ids, among those that billable expenses refer to, of a record and its lines.

    Args:
        entity: Xero's name of the record's entity.
        record: The record.
        chart: Names its accounts and tax rates.
        wanted: The ids, in small letters.

    Yields:
        Each id, with the text that names it in every organisation.
    """
    record_id = str(record.get(BY_NAME[entity].id_field or "")).lower()
    if record_id not in wanted:
        return
    yield record_id, _DESCRIPTIONS[entity](record, chart)[0]
    for line in record.get("LineItems") or []:
        yield str(line.get("LineItemID")).lower(), _lines({"LineItems": [line]}, chart)


_DESCRIPTIONS: Mapping[str, Callable[[Record, Chart], Description]] = {
    "Accounts": _account,
    "BankTransactions": _bank_transaction,
    "BankTransfers": _transfer,
    "BatchPayments": _batch_payment,
    "ContactGroups": _group,
    "Contacts": _contact_record,
    "CreditNotes": _sales_document,
    "Currencies": _currency,
    "Invoices": _sales_document,
    "Items": _item,
    "LinkedTransactions": _linked,
    "ManualJournals": _journal,
    "Overpayments": _credit,
    "Payments": _payment,
    "Prepayments": _credit,
    "PurchaseOrders": _order,
    "Quotes": _order,
    "RepeatingInvoices": _template,
    "TaxRates": _tax_rate,
    "TrackingCategories": _category,
}


def _accounts(entity: str, record: Record, chart: Chart) -> frozenset[str]:
    """The accounts that a record is posted to, with those that Xero posts to by itself."""
    if entity not in POSTED or record.get("Status") in ("DRAFT", "SUBMITTED"):
        return frozenset()
    lines = [*(record.get("LineItems") or []), *(record.get("JournalLines") or [])]
    parts = [record.get(n) or {} for n in ("BankAccount", "Account", "FromBankAccount")]
    parts.append(record.get("ToBankAccount") or {})
    found = {chart.account_of_line(part) for part in (*lines, *parts)}
    kind = str(record.get("Type") or record.get("PaymentType") or "")
    if entity in ("Invoices", "CreditNotes", "Payments", "Overpayments", "BatchPayments"):
        receivable = kind.startswith(("ACCREC", "AR", "REC"))
        found.add(DEBTORS if receivable else CREDITORS)
    if record.get("TotalTax"):
        found.add(TAX)
    return frozenset(account for account in found if account)
