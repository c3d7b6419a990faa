"""How files and notes are copied: onto the copy of the record that they hang on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.copy.steps import Kind, Phase, Plan, Step, text_of
from xero_client.entities.children import ATTACHMENTS, CHILDREN, HISTORY, Child

FILES, NOTES = "attachments", "notes"
# What Changes says of the only entries that anyone can write (xero-facts.md: Attachments and history).
_NOTE = "note"
_FILE_FIELDS = ("FileName", "MimeType", "Content", "IncludeOnline")

BELOW: Mapping[str, Child] = {
    f"{child.parent.stream}_{child.name.lower()}": child
    for child in CHILDREN.values()
    if child.name in (ATTACHMENTS, HISTORY)
}


def below(stream: str, record: Mapping[str, Any]) -> Plan | None:
    """What becomes of a file or of an entry of a history; None for all other streams."""
    child = BELOW.get(stream)
    if child is None:
        return None
    id_field = child.parent.id_field or ""
    parent_id = text_of(record, id_field)
    if child.name == ATTACHMENTS:
        return _file(child, id_field, parent_id, record)
    return _note(child, id_field, parent_id, record)


def _file(child: Child, id_field: str, parent_id: str, record: Mapping[str, Any]) -> Plan:
    file_id, name = text_of(record, "AttachmentID"), text_of(record, "FileName")
    if not record.get("Content"):
        return Plan(reason=f"the file {name} came without its content")
    content = {field: record[field] for field in _FILE_FIELDS if record.get(field) is not None}
    step = Step(
        Phase.BELOW,
        Kind.MAKE,
        child.title,
        FILES,
        file_id,
        {id_field: parent_id, **content},
        sort=parent_id,
        named={id_field: parent_id, "FileName": name},
        # Xero has one file of a name on a record, and takes the latest.
        overwrites=True,
    )
    return Plan((step,))


def _note(child: Child, id_field: str, parent_id: str, record: Mapping[str, Any]) -> Plan:
    if text_of(record, "Changes").casefold() != _NOTE:
        return Plan(reason="Xero itself writes this entry of the history")
    details = text_of(record, "Details")
    if not details.strip():
        return Plan(reason="the note is empty")
    entry_id = text_of(record, "_entry_id")
    step = Step(
        Phase.BELOW,
        Kind.MAKE,
        child.title,
        NOTES,
        f"{parent_id}:{entry_id}",
        {id_field: parent_id, "Details": details},
        # In the order in which they were written, which is that in the copy too.
        sort=f"{parent_id} {text_of(record, 'DateUTC')}",
        named={id_field: parent_id, "_entry_id": entry_id},
    )
    return Plan((step,))
