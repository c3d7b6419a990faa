"""Finds the records that may exist in Xero under the keys of publications, many at a time."""

from __future__ import annotations

from collections.abc import Sequence

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.build.references.match_keys import MatchKey, text_at
from target_xero.lookup.existing_records import (
    Lookup,
    by_collection,
    is_present,
    lookup_of,
)
from target_xero.lookup.matching import same_value
from target_xero.lookup.resource_lookup import ResourceLookup
from xero_client.entities.table import Entity
from xero_client.http.transport import Transport


def matching_records(
    destination: EntityDestination,
    publications: Sequence[Publication],
    transport: Transport,
    subject: str,
) -> list[list[Record]]:
    """For each publication the records that Xero has under its best key that any record has.

    Deleted, voided and archived records count only if Xero has no other one.

    Args:
        destination: The entity.
        publications: Publications to it.
        transport: The organisation's connection.
        subject: The name that the calls are counted under.

    Raises:
        XeroError: A call failed.
    """
    entity = destination.entity
    best: dict[int, list[Record]] = {}
    for in_it in by_collection(publications).values():
        lookup = lookup_of(destination, transport, subject, in_it[0])
        id_field = destination.id_field or ""
        keys = [key for p in in_it for key in p.match_keys]
        found = records_by_key(lookup, entity, keys, id_field)
        best.update((id(publication), _best(publication, found)) for publication in in_it)
    return [best[id(publication)] for publication in publications]


def records_by_key(
    lookup: Lookup | ResourceLookup, entity: Entity, keys: Sequence[MatchKey], id_field: str = ""
) -> dict[MatchKey, list[Record]]:
    """The records that have all values of a key, for each key.

    Args:
        lookup: Reads the entity.
        entity: The entity.
        keys: Fields with their values.
        id_field: The field that identifies a record; that of the entity by default.

    Raises:
        XeroError: A call failed.
    """
    wanted: dict[str, list[str]] = {}
    for key in keys:
        name, value = _searched(key)
        wanted.setdefault(name, []).append(value)
    by_field = {name: lookup.by_field(name, values) for name, values in wanted.items()}
    found: dict[MatchKey, list[Record]] = {}
    for key in keys:
        name, value = _searched(key)
        listed = {
            str(record.get(id_field or entity.id_field or "")).lower(): record
            for record in by_field[name].get(value, [])
            if all(same_value(text_at(record, path), text) for path, text in key)
        }
        found[key] = list(listed.values())
    return found


def _searched(key: MatchKey) -> tuple[str, str]:
    """The field of a key that Xero is asked for; the others are compared afterwards."""
    numbers = (part for part in key if part[0].endswith("Number") and "." not in part[0])
    return next(numbers, key[0])


def _best(publication: Publication, found: dict[MatchKey, list[Record]]) -> list[Record]:
    for key in publication.match_keys:
        records = [record for record in found[key] if _fits_type(publication, record)]
        present = [record for record in records if is_present(publication, record)]
        if present or records:
            return present or records[:1]
    return []


def _fits_type(publication: Publication, record: Record) -> bool:
    """Whether a sale was meant and found, or a bill: the two may share a number."""
    sent, has = publication.fields.get("Type"), record.get("Type")
    return not sent or not has or str(sent).upper() == str(has).upper()
