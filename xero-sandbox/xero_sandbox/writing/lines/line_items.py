"""Line items: matched by id, with computed amounts and tax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from xero_sandbox.books.amounts import HUNDRED, ZERO, cents, tax_on
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction, copy_record
from xero_sandbox.writing.lines.tracking import resolve_tracking
from xero_sandbox.writing.settings.tax_rates import for_account
from xero_sandbox.writing.shared.matching import sent_id
from xero_sandbox.writing.shared.values import (
    Parser,
    guid,
    merged,
    number,
    parse_fields,
    sequence,
    text,
    unit_places,
)

FIELDS: dict[str, Parser] = {
    "Description": text(4000),
    "Quantity": number(),
    "UnitAmount": number(),
    "ItemCode": text(30),
    "AccountCode": text(),
    "AccountID": guid,
    "TaxType": text(),
    "TaxAmount": number(),
    "LineAmount": number(),
    "Tracking": sequence,
    "DiscountRate": number(),
    "DiscountAmount": number(),
}
MAX_LINE_AMOUNT = Decimal("9999999999.99")
_PRICE_FIELDS = {"Quantity", "UnitAmount", "DiscountRate", "DiscountAmount"}
_TAX_FIELDS = _PRICE_FIELDS | {"LineAmount", "TaxType"}
# A line with none of these has a description only.
_AMOUNT_FIELDS = ("Quantity", "UnitAmount", "LineAmount", "AccountCode", "AccountID", "ItemCode")
_CONTROL_ACCOUNTS = {"DEBTORS", "CREDITORS", "RETAINEDEARNINGS"}


@dataclass(frozen=True)
class LineRules:
    """The rules of a document for its lines.

    Attributes:
        amount_types: Exclusive, Inclusive or NoTax.
        sales: Whether lines use the sales details of items, else the purchase details.
        approved: Whether accounts are required, because the lines are posted.
        discounts: Whether discounts are allowed (sales invoices and quotes).
        recalculate: Whether tax is computed again on unchanged lines.
        overpayment: Whether the single line is on the control account.
        default_tax_type: The contact's tax type, which comes before the account's.
    """

    amount_types: str
    sales: bool
    approved: bool
    discounts: bool = False
    recalculate: bool = False
    overpayment: bool = False
    default_tax_type: str | None = None


def read_lines(
    transaction: Transaction,
    sent: object,
    existing: Sequence[Record],
    rules: LineRules,
    errors: list[str],
) -> list[Record]:
    """The document's new lines: a line without an id is added, a missing one is removed."""
    by_id = {line["LineItemID"]: line for line in existing}
    lines = []
    for item in sequence("LineItems", sent):
        line_id = sent_id(item, "LineItemID")
        if line_id is not None and line_id not in by_id:
            errors.append(f"The line item {line_id} does not belong to this document.")
            continue
        before = copy_record(by_id[line_id]) if line_id else {"LineItemID": transaction.new_id()}
        lines.append(_read_line(transaction, item, before, rules, errors))
    return lines


def _read_line(
    transaction: Transaction, sent: Record, before: Record, rules: LineRules, errors: list[str]
) -> Record:
    changes = parse_fields(sent, FIELDS, errors)
    if changes.get("Tracking") is not None:
        changes["Tracking"] = resolve_tracking(transaction, changes["Tracking"], errors)
    if not rules.discounts:
        changes.pop("DiscountRate", None)
        changes.pop("DiscountAmount", None)
    if changes.get("AccountCode") and "AccountID" not in changes:
        changes["AccountID"] = None
    if changes.get("UnitAmount") is not None:
        places = unit_places(transaction.query)
        changes["UnitAmount"] = changes["UnitAmount"].quantize(places, ROUND_HALF_UP)
    line = merged(before, changes)
    line.setdefault("Tracking", [])
    _apply_item(transaction, line, changes, rules, errors)
    if not any(line.get(name) for name in _AMOUNT_FIELDS):
        if not line.get("Description"):
            errors.append("A line item needs a description or an amount.")
        line |= {"LineAmount": ZERO, "TaxAmount": ZERO}
        return line
    _price(line, changes, errors)
    _account(transaction, line, rules, errors)
    _tax(transaction, line, changes, rules, errors)
    if rules.approved and not line.get("Description"):
        errors.append("A line item of an approved document needs a description.")
    return line


def _apply_item(
    transaction: Transaction, line: Record, changes: Record, rules: LineRules, errors: list[str]
) -> None:
    code = line.get("ItemCode")
    if not code:
        line.pop("Item", None)
        return
    found = transaction.find("Items", "Code", code)
    if not found:
        errors.append(f"Item code '{code}' is not valid")
        return
    item = found[0]
    line["Item"] = {name: item[name] for name in ("ItemID", "Name", "Code") if name in item}
    if "ItemCode" not in changes:
        return
    details = item.get("SalesDetails" if rules.sales else "PurchaseDetails", {})
    description = item.get("Description" if rules.sales else "PurchaseDescription")
    account = details.get("AccountCode")
    if not rules.sales and item.get("IsTrackedAsInventory"):
        account = item["InventoryAssetAccountCode"]
    defaults = {
        "Description": description or item.get("Name"),
        "AccountCode": account,
        "TaxType": details.get("TaxType"),
    }
    if "LineAmount" not in line:
        defaults["UnitAmount"] = details.get("UnitPrice")
    for field, value in defaults.items():
        if (
            value is not None
            and field not in line
            and not (field == "AccountCode" and "AccountID" in line)
        ):
            line[field] = value


