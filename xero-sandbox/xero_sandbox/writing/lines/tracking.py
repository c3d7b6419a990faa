"""The tracking options of a line, by id or by name."""

from __future__ import annotations

from collections.abc import Sequence

from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.shared.matching import sent_id

MAX_TRACKING = 2


def resolve_tracking(
    transaction: Transaction, sent: Sequence[Record], errors: list[str]
) -> list[Record]:
    """The category and option of each entry, with their ids and names."""
    if len(sent) > MAX_TRACKING:
        errors.append(f"A line can have at most {MAX_TRACKING} tracking categories.")
    resolved = []
    for entry in sent:
        category = _category(transaction, entry)
        option = _option(category, entry) if category else None
        if category is None or option is None:
            named = entry.get("Option") or entry.get("TrackingOptionID") or entry.get("Name")
            errors.append(f"The tracking option '{named}' does not exist in this organisation.")
            continue
        if option["Status"] != "ACTIVE":
            errors.append(f"The tracking option '{option['Name']}' has been archived.")
        resolved.append(
            {
                "TrackingCategoryID": category["TrackingCategoryID"],
                "TrackingOptionID": option["TrackingOptionID"],
                "Name": category["Name"],
                "Option": option["Name"],
            }
        )
    return resolved


def _category(transaction: Transaction, entry: Record) -> Record | None:
    category_id = sent_id(entry, "TrackingCategoryID")
    if category_id:
        return transaction.get("TrackingCategories", category_id)
    found = transaction.find("TrackingCategories", "Name", str(entry.get("Name") or ""))
    return found[0] if found else None


def _option(category: Record, entry: Record) -> Record | None:
    option_id = sent_id(entry, "TrackingOptionID")
    name = str(entry.get("Option") or "").casefold()
    for option in category["Options"]:
        if option["TrackingOptionID"] == option_id:
            return dict(option)
        if not option_id and option["Name"].casefold() == name:
            return dict(option)
    return None
