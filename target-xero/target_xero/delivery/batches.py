"""Several items in one request: which items fit together, and the request that carries them."""

from __future__ import annotations

from collections.abc import Sequence

from target_xero.build.publications.publication import MAX_CONTENT_BYTES, Publication
from target_xero.delivery.items import Item
from target_xero.delivery.publish_log import Intent
from target_xero.delivery.publish_log.fingerprints import hash_parts

BatchKey = tuple[str, str, str, tuple[tuple[str, str], ...], str, bool]


def batch_key(publication: Publication) -> BatchKey:
    """What all publications of one request must have in common."""
    return (
        publication.destination.name,
        publication.method,
        publication.path,
        publication.params,
        publication.content_type,
        publication.in_list,
    )


def lookup_key(publication: Publication) -> BatchKey:
    """What all publications must have in common that are looked up together."""
    name, method, path, params, content_type, in_list = batch_key(publication)
    if publication.parent_key is not None:
        return (name, f"{method} of a parent", "", (), "", in_list)
    return ("look up", publication.action.name, path, params, content_type, in_list)


def batches(items: Sequence[Item]) -> list[list[Item]]:
    """Groups neighbours with one batch key, up to the destination's limit and to 3 MB."""
    grouped: list[list[Item]] = []
    size = 0
    for item in items:
        publication = item.publication
        length = len(publication.content or b"") + 1
        fits = (
            grouped
            and len(grouped[-1]) < publication.batch_limit
            and size + length <= MAX_CONTENT_BYTES
            and batch_key(grouped[-1][0].publication) == batch_key(publication)
        )
        if not fits:
            grouped.append([])
            size = 0
        grouped[-1].append(item)
        size += length
    return grouped


def intent_of(items: Sequence[Item], tenant_id: str, sent_at: float | None) -> Intent:
    """The request that carries items with one batch key.

    Args:
        items: The items.
        tenant_id: The organisation's id.
        sent_at: The time at Xero; None if it is not known.
    """
    publication = items[0].publication
    body = _body([item.publication for item in items])
    attempts = ",".join(f"{item.fingerprint}:{item.attempt}" for item in items)
    key = hash_parts(
        tenant_id,
        publication.method,
        publication.path,
        repr(publication.params),
        body or b"",
        attempts,
    )
    return Intent(
        f"target-xero-{key}",
        publication.method,
        publication.path,
        publication.params,
        publication.content_type,
        body,
        sent_at or 0.0,
    )


def _body(publications: Sequence[Publication]) -> bytes | None:
    first = publications[0]
    if first.content is None:
        return None
    if not first.in_list:
        return first.content
    joined = b",".join(publication.content or b"{}" for publication in publications)
    key = first.destination.key
    return b'{"' + key.encode() + b'":[' + joined + b"]}"
