"""Ids and other values of records that become part of a path, checked before they do."""

from __future__ import annotations

import re
from urllib.parse import unquote

from target_xero.build.records import InvalidRecordError
from xero_client.entities.table import Entity

_GUID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
# HTTP clients take these segments out of a path, even if they are percent-encoded.
_DOT_SEGMENTS = frozenset({".", ".."})
# Identified by a code, not by a GUID (xero-facts.md: Reading by entity).
_CODES = frozenset({"Code", "TaxType"})


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


def checked_path(path: str) -> str:
    """A rendered path, which must not lead out of the entity that it names.

    Raises:
        InvalidRecordError: It has a segment of dots, or begins with another host.
    """
    local_path = path.partition("?")[0]
    dots = any(unquote(segment) in _DOT_SEGMENTS for segment in local_path.split("/"))
    if dots or path.startswith("//"):
        problem = f"the path {path!r} leads elsewhere: it may not begin with // or have .. in it"
        raise InvalidRecordError([problem])
    return path
