"""The tracking options that a line carries, by id or by name."""

from __future__ import annotations

from collections.abc import Sequence

from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing.matching import given_id

MAX_TRACKING = 2


def resolve_tracking(
    transaction: Transaction, sent: Sequence[Record], problems: list[str]
) -> list[Record]:
    """Category and option of each entry, with ids and names of both."""
    if len(sent) > MAX_TRACKING:
        problems.append(f"A line can carry at most {MAX_TRACKING} tracking categories.")
    resolved = []
    for entry in sent:
        category = _category(transaction, entry)
        option = _option(category, entry) if category else None
        if category is None or option is None:
            named = entry.get("Option") or entry.get("TrackingOptionID") or entry.get("Name")
            problems.append(f"The tracking option '{named}' is not one of this organisation.")
            continue
        if option["Status"] != "ACTIVE":
            problems.append(f"The tracking option '{option['Name']}' has been archived.")
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
    category_id = given_id(entry, "TrackingCategoryID")
    if category_id:
        return transaction.get("TrackingCategories", category_id)
    found = transaction.find("TrackingCategories", "Name", str(entry.get("Name") or ""))
    return found[0] if found else None


def _option(category: Record, entry: Record) -> Record | None:
    option_id = given_id(entry, "TrackingOptionID")
    name = str(entry.get("Option") or "").casefold()
    for option in category["Options"]:
        if option["TrackingOptionID"] == option_id:
            return dict(option)
        if not option_id and option["Name"].casefold() == name:
            return dict(option)
    return None
