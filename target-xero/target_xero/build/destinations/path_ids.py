"""Ids and other values of records that become part of a path, checked before they do."""

from __future__ import annotations

import re
from urllib.parse import unquote

from target_xero.build.records import InvalidRecordError
from xero_client.entities.children import CHILDREN
from xero_client.entities.table import ALL_ENTITIES, Entity

_GUID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
# HTTP clients take these segments out of a path, even if they are percent-encoded.
_DOT_SEGMENTS = frozenset({".", ".."})
_SEPARATORS = re.compile(r"[/\\]")
# Identified by a code, not by a GUID (xero-facts.md: Reading by entity).
_CODES = frozenset({"Code", "TaxType"})

# Fields whose value in a path is always a GUID (xero-facts.md: Reading by entity).
GUID_FIELDS = frozenset(
    {entity.id_field for entity in ALL_ENTITIES if entity.writing is not None}
    | {child.parent.id_field for child in CHILDREN.values()}
    | {child.id_field for child in CHILDREN.values()}
) - {"Id", "id", "FileName", None, *_CODES}


def checked_guid(field: str, value: object) -> str:
    """The value of an id, which must be a GUID.

    Raises:
        InvalidRecordError: It is not a GUID.
    """
    text = str(value).strip()
    if _GUID.fullmatch(text) is None:
        problem = (
            f"{field} {text!r} is not an id of Xero, such as 1b2c3d4e-1111-4222-8333-0123456789ab"
        )
        raise InvalidRecordError([problem])
    return text


def checked_id(entity: Entity, value: object) -> str:
    """The id of a record of an entity: a GUID, or a code if the entity has codes.

    Raises:
        InvalidRecordError: It is not.
    """
    field = entity.id_field or "id"
    return str(value).strip() if field in _CODES else checked_guid(field, value)


def checked_segment(field: str, value: object) -> str:
    """The value of a field that a template puts into a path.

    Raises:
        InvalidRecordError: The field is an id of Xero, and its value is not a GUID.
    """
    return checked_guid(field, value) if field in GUID_FIELDS else str(value)


def checked_path(path: str) -> str:
    """A rendered path, which must not lead out of the entity that it names.

    Raises:
        InvalidRecordError: It has a segment of dots, or begins with another host.
    """
    if path.startswith("//") or has_dot_segments(path.partition("?")[0]):
        problem = f"the path {path!r} leads elsewhere: it may not begin with // or have .. in it"
        raise InvalidRecordError([problem])
    return path


def has_dot_segments(path: str) -> bool:
    """Whether a path leads up, for any server: some decode it twice, or take a backslash as /."""
    decoded = path
    while (once := unquote(decoded)) != decoded:
        decoded = once
    return any(segment in _DOT_SEGMENTS for segment in _SEPARATORS.split(decoded))
