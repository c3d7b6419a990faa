"""Puts items into batches, and makes the request that carries a batch."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

from target_xero.build.publications.publication import MAX_CONTENT_BYTES, Publication
from target_xero.delivery.items import Item
from target_xero.delivery.publish_log import Intent
from target_xero.delivery.publish_log.fingerprints import hash_parts
from target_xero.lookup.named_records.own_children import is_sought
from target_xero.lookup.resolution import needs_lookup

# Items that need a look-up in Xero are taken together in groups of at least this many.
MIN_LOOKUP_SIZE = 40


class Fit(NamedTuple):
    """Which batch an item fits into.

    Attributes:
        key: What all items of the batch have in common.
        max_items: The most items in the batch.
        max_bytes: The most bytes of content in it.
    """

    key: Hashable
    max_items: int
    max_bytes: float = MAX_CONTENT_BYTES


def for_request(publication: Publication) -> Fit:
    """Batches that are one request each: up to the destination's limit and to 3 MB."""
    key = (
        publication.destination.name,
        publication.method,
        publication.path,
        publication.params,
        publication.content_type,
        publication.in_list,
    )
    return Fit(key, publication.batch_limit)


def for_publishing(publication: Publication) -> Fit:
    """Batches that are looked up together, or else are one request each."""
    if not (needs_lookup(publication) or is_sought(publication)):
        return for_request(publication)
    common: tuple[Hashable, ...]
    if publication.parent_key is not None:
        common = ("parents", publication.destination.name, publication.method)
    else:
        action, path, params = publication.action.name, publication.path, publication.params
        common = ("records", action, path, params, publication.content_type)
    limit = max(publication.batch_limit, MIN_LOOKUP_SIZE)
    return Fit((*common, publication.in_list), limit)


class Batcher:
    """Puts items that come one by one into batches, in their order.

    Attributes:
        items: The items of the batch that is not full.
    """

    def __init__(self, fit: Callable[[Publication], Fit]) -> None:
        """Starts without items.

        Args:
            fit: Which batch a publication fits into.
        """
        self.items: list[Item] = []
        self._fit = fit
        self._key: Hashable = None
        self._bytes = 0

    def add(self, item: Item) -> list[Item]:
        """Takes an item; gives the batch that it does not fit into, if there is one."""
        publication = item.publication
        fit = self._fit(publication)
        length = len(publication.content or b"") + 1
        full: list[Item] = []
        if self.items and (
            fit.key != self._key
            or len(self.items) >= fit.max_items
            or self._bytes + length > fit.max_bytes
        ):
            full = self.take()
        self.items.append(item)
        self._key = fit.key
        self._bytes += length
        return full

    def take(self) -> list[Item]:
        """Gives the batch, full or not."""
        items, self.items, self._bytes = self.items, [], 0
        return items


def batches(items: Iterable[Item]) -> list[list[Item]]:
    """Groups neighbours that fit into one request."""
    batcher = Batcher(for_request)
    full = [batcher.add(item) for item in items]
    return [batch for batch in (*full, batcher.take()) if batch]


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
        attempts,
        content=body or b"",
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
