"""Finds the parents of children that name them by number, code or name, many at a time."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.build.references.match_keys import MatchKey
from target_xero.build.references.parents import PARENT_PLACE, ParentKey
from target_xero.lookup.existing_records import Lookup, in_use, with_credit_left
from target_xero.lookup.matches import records_by_key
from target_xero.lookup.named_records.completed import Completed
from xero_client.http.transport import Transport


def with_parents(
    publications: Sequence[Publication], transport: Transport, subject: str
) -> list[Completed]:
    """The children with the ids of their parents; those that have one stay as they are.

    Deleted, voided and archived parents count only if there is no other.

    Args:
        publications: Children of one entity.
        transport: The organisation's connection.
        subject: The name that the calls are counted under.

    Raises:
        XeroError: A look-up failed.
    """
    keys = [p.parent_key for p in publications if p.parent_key is not None]
    found: dict[MatchKey, list[Record]] = {}
    if keys:
        parent = keys[0].entity
        lookup = Lookup(transport, parent, subject)
        found = records_by_key(lookup, parent, [key.fields for key in keys])
    return [
        Completed(publication)
        if publication.parent_key is None
        else _with_parent(publication, publication.parent_key, found)
        for publication in publications
    ]


def _with_parent(
    publication: Publication, key: ParentKey, found: dict[MatchKey, list[Record]]
) -> Completed:
    parent, records = key.entity, found[key.fields]
    present = in_use(records)
    if len(present) > 1:
        present = with_credit_left(present)
    ids = [str(record[parent.id_field or ""]) for record in present or records[:1]]
    if not ids:
        return Completed(problem=f"Xero has no {key}", missing=key)
    if len(ids) > 1:
        problem = f"Xero has {len(ids)} {key} ({', '.join(ids)}): give the {parent.id_field}"
        return Completed(problem=problem)
    child = replace(
        publication,
        path=publication.path.replace(PARENT_PLACE, ids[0], 1),
        parent=f"{parent.path.removeprefix('/')}/{ids[0]}",
        parent_key=None,
    )
    return Completed(child)
