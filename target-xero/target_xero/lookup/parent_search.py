"""Finds the parents of children that name them by number, code or name, many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from target_xero.build.parents import PARENT_PLACE, parent_name
from target_xero.build.publication import Publication
from target_xero.lookup.existing_records import REMOVED_STATUSES, Lookup
from target_xero.lookup.matches import records_by_key
from xero_client.http.transport import Transport


@dataclass(frozen=True)
class FoundParent:
    """A child whose parent was looked up.

    Attributes:
        publication: The child, with its parent's id.
        problem: Why there is none.
    """

    publication: Publication | None = None
    problem: str | None = None


def with_parents(
    publications: Sequence[Publication], transport: Transport, subject: str
) -> list[FoundParent]:
    """The children with the ids of their parents.

    Deleted, voided and archived parents count only if there is no other.

    Args:
        publications: Children of one entity that have a ``parent_key``.
        transport: The organisation's connection.
        subject: The name that the calls are counted under.

    Raises:
        XeroError: A look-up failed.
    """
    parent = publications[0].destination.entity
    assert parent is not None  # noqa: S101  # every child has a parent
    lookup = Lookup(transport, parent, subject)
    found = records_by_key(lookup, parent, [p.parent_key for p in publications])
    children = []
    for publication in publications:
        records = found[publication.parent_key]
        present = [
            record
            for record in records
            if not REMOVED_STATUSES & {record.get("Status"), record.get("ContactStatus")}
        ]
        ids = [str(record[parent.id_field or ""]) for record in present or records[:1]]
        name = parent_name(parent, publication.parent_key)
        if not ids:
            children.append(FoundParent(problem=f"Xero has no {name}"))
        elif len(ids) > 1:
            problem = f"Xero has {len(ids)} {name} ({', '.join(ids)}): give the {parent.id_field}"
            children.append(FoundParent(problem=problem))
        else:
            child = replace(
                publication,
                path=publication.path.replace(PARENT_PLACE, ids[0], 1),
                parent=f"{parent.path.removeprefix('/')}/{ids[0]}",
                parent_key=(),
            )
            children.append(FoundParent(child))
    return children
