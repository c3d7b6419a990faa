"""Tax rates that users define: one a request, with all their components (xero-facts.md: Writing by entity).

How they are reported must be said in Australia and the United Kingdom, and must not be in the
United States (Xero's page on tax rates). New Zealand asks for it too, which is not held here.
"""

from __future__ import annotations

from xero_sandbox.books.amounts import display_rate
from xero_sandbox.organisation import Record
from xero_sandbox.regions import REGIONS
from xero_sandbox.transaction import Transaction, copied
from xero_sandbox.writing.request import Invalid
from xero_sandbox.writing.values import Parser, choice, flag, merged, number, sequence, take, text

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
    """PUT: a new tax rate; Xero gives it its tax type (``TAX001``)."""
    named = _named(transaction, sent)
    if named is not None:
        message = f"A tax rate with the name {named['Name']} exists already."
        raise Invalid(message)
    return _save(transaction, sent, None)


def create_or_update(transaction: Transaction, sent: Record) -> Record:
    """POST: the tax rate of this tax type, else of this name, else a new one."""
    tax_type = str(sent.get("TaxType") or "")
    existing = transaction.get("TaxRates", tax_type) if tax_type else None
    if tax_type and existing is None:
        message = f"The tax type {tax_type} could not be found."
        raise Invalid(message)
    return _save(transaction, sent, existing or _named(transaction, sent))


def _named(transaction: Transaction, sent: Record) -> Record | None:
    found = transaction.find("TaxRates", "Name", str(sent.get("Name") or ""))
    alive = [rate for rate in found if rate["Status"] == "ACTIVE"]
    return alive[0] if alive else None


def _save(transaction: Transaction, sent: Record, existing: Record | None) -> Record:
    problems: list[str] = []
    changes = take(sent, FIELDS, problems)
    changes.pop("TaxType", None)
    if existing is not None and not existing["TaxType"].startswith(USER_DEFINED):
        problems.append(f"The tax rate {existing['Name']} is the system's and cannot be changed.")
    if changes.get("TaxComponents") is not None:
        changes["TaxComponents"] = [_component(item, problems) for item in changes["TaxComponents"]]
    status_only = existing is not None and set(changes) <= {"Status", "Name", "ReportTaxType"}
    if not status_only and not changes.get("TaxComponents"):
        problems.append("All TaxComponents of the tax rate must be given.")
    rate = merged(copied(existing) if existing else {"Status": "ACTIVE"}, changes)
    if not rate.get("Name"):
        problems.append("A tax rate needs a Name.")
    if sum(1 for item in rate.get("TaxComponents", []) if item["IsCompound"]) > 1:
        problems.append("Only one component of a tax rate can be compound.")
    _check_report(transaction, changes.get("ReportTaxType"), existing, problems)
    if problems:
        raise Invalid(*problems)
    if existing is None:
        rate["TaxType"] = f"{USER_DEFINED}{transaction.next(USER_DEFINED):03d}"
        rate |= _reported(transaction, changes.get("ReportTaxType"))
    rate["DisplayTaxRate"] = rate["EffectiveRate"] = display_rate(rate["TaxComponents"])
    transaction.put("TaxRates", rate)
    return rate


def _check_report(
    transaction: Transaction, reported: str | None, existing: Record | None, problems: list[str]
) -> None:
    known = REGIONS[transaction.organisation.country_code].own_rates
    if known is None or (reported is None and (existing is not None or not known)):
        return
    if not known:
        problems.append("ReportTaxType is not supported for this organisation.")
    elif reported not in known:
        problems.append(f"The ReportTaxType must be one of {', '.join(known)}.")


def _reported(transaction: Transaction, reported: str | None) -> Record:
    """How a new rate is reported, and what it can apply to."""
    known = REGIONS[transaction.organisation.country_code].own_rates or {}
    able = known.get(reported or "")
    return {
        "ReportTaxType": reported or "NONE",
        **{f"CanApplyTo{thing}": able is None or thing in able for thing in _APPLICATIONS},
    }


def for_account(transaction: Transaction, tax_type: str, account: Record | None) -> str:
    """A tax type as Xero takes it: in Australia, which has no NONE, that is one of two others.

    See developer.xero.com/changes-to-tax-codes-in-australia.
    """
    if tax_type != "NONE" or transaction.organisation.country_code != "AU":
        return tax_type
    is_expense = account is not None and account["Type"] == "EXPENSE"
    return "EXEMPTEXPENSES" if is_expense else "BASEXCLUDED"


def _component(sent: Record, problems: list[str]) -> Record:
    given = take(sent, COMPONENT, problems)
    if not given.get("Name") or given.get("Rate") is None or given["Rate"] < 0:
        problems.append("A tax component needs a Name and a Rate of zero or more.")
        given["Rate"] = given.get("Rate") or number()("Rate", 0)
    return {"IsCompound": False, "IsNonRecoverable": False, **merged({}, given)}
