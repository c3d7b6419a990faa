"""Finds the records that may exist in Xero under the keys of publications, many at a time."""

from __future__ import annotations

from collections.abc import Sequence

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.publications.match_keys import MatchKey, text_at
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.lookup.existing_records import Lookup, is_present
from target_xero.lookup.matching import same_text
from xero_client.entities.table import Entity
from xero_client.http.transport import Transport


def matching_records(
    destination: EntityDestination,
    publications: Sequence[Publication],
    transport: Transport,
    subject: str,
) -> list[list[Record]]:
    """For each publication the records that Xero has under its best key that any record has.

    Deleted, voided and archived records count only if there is no other.

    Args:
        destination: The entity.
        publications: Publications to it.
        transport: The organisation's connection.
        subject: The name that the calls are counted under.

    Raises:
        XeroError: A call failed.
    """
    entity = destination.entity
    lookup = Lookup(transport, entity, subject)
    found = records_by_key(lookup, entity, [key for p in publications for key in p.match_keys])
    return [_best(publication, found) for publication in publications]


def records_by_key(
    lookup: Lookup, entity: Entity, keys: Sequence[MatchKey]
) -> dict[MatchKey, list[Record]]:
    """The records that have all values of a key, for each key.

    Args:
        lookup: Reads the entity.
        entity: The entity.
        keys: Fields with their values.

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
            str(record.get(entity.id_field or "")).lower(): record
            for record in by_field[name].get(value, [])
            if all(same_text(text_at(record, path) or "", text) for path, text in key)
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
