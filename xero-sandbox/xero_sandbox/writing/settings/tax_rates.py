"""Tax rates that users create: one per request, with all components.

(xero-facts.md: Writing by entity) ReportTaxType is required in Australia and the United Kingdom,
and not allowed in the United States (Xero's page on tax rates). Xero requires it in New Zealand
too; the sandbox does not.
"""

from __future__ import annotations

from xero_sandbox.books.amounts import display_rate
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.regions import REGIONS
from xero_sandbox.model.transaction import Transaction, copy_record
from xero_sandbox.writing.shared.request import ValidationError
from xero_sandbox.writing.shared.values import (
    Parser,
    choice,
    flag,
    merged,
    number,
    parse_fields,
    sequence,
    text,
)

FIELDS: dict[str, Parser] = {
    "Name": text(50),
    "TaxType": text(),
    "TaxComponents": sequence,
    "Status": choice("ACTIVE", "DELETED", "ARCHIVED"),
    "ReportTaxType": text(),
}
COMPONENT: dict[str, Parser] = {
    "Name": text(),
    "Rate": number(4),
    "IsCompound": flag,
    "IsNonRecoverable": flag,
}
USER_DEFINED = "TAX"
_APPLICATIONS = ("Assets", "Equity", "Expenses", "Liabilities", "Revenue")


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a new tax rate; Xero creates its tax type (``TAX001``)."""
    named = _named(transaction, sent)
    if named is not None:
        message = f"A tax rate with the name {named['Name']} exists already."
        raise ValidationError(message)
    return _save(transaction, sent, None)


def create_or_update(transaction: Transaction, sent: Record) -> Record:
    """POST: the tax rate of this tax type or name, or a new one."""
    tax_type = str(sent.get("TaxType") or "")
    existing = transaction.get("TaxRates", tax_type) if tax_type else None
    if tax_type and existing is None:
        message = f"The tax type {tax_type} could not be found."
        raise ValidationError(message)
    return _save(transaction, sent, existing or _named(transaction, sent))


def _named(transaction: Transaction, sent: Record) -> Record | None:
    found = transaction.find("TaxRates", "Name", str(sent.get("Name") or ""))
    active = [rate for rate in found if rate["Status"] == "ACTIVE"]
    return active[0] if active else None


def _save(transaction: Transaction, sent: Record, existing: Record | None) -> Record:
    errors: list[str] = []
    changes = parse_fields(sent, FIELDS, errors)
    changes.pop("TaxType", None)
    if existing is not None and not existing["TaxType"].startswith(USER_DEFINED):
        errors.append(
            f"The tax rate {existing['Name']} is a system tax rate and cannot be changed."
        )
    if changes.get("TaxComponents") is not None:
        changes["TaxComponents"] = [_component(item, errors) for item in changes["TaxComponents"]]
    status_only = existing is not None and set(changes) <= {"Status", "Name", "ReportTaxType"}
    if not status_only and not changes.get("TaxComponents"):
        errors.append("All TaxComponents of the tax rate must be specified.")
    rate = merged(copy_record(existing) if existing else {"Status": "ACTIVE"}, changes)
    if not rate.get("Name"):
        errors.append("A tax rate needs a Name.")
    if sum(1 for item in rate.get("TaxComponents", []) if item["IsCompound"]) > 1:
        errors.append("Only one component of a tax rate can be compound.")
    _check_report(transaction, changes.get("ReportTaxType"), existing, errors)
    if errors:
        raise ValidationError(*errors)
    if existing is None:
        rate["TaxType"] = f"{USER_DEFINED}{transaction.next(USER_DEFINED):03d}"
        rate |= _reported(transaction, changes.get("ReportTaxType"))
    rate["DisplayTaxRate"] = rate["EffectiveRate"] = display_rate(rate["TaxComponents"])
    transaction.put("TaxRates", rate)
    return rate


def _check_report(
    transaction: Transaction, reported: str | None, existing: Record | None, errors: list[str]
) -> None:
    allowed = REGIONS[transaction.organisation.country_code].user_rates
    if allowed is None or (reported is None and (existing is not None or not allowed)):
        return
    if not allowed:
        errors.append("ReportTaxType is not supported for this organisation.")
    elif reported not in allowed:
        errors.append(f"The ReportTaxType must be one of {', '.join(allowed)}.")


def _reported(transaction: Transaction, reported: str | None) -> Record:
    """The ReportTaxType of a new rate, and what it can apply to."""
    allowed = REGIONS[transaction.organisation.country_code].user_rates or {}
    applicable = allowed.get(reported or "")
    return {
        "ReportTaxType": reported or "NONE",
        **{f"CanApplyTo{kind}": applicable is None or kind in applicable for kind in _APPLICATIONS},
    }


def for_account(transaction: Transaction, tax_type: str, account: Record | None) -> str:
    """Replaces NONE in Australia, where Xero uses one of two other tax types.

    See developer.xero.com/changes-to-tax-codes-in-australia.
    """
    if tax_type != "NONE" or transaction.organisation.country_code != "AU":
        return tax_type
    is_expense = account is not None and account["Type"] == "EXPENSE"
    return "EXEMPTEXPENSES" if is_expense else "BASEXCLUDED"


def _component(sent: Record, errors: list[str]) -> Record:
    parsed = parse_fields(sent, COMPONENT, errors)
    if not parsed.get("Name") or parsed.get("Rate") is None or parsed["Rate"] < 0:
        errors.append("A tax component needs a Name and a Rate of zero or more.")
        parsed["Rate"] = parsed.get("Rate") or number()("Rate", 0)
    return {"IsCompound": False, "IsNonRecoverable": False, **merged({}, parsed)}
