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
from target_xero.lookup.named_records.expected_records import (
    ExpectedRecords,
    is_expected,
    shown_id,
)
from xero_client.http.transport import Transport


def with_parents(
    publications: Sequence[Publication],
    transport: Transport,
    subject: str,
    expected: ExpectedRecords,
) -> list[Completed]:
    """The children with the ids of their parents; those that have one stay as they are.

    Deleted, voided and archived parents count only if Xero has no other one.

    Args:
        publications: Children of one entity.
        transport: The organisation's connection.
        subject: The name that the calls are counted under.
        expected: In a dry run, the records that would have been created by now.

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
        else _with_parent(publication, publication.parent_key, found, expected)
        for publication in publications
    ]


def _with_parent(
    publication: Publication,
    key: ParentKey,
    found: dict[MatchKey, list[Record]],
    expected: ExpectedRecords,
) -> Completed:
    parent = key.entity
    records = expected.as_named(parent, found[key.fields])
    present = [*in_use(records), *expected.with_key(parent, key.fields)]
    if len(present) > 1:
        present = with_credit_left(present)
    named, id_field = present or records[:1], parent.id_field or ""
    if not named and expected.may_have(parent, key.fields):
        return Completed(publication)
    if not named:
        return Completed(problem=f"Xero has no {key}")
    if len(named) > 1:
        ids = ", ".join(shown_id(record, id_field) for record in named)
        return Completed(problem=f"Xero has {len(named)} {key} ({ids}): give the {id_field}")
    if is_expected(named[0], id_field):
        return Completed(publication)
    parent_id = str(named[0][id_field])
    child = replace(
        publication,
        path=publication.path.replace(PARENT_PLACE, parent_id, 1),
        parent=f"{parent.path.removeprefix('/')}/{parent_id}",
        parent_key=None,
    )
    return Completed(child)
