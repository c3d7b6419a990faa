"""Contact groups and their members (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction, copied
from xero_sandbox.writing import contacts
from xero_sandbox.writing.batch import each, not_found
from xero_sandbox.writing.matching import by_id, refuse_id
from xero_sandbox.writing.request import Invalid, WriteRequest, Written
from xero_sandbox.writing.settlement import without
from xero_sandbox.writing.values import Parser, choice, take, text

FIELDS: dict[str, Parser] = {"Name": text(100), "Status": choice("ACTIVE", "DELETED")}
MAX_GROUPS = 100


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a new group."""
    refuse_id(sent, "ContactGroups", "contact group")
    groups = transaction.records("ContactGroups").values()
    active = sum(1 for group in groups if group["Status"] == "ACTIVE")
    if active >= MAX_GROUPS:
        message = f"There can be at most {MAX_GROUPS} contact groups."
        raise Invalid(message)
    blank = {"ContactGroupID": transaction.new_id(), "Status": "ACTIVE", "Contacts": []}
    return _save(transaction, sent, blank)


def update(transaction: Transaction, sent: Record) -> Record:
    """POST /ContactGroups/{id}: renames a group, or deletes it with ``Status: DELETED``."""
    existing = by_id(transaction, "ContactGroups", sent, "contact group")
    if existing is None or existing["Status"] == "DELETED":
        message = "The contact group has been deleted."
        raise Invalid(message)
    group = _save(transaction, sent, copied(existing))
    if group["Status"] == "DELETED":
        for member in group["Contacts"]:
            _leave(transaction, group, member["ContactID"])
    return group


def add_members(transaction: Transaction, request: WriteRequest) -> Written:
    """PUT /ContactGroups/{id}/Contacts."""
    group_id = _group(transaction, request)["ContactGroupID"]

    def save(inside: Transaction, sent: Record) -> Record:
        contact = contacts.match(inside, sent)
        if contact is None:
            message = "The contact could not be found."
            raise Invalid(message)
        group = inside.edit("ContactGroups", group_id)
        contact_id = contact["ContactID"]
        if all(member["ContactID"] != contact_id for member in group["Contacts"]):
            group["Contacts"].append({"ContactID": contact_id, "Name": contact["Name"]})
            inside.put("ContactGroups", group)
            badge = {name: group[name] for name in ("ContactGroupID", "Name", "Status")}
            joined = {**contact, "ContactGroups": [*contact["ContactGroups"], badge]}
            inside.put("Contacts", joined)
        return {"ContactID": contact_id, "Name": contact["Name"]}

    return each(transaction, request, "Contacts", request.elements, save)


def remove_members(transaction: Transaction, request: WriteRequest) -> Written:
    """DELETE /ContactGroups/{id}/Contacts, all of them, or …/Contacts/{id}."""
    group = _group(transaction, request)
    members = [member["ContactID"] for member in group["Contacts"]]
    if len(request.path) > 3:  # noqa: PLR2004  # the member's id
        members = [member for member in members if member == request.path[3].lower()]
        if not members:
            raise not_found()
    for contact_id in members:
        remaining = transaction.edit("ContactGroups", group["ContactGroupID"])
        remaining["Contacts"] = without(remaining["Contacts"], "ContactID", contact_id)
        transaction.put("ContactGroups", remaining)
        _leave(transaction, group, contact_id)
    return Written("Contacts", [], status=204)


def _group(transaction: Transaction, request: WriteRequest) -> Record:
    group = transaction.get("ContactGroups", request.path[1].lower())
    if group is None or group["Status"] == "DELETED":
        raise not_found()
    return group


def _save(transaction: Transaction, sent: Record, group: Record) -> Record:
    problems: list[str] = []
    given = take(sent, FIELDS, problems)
    group |= {name: item for name, item in given.items() if item}
    name = group.get("Name")
    if not name:
        problems.append("A contact group needs a Name.")
    else:
        namesakes = transaction.find("ContactGroups", "Name", name)
        others = [item for item in namesakes if item["ContactGroupID"] != group["ContactGroupID"]]
        if any(other["Status"] == "ACTIVE" for other in others):
            problems.append(f"A contact group of the name {name} exists already.")
    if problems:
        raise Invalid(*problems)
    transaction.put("ContactGroups", group)
    return group


def _leave(transaction: Transaction, group: Record, contact_id: str) -> None:
    contact = transaction.get("Contacts", contact_id)
    if contact is not None:
        left = without(contact["ContactGroups"], "ContactGroupID", group["ContactGroupID"])
        transaction.put("Contacts", {**contact, "ContactGroups": left})
