"""How attachments and notes are copied: to the copy of their record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.copy.steps import CopyPlan, Phase, Step, StepKind, text_of
from xero_client.entities.children import ATTACHMENTS, CHILDREN, HISTORY, Child

FILES, NOTES = "attachments", "notes"
# The value of Changes in entries that users can write (xero-facts.md: Attachments and history).
_NOTE = "note"
_FILE_FIELDS = ("FileName", "MimeType", "Content", "IncludeOnline")

# The settings that say whether child streams are copied.
CHILD_SETTINGS: Mapping[str, str] = {ATTACHMENTS: "copy_attachments", HISTORY: "copy_history"}
CHILD_STREAMS: Mapping[str, Child] = {
    f"{child.parent.stream}_{child.name.lower()}": child
    for child in CHILDREN.values()
    if child.name in (ATTACHMENTS, HISTORY)
}


def file_or_note(stream: str, record: Mapping[str, Any]) -> CopyPlan | None:
    """How an attachment or an entry of a history is copied; None for other streams."""
    child = CHILD_STREAMS.get(stream)
    if child is None:
        return None
    id_field = child.parent.id_field or ""
    parent_id = text_of(record, id_field)
    if child.name == ATTACHMENTS:
        return _file(child, id_field, parent_id, record)
    return _note(child, id_field, parent_id, record)


def _file(child: Child, id_field: str, parent_id: str, record: Mapping[str, Any]) -> CopyPlan:
    file_id, name = text_of(record, "AttachmentID"), text_of(record, "FileName")
    if not record.get("Content"):
        return CopyPlan(skip_reason=f"the file {name} arrived without its content")
    content = {field: record[field] for field in _FILE_FIELDS if record.get(field) is not None}
    step = Step(
        Phase.FILES_AND_NOTES,
        StepKind.CREATE,
        child.title,
        file_id,
        {id_field: parent_id, **content},
        sort_key=parent_id,
        result_key={id_field: parent_id, "FileName": name},
        # A record has one file of a name; a new one replaces it.
        overwrites=True,
        stream=FILES,
    )
    return CopyPlan((step,))


def _note(child: Child, id_field: str, parent_id: str, record: Mapping[str, Any]) -> CopyPlan:
    if text_of(record, "Changes").casefold() != _NOTE:
        return CopyPlan(skip_reason="Xero itself writes this entry of the history")
    details = text_of(record, "Details")
    if not details.strip():
        return CopyPlan(skip_reason="the note is empty")
    entry_id = text_of(record, "_entry_id")
    step = Step(
        Phase.FILES_AND_NOTES,
        StepKind.CREATE,
        child.title,
        f"{parent_id}:{entry_id}",
        {id_field: parent_id, "Details": details},
        # Notes are copied in the order in which they were written.
        sort_key=f"{parent_id} {text_of(record, 'DateUTC')}",
        result_key={id_field: parent_id, "_entry_id": entry_id},
        stream=NOTES,
    )
    return CopyPlan((step,))
