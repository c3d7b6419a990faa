"""Line items: kept, changed, added and dropped by their ids, with amounts and tax worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from xero_sandbox.books.amounts import HUNDRED, ZERO, cents, tax_on
from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction, copied
from xero_sandbox.writing.batch import parameter
from xero_sandbox.writing.line_tracking import resolve_tracking
from xero_sandbox.writing.matching import given_id
from xero_sandbox.writing.tax_rates import for_account
from xero_sandbox.writing.values import Parser, guid, merged, number, sequence, take, text

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
# A line with none of these is a remark: a description and nothing else.
_AMOUNT_FIELDS = ("Quantity", "UnitAmount", "LineAmount", "AccountCode", "AccountID", "ItemCode")
_CONTROL_ACCOUNTS = {"DEBTORS", "CREDITORS", "RETAINEDEARNINGS"}


@dataclass(frozen=True)
class LineRules:
    """What a document asks of its lines.

    Attributes:
        amount_types: Exclusive, Inclusive or NoTax.
        sales: Whether items give their sales details, else their purchase details.
        approved: Whether accounts are needed, since the lines are posted.
        discounts: Whether discounts are taken (sales invoices and quotes).
        recalculate: Whether tax is worked out anew on lines that are not changed.
        overpayment: Whether the single line stands on the control account.
        default_tax_type: The contact's own tax type, before the account's.
    """

    amount_types: str
    sales: bool
    approved: bool
    discounts: bool = False
    recalculate: bool = False
    overpayment: bool = False
    default_tax_type: str | None = None


def unit_places(query: Mapping[str, str]) -> Decimal:
    """Unit amounts are kept to 2 places, or 4 with ``unitdp=4`` (xero-facts.md: Formats)."""
    return Decimal("0.0001") if parameter(query, "unitdp", "2") == "4" else Decimal("0.01")


def read_lines(
    transaction: Transaction,
    sent: object,
    existing: Sequence[Record],
    rules: LineRules,
    problems: list[str],
) -> list[Record]:
    """The document's lines after ``sent``: a line without id is new, one left out is dropped."""
    by_id = {line["LineItemID"]: line for line in existing}
    lines = []
    for item in sequence("LineItems", sent):
        line_id = given_id(item, "LineItemID")
        if line_id is not None and line_id not in by_id:
            problems.append(f"The line item {line_id} is not one of this document.")
            continue
        before = copied(by_id[line_id]) if line_id else {"LineItemID": transaction.new_id()}
        lines.append(_read_line(transaction, item, before, rules, problems))
    return lines


def _read_line(
    transaction: Transaction, sent: Record, before: Record, rules: LineRules, problems: list[str]
) -> Record:
    changes = take(sent, FIELDS, problems)
    if changes.get("Tracking") is not None:
        changes["Tracking"] = resolve_tracking(transaction, changes["Tracking"], problems)
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
    _apply_item(transaction, line, changes, rules, problems)
    if not any(line.get(name) for name in _AMOUNT_FIELDS):
        if not line.get("Description"):
            problems.append("A line item needs a description or an amount.")
        line |= {"LineAmount": ZERO, "TaxAmount": ZERO}
        return line
    _price(line, changes, problems)
    _account(transaction, line, rules, problems)
    _tax(transaction, line, changes, rules, problems)
    if rules.approved and not line.get("Description"):
        problems.append("A line item of an approved document needs a description.")
    return line


def _apply_item(
    transaction: Transaction, line: Record, changes: Record, rules: LineRules, problems: list[str]
) -> None:
    code = line.get("ItemCode")
    if not code:
        line.pop("Item", None)
        return
    found = transaction.find("Items", "Code", code)
    if not found:
        problems.append(f"Item code '{code}' is not valid")
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


def _price(line: Record, changes: Record, problems: list[str]) -> None:
    """Works out whichever of quantity, unit amount and line amount was left out."""
    rate: Decimal = line.get("DiscountRate") or ZERO
    taken_off: Decimal = line.get("DiscountAmount") or ZERO
    if rate and "DiscountAmount" in changes and "DiscountRate" not in changes:
        line.pop("DiscountRate")
        rate = ZERO
    elif rate:
        line.pop("DiscountAmount", None)
        taken_off = ZERO
    unit, amount = line.get("UnitAmount"), line.get("LineAmount")
    quantity: Decimal = line.setdefault("Quantity", Decimal(1))
    if unit is None and amount is not None:
        before_discount = (amount + taken_off) / (1 - rate / HUNDRED) if rate != HUNDRED else ZERO
        unit = before_discount / quantity if quantity else ZERO
        line["UnitAmount"] = unit.quantize(Decimal("0.0001"), ROUND_HALF_UP).normalize() + ZERO
        line["LineAmount"] = cents(amount)
        return
    expected = cents(quantity * (unit or ZERO) * (1 - rate / HUNDRED) - taken_off)
    if changes.get("LineAmount") is not None and cents(changes["LineAmount"]) != expected:
        problems.append(
            f"The line total {cents(changes['LineAmount'])} does not match the expected line "
            f"total {expected}"
        )
    if changes.keys() & (_PRICE_FIELDS | {"ItemCode", "LineAmount"}) or amount is None:
        line["LineAmount"] = expected
    if abs(line["LineAmount"]) > MAX_LINE_AMOUNT:
        problems.append(f"The line amount must not exceed {MAX_LINE_AMOUNT}.")


def _account(transaction: Transaction, line: Record, rules: LineRules, problems: list[str]) -> None:
    account_id, code = line.get("AccountID"), line.get("AccountCode")
    if account_id is not None:
        account = transaction.get("Accounts", account_id)
    else:
        found = transaction.find("Accounts", "Code", code) if code else []
        account = found[0] if found else None
    if account is None:
        if code or account_id:
            problems.append(
                f"Account code '{code or account_id}' is not a valid code for this document."
            )
        elif rules.approved:
            problems.append("Account code must be specified.")
        return
    if account["Status"] != "ACTIVE":
        problems.append(f"Account code '{account.get('Code')}' has been archived.")
    refused = account["Type"] == "BANK" or account.get("SystemAccount") in _CONTROL_ACCOUNTS
    if refused and not rules.overpayment:
        problems.append(
            f"Account code '{account.get('Code', account['Name'])}' is not a valid code for this "
            "document."
        )
    line["AccountID"] = account["AccountID"]
    if account.get("Code"):
        line["AccountCode"] = account["Code"]


def _tax(
    transaction: Transaction, line: Record, changes: Record, rules: LineRules, problems: list[str]
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
        problems.append(
            f"The TaxType code '{line['TaxType']}' does not exist or cannot be used for this type "
            "of transaction."
        )
        return
    kind = account["Class"].capitalize() if account else ""
    able = {"Asset": "Assets", "Expense": "Expenses", "Liability": "Liabilities"}.get(kind, kind)
    if kind and account and not rate[f"CanApplyTo{able}"]:
        problems.append(
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
