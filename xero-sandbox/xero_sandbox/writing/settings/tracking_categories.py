"""Tracking categories and their options: at most four categories, two of them active.

(xero-facts.md: Writing by entity)
"""

from __future__ import annotations

from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction, copy_record
from xero_sandbox.writing.shared.batch import not_found, save_each
from xero_sandbox.writing.shared.matching import by_id, refuse_id
from xero_sandbox.writing.shared.request import (
    ElementResult,
    ValidationError,
    WriteError,
    WriteOutcome,
    WriteRequest,
)
from xero_sandbox.writing.shared.values import Parser, choice, parse_fields, sequence, text

FIELDS: dict[str, Parser] = {
    "Name": text(100),
    "Status": choice("ACTIVE", "ARCHIVED"),
    "Options": sequence,
}
OPTION: dict[str, Parser] = {"Name": text(100), "Status": choice("ACTIVE", "ARCHIVED")}
MAX_ACTIVE = 2
MAX_CATEGORIES = 4
_DOCUMENTS = (
    "Invoices",
    "CreditNotes",
    "BankTransactions",
    "PurchaseOrders",
    "Quotes",
    "RepeatingInvoices",
)


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a new category."""
    refuse_id(sent, "TrackingCategories", "tracking category")
    errors: list[str] = []
    parsed = parse_fields(sent, FIELDS, errors)
    category: Record = {
        "TrackingCategoryID": transaction.new_id(),
        "Name": parsed.get("Name"),
        "Status": "ACTIVE",
        "Options": [],
    }
    existing = transaction.records("TrackingCategories").values()
    if len(existing) >= MAX_CATEGORIES:
        errors.append(f"There can be at most {MAX_CATEGORIES} tracking categories.")
    _check(transaction, category, errors)
    for option in parsed.get("Options") or []:
        category["Options"].append(_new_option(transaction, category, option, errors))
    if errors:
        raise ValidationError(*errors)
    transaction.put("TrackingCategories", category)
    return category


def update(transaction: Transaction, sent: Record) -> Record:
    """POST /TrackingCategories/{id}: renames, archives or restores a category."""
    existing = by_id(transaction, "TrackingCategories", sent, "tracking category")
    errors: list[str] = []
    parsed = parse_fields(sent, FIELDS, errors)
    parsed.pop("Options", None)
    category = {**copy_record(existing), **{name: item for name, item in parsed.items() if item}}
    _check(transaction, category, errors)
    if errors:
        raise ValidationError(*errors)
    transaction.put("TrackingCategories", category)
    return category


def delete(transaction: Transaction, category: Record) -> WriteOutcome:
    """DELETE /TrackingCategories/{id}: refused if a line uses one of its options."""
    _refuse_used(transaction, "TrackingCategoryID", category["TrackingCategoryID"])
    transaction.drop("TrackingCategories", category["TrackingCategoryID"])
    return WriteOutcome("TrackingCategories", [ElementResult({**category, "Status": "DELETED"})])


def add_option(transaction: Transaction, request: WriteRequest) -> WriteOutcome:
    """PUT /TrackingCategories/{id}/Options: one option."""
    category_id = request.path[1].lower()
    if transaction.get("TrackingCategories", category_id) is None:
        raise not_found()

    def save(transaction: Transaction, sent: Record) -> Record:
        errors: list[str] = []
        category = transaction.edit("TrackingCategories", category_id)
        option = _new_option(transaction, category, sent, errors)
        if errors:
            raise ValidationError(*errors)
        category["Options"].append(option)
        transaction.put("TrackingCategories", category)
        return option

    return save_each(
        transaction, request, "Options", request.elements[:1], save, "TrackingOptionID"
    )


def change_option(transaction: Transaction, request: WriteRequest) -> WriteOutcome:
    """POST /TrackingCategories/{id}/Options/{id}: renames, archives or restores an option."""
    category, option = _find_option(transaction, request)

    def save(transaction: Transaction, sent: Record) -> Record:
        errors: list[str] = []
        parsed = {name: item for name, item in parse_fields(sent, OPTION, errors).items() if item}
        name = str(parsed.get("Name", option["Name"])).casefold()
        others = [item for item in category["Options"] if item is not option]
        if any(other["Name"].casefold() == name for other in others):
            errors.append(f"The option {parsed['Name']} exists already.")
        if errors:
            raise ValidationError(*errors)
        changed = {**option, **parsed}
        options = [
            changed if item["TrackingOptionID"] == option["TrackingOptionID"] else item
            for item in category["Options"]
        ]
        transaction.put("TrackingCategories", {**category, "Options": options})
        return changed

    elements = [{**element, **_id_of(option)} for element in request.elements[:1]]
    return save_each(transaction, request, "Options", elements, save, "TrackingOptionID")


def delete_option(transaction: Transaction, request: WriteRequest) -> WriteOutcome:
    """DELETE /TrackingCategories/{id}/Options/{id}: refused if a line uses it."""
    category, option = _find_option(transaction, request)
    _refuse_used(transaction, "TrackingOptionID", option["TrackingOptionID"])
    options = [item for item in category["Options"] if item is not option]
    transaction.put("TrackingCategories", {**category, "Options": options})
    return WriteOutcome("Options", [ElementResult({**option, "Status": "DELETED"})])


def _id_of(option: Record) -> Record:
    return {"TrackingOptionID": option["TrackingOptionID"]}


def _find_option(transaction: Transaction, request: WriteRequest) -> tuple[Record, Record]:
    category = transaction.get("TrackingCategories", request.path[1].lower())
    wanted = request.path[3].lower() if len(request.path) > 3 else ""  # noqa: PLR2004  # the id
    for option in category["Options"] if category else []:
        if category and option["TrackingOptionID"] == wanted:
            return category, option
    raise not_found()


def _new_option(
    transaction: Transaction, category: Record, sent: Record, errors: list[str]
) -> Record:
    name = parse_fields(sent, OPTION, errors).get("Name")
    if not name:
        errors.append("A tracking option needs a Name.")
    elif any((item["Name"] or "").casefold() == name.casefold() for item in category["Options"]):
        errors.append(f"The option {name} exists already.")
    return {"TrackingOptionID": transaction.new_id(), "Name": name, "Status": "ACTIVE"}


def _check(transaction: Transaction, category: Record, errors: list[str]) -> None:
    name, category_id = category.get("Name"), category["TrackingCategoryID"]
    if not name:
        errors.append("A tracking category needs a Name.")
        return
    others = [
        other
        for other in transaction.records("TrackingCategories").values()
        if other["TrackingCategoryID"] != category_id
    ]
    if any(other["Name"].casefold() == name.casefold() for other in others):
        errors.append(f"The tracking category {name} exists already.")
    active = sum(1 for other in others if other["Status"] == "ACTIVE")
    if category["Status"] == "ACTIVE" and active >= MAX_ACTIVE:
        errors.append(f"There can be at most {MAX_ACTIVE} active tracking categories.")


def _refuse_used(transaction: Transaction, field: str, value: str) -> None:
    used = any(
        entry.get(field) == value
        for entity in _DOCUMENTS
        for document in transaction.records(entity).values()
        for line in document["LineItems"]
        for entry in line.get("Tracking", [])
    )
    if used:
        message = "It is used by transactions and cannot be deleted. It can be archived."
        raise WriteError(400, "ValidationException", 10, message)