def _price(line: Record, changes: Record, errors: list[str]) -> None:
    """Computes the missing one of quantity, unit amount and line amount."""
    rate: Decimal = line.get("DiscountRate") or ZERO
    discount: Decimal = line.get("DiscountAmount") or ZERO
    if rate and "DiscountAmount" in changes and "DiscountRate" not in changes:
        line.pop("DiscountRate")
        rate = ZERO
    elif rate:
        line.pop("DiscountAmount", None)
        discount = ZERO
    quantity: Decimal = line.setdefault("Quantity", Decimal(1))
    amount = line.get("LineAmount")
    if line.get("UnitAmount") is None and amount is not None and rate != HUNDRED:
        before_discount = (amount + discount) / (1 - rate / HUNDRED)
        unit = before_discount / quantity if quantity else ZERO
        line["UnitAmount"] = unit.quantize(Decimal("0.0001"), ROUND_HALF_UP).normalize() + ZERO
        line["LineAmount"] = cents(amount)
        gross = before_discount
    else:
        gross = quantity * (line.get("UnitAmount") or ZERO)
        expected = cents(gross * (1 - rate / HUNDRED) - discount)
        if changes.get("LineAmount") is not None and cents(changes["LineAmount"]) != expected:
            errors.append(_mismatch(cents(changes["LineAmount"]), expected))
        if changes.keys() & (_PRICE_FIELDS | {"ItemCode", "LineAmount"}) or amount is None:
            line["LineAmount"] = expected
    _check_discount(line, changes, gross, errors)
    if abs(line["LineAmount"]) > MAX_LINE_AMOUNT:
        errors.append(f"The line amount must not exceed {MAX_LINE_AMOUNT}.")


def _check_discount(line: Record, changes: Record, gross: Decimal, errors: list[str]) -> None:
    """Refuses a discount above its line, and a line amount of 0 that was sent with a discount.

    A DiscountAmount of 0 is above a negative line (xero-facts.md: Writing rules).

    Args:
        line: The line with its amounts.
        changes: What was sent of it.
        gross: Quantity times unit amount.
        errors: Gets the messages.
    """
    rate, discount = line.get("DiscountRate") or ZERO, line.get("DiscountAmount")
    sent = changes.get("DiscountAmount")
    if discount is not None and sent is not None and sent > cents(gross):
        errors.append(
            f"The discount rate '{cents(sent)}' is invalid. Discount must not be greater than the "
            "line total."
        )
        return
    amount = changes.get("LineAmount")
    discounted = cents(gross * rate / HUNDRED + (discount or ZERO))
    if amount is not None and discounted and not cents(amount) and not line["LineAmount"]:
        errors.append(_mismatch(cents(amount) - discounted, line["LineAmount"]))


def _mismatch(sent: Decimal, expected: Decimal) -> str:
    return f"The line total {sent} does not match the expected line total {expected}"


def _account(transaction: Transaction, line: Record, rules: LineRules, errors: list[str]) -> None:
    account_id, code = line.get("AccountID"), line.get("AccountCode")
    if account_id is not None:
        account = transaction.get("Accounts", account_id)
    else:
        found = transaction.find("Accounts", "Code", code) if code else []
        account = found[0] if found else None
    if account is None:
        if code or account_id:
            errors.append(
                f"Account code '{code or account_id}' is not a valid code for this document."
            )
        elif rules.approved:
            errors.append("Account code must be specified.")
        return
    if account["Status"] != "ACTIVE":
        errors.append(f"Account code '{account.get('Code')}' has been archived.")
    refused = account["Type"] == "BANK" or account.get("SystemAccount") in _CONTROL_ACCOUNTS
    if refused and not rules.overpayment:
        errors.append(
            f"Account code '{account.get('Code', account['Name'])}' is not a valid code for this "
            "document."
        )
    line["AccountID"] = account["AccountID"]
    if account.get("Code"):
        line["AccountCode"] = account["Code"]


def _tax(
    transaction: Transaction, line: Record, changes: Record, rules: LineRules, errors: list[str]
) -> None:
    if rules.amount_types == "NoTax" or rules.overpayment:
        line |= {"TaxType": "NONE", "TaxAmount": ZERO}
        return
    account = transaction.get("Accounts", line["AccountID"]) if line.get("AccountID") else None
    if "TaxType" not in line:
        default = rules.default_tax_type or (account.get("TaxType") if account else None)
        if default is None:
            line["TaxAmount"] = changes.get("TaxAmount") or ZERO
            return
        line["TaxType"] = default
    line["TaxType"] = for_account(transaction, line["TaxType"], account)
    rate = transaction.get("TaxRates", line["TaxType"])
    if rate is None or rate["Status"] != "ACTIVE":
        errors.append(
            f"The TaxType code '{line['TaxType']}' does not exist or cannot be used for this type "
            "of transaction."
        )
        return
    kind = account["Class"].capitalize() if account else ""
    able = {"Asset": "Assets", "Expense": "Expenses", "Liability": "Liabilities"}.get(kind, kind)
    if kind and account and not rate[f"CanApplyTo{able}"]:
        errors.append(
            f"The TaxType code '{line['TaxType']}' cannot be used with account code "
            f"'{account.get('Code')}'."
        )
    computed = tax_on(line["LineAmount"], rate["EffectiveRate"], rules.amount_types)
    overridden = changes.get("TaxAmount")
    if overridden is not None and rate["EffectiveRate"]:
        line["TaxAmount"] = cents(overridden)
    elif rules.recalculate or changes.keys() & _TAX_FIELDS or "TaxAmount" not in line:
        line["TaxAmount"] = computed
    else:
        line["TaxAmount"] = line["TaxAmount"] if rate["EffectiveRate"] else ZERO
