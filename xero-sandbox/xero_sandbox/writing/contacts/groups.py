"""Contact groups and their members (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction, copy_record
from xero_sandbox.writing.contacts import contacts
from xero_sandbox.writing.shared.batch import not_found, save_each
from xero_sandbox.writing.shared.matching import by_id, refuse_id, without
from xero_sandbox.writing.shared.request import ValidationError, WriteOutcome, WriteRequest
from xero_sandbox.writing.shared.values import Parser, choice, parse_fields, text

FIELDS: dict[str, Parser] = {"Name": text(100), "Status": choice("ACTIVE", "DELETED")}
MAX_GROUPS = 100


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a new group."""
    refuse_id(sent, "ContactGroups", "contact group")
    groups = transaction.records("ContactGroups").values()
    active = sum(1 for group in groups if group["Status"] == "ACTIVE")
    if active >= MAX_GROUPS:
        message = f"There can be at most {MAX_GROUPS} contact groups."
        raise ValidationError(message)
    blank = {"ContactGroupID": transaction.new_id(), "Status": "ACTIVE", "Contacts": []}
    return _save(transaction, sent, blank)


def update(transaction: Transaction, sent: Record) -> Record:
    """POST /ContactGroups/{id}: renames a group, or deletes it with ``Status: DELETED``."""
    existing = by_id(transaction, "ContactGroups", sent, "contact group")
    if existing is None or existing["Status"] == "DELETED":
        message = "The contact group has been deleted."
        raise ValidationError(message)
    group = _save(transaction, sent, copy_record(existing))
    if group["Status"] == "DELETED":
        for member in group["Contacts"]:
            _remove_from_contact(transaction, group, member["ContactID"])
    return group


def add_members(transaction: Transaction, request: WriteRequest) -> WriteOutcome:
    """PUT /ContactGroups/{id}/Contacts."""
    group_id = _group(transaction, request)["ContactGroupID"]

    def save(transaction: Transaction, sent: Record) -> Record:
        contact = contacts.match(transaction, sent)
        if contact is None:
            message = "The contact could not be found."
            raise ValidationError(message)
        group = transaction.edit("ContactGroups", group_id)
        contact_id = contact["ContactID"]
        if all(member["ContactID"] != contact_id for member in group["Contacts"]):
            group["Contacts"].append({"ContactID": contact_id, "Name": contact["Name"]})
            transaction.put("ContactGroups", group)
            reference = {name: group[name] for name in ("ContactGroupID", "Name", "Status")}
            joined = {**contact, "ContactGroups": [*contact["ContactGroups"], reference]}
            transaction.put("Contacts", joined)
        return {"ContactID": contact_id, "Name": contact["Name"]}

    return save_each(transaction, request, "Contacts", request.elements, save)


def remove_members(transaction: Transaction, request: WriteRequest) -> WriteOutcome:
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
        _remove_from_contact(transaction, group, contact_id)
    return WriteOutcome("Contacts", [], status=204)


def _group(transaction: Transaction, request: WriteRequest) -> Record:
    group = transaction.get("ContactGroups", request.path[1].lower())
    if group is None or group["Status"] == "DELETED":
        raise not_found()
    return group


def _save(transaction: Transaction, sent: Record, group: Record) -> Record:
    errors: list[str] = []
    parsed = parse_fields(sent, FIELDS, errors)
    group |= {name: item for name, item in parsed.items() if item}
    name = group.get("Name")
    if not name:
        errors.append("A contact group needs a Name.")
    else:
        namesakes = transaction.find("ContactGroups", "Name", name)
        others = [item for item in namesakes if item["ContactGroupID"] != group["ContactGroupID"]]
        if any(other["Status"] == "ACTIVE" for other in others):
            errors.append(f"A contact group of the name {name} exists already.")
    if errors:
        raise ValidationError(*errors)
    transaction.put("ContactGroups", group)
    return group


def _remove_from_contact(transaction: Transaction, group: Record, contact_id: str) -> None:
    contact = transaction.get("Contacts", contact_id)
    if contact is not None:
        remaining = without(contact["ContactGroups"], "ContactGroupID", group["ContactGroupID"])
        transaction.put("Contacts", {**contact, "ContactGroups": remaining})
