"""Fingerprints: the hashes by which the publish log recognises a record with its content.

The package's README, section *The publish log*, says what they cover.
"""

from __future__ import annotations

import hashlib
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from functools import lru_cache

import msgspec

from target_xero.build.destinations.destination import EntityDestination, RawDestination
from target_xero.build.destinations.routes import Action
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Provenance
from xero_client.http.transport import JSON
from xero_client.json_value import Json

# A change of this version makes every record new: what was published is not recognised then.
VERSION = "fingerprint 2"

# Larger numbers are written with an exponent.
LONGEST_INTEGER = 40

_encoder = msgspec.json.Encoder(order="sorted")
# Keeps every digit, whatever the precision of the program's own decimals.
_exact = Context(prec=10_000, Emax=MAX_EMAX, Emin=MIN_EMIN)


def hash_parts(*texts: str, content: bytes | None = None) -> str:
    """SHA-256 over several texts and a content, with their lengths, so that their borders count."""
    joined = "\0".join(texts)
    # The lengths are those of the bytes.
    lengths = map(len, texts if joined.isascii() else map(str.encode, texts))
    head = ",".join(map(str, lengths))
    if content is None:
        return hashlib.sha256(f"{head}\0{joined}".encode()).hexdigest()
    return hashlib.sha256(f"{head},{len(content)}\0{joined}\0".encode() + content).hexdigest()


def canonical(content: Json) -> bytes:
    """JSON that is the same for the same content.

    Fields are sorted, numbers have no trailing zeros, and texts no space around them.
    """
    return _encoder.encode(_normalized(content))


def _normalized(value: Json) -> Json:
    if isinstance(value, dict):
        normalized: dict[str, Json] = {}
        for key, inner in value.items():
            name = key.strip() if type(key) is str else str(key).strip()
            # Most values are texts and numbers: a call for each would cost more than the rest.
            if type(inner) is str:
                normalized[name] = inner.strip()
            elif type(inner) is Decimal:
                normalized[name] = _marked_number(inner)
            else:
                normalized[name] = _normalized(inner)
        return normalized
    if isinstance(value, list):
        return [_normalized(inner) for inner in value]
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or value is None:
        return value
    return _marked_number(value)


@lru_cache(maxsize=4096, typed=True)  # many lines have the same amounts
def _marked_number(value: float | Decimal) -> str:
    """A number as text with a mark, because an integer and a decimal are written differently."""
    return f"\0{_number(value)}"


def _number(value: float | Decimal) -> str:
    if isinstance(value, int):
        return str(value)
    exact = Decimal(str(value)) if isinstance(value, float) else value
    if not exact:
        return "0"
    shortest = exact.normalize(_exact)
    exponent = shortest.as_tuple().exponent
    plain = isinstance(exponent, int) and 0 < exponent < LONGEST_INTEGER
    return format(shortest, "f") if plain else str(shortest)


def content_digest(publication: Publication) -> str:
    """The hash of what a publication asks for: its destination, whether it removes, its content.

    The method and the query do not count, because POST and PUT write the same content. In generic
    mode and without content the path and the query say what is asked for, so they count.
    """
    destination, content = publication.destination, publication.content
    removes = publication.action is Action.REMOVE
    parts = [destination.name, "remove" if removes else "write", publication.parent or ""]
    if isinstance(destination, EntityDestination) and destination.entity.parent is not None:
        parts.append(publication.collection)
    if content is None or destination.is_single_record or isinstance(destination, RawDestination):
        parts += [publication.path, repr(publication.params)]
    if content is None:
        parts += [repr(reference.key) for reference in publication.references]
    return hash_parts(*parts, content=_content(publication))


def _content(publication: Publication) -> bytes:
    content = publication.content
    if publication.content_type != JSON:
        named = publication.fields.get("FileName")
        name = canonical(publication.fields) if named is None else str(named).encode()
        return name + b"\0" + (content or b"")
    if content is None:
        return b""
    return canonical(publication.fields) if publication.fields else content


def fingerprint(tenant_id: str, digest: str, subject: str, occurrence: int) -> str:
    """The fingerprint of a record.

    Args:
        tenant_id: The organisation's id.
        digest: The hash of its content.
        subject: What identifies it; empty if only its content does.
        occurrence: Its number among records with equal content, from 0; 0 if it has a subject.
    """
    return hash_parts(VERSION, tenant_id, digest, subject, str(occurrence))


def old_fingerprint(
    publication: Publication, provenance: Provenance, tenant_id: str, occurrence: int
) -> str:
    """The fingerprint of version 1: over the bytes of the request and the whole Singer key.

    Args:
        publication: The publication.
        provenance: The Singer messages that it comes from.
        tenant_id: The organisation's id.
        occurrence: The record's number among identical records, from 0.
    """
    stream = (provenance.stream,) if provenance.singer_key else ()
    key = (*stream, *provenance.singer_key)
    return hash_parts(tenant_id, publication.digest, *key, str(occurrence))
