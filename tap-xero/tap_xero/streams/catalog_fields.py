"""The fields that a catalog of an earlier version does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def breadcrumbs_without_schema(
    own: Mapping[str, Any], given: Mapping[str, Any], breadcrumb: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """The fields of a schema that the catalog's schema does not have.

    A catalog of an earlier version lacks the fields that were added since.

    Args:
        own: The schema of the stream, or of a part of it.
        given: The schema of the same part in the catalog. Without properties or items, it says
            nothing.
        breadcrumb: Where the part is.
    """
    known = given.get("properties") or {}
    for name, field in own.get("properties", {}).items() if known else ():
        path = (*breadcrumb, "properties", name)
        if name in known:
            yield from breadcrumbs_without_schema(field, known[name], path)
        else:
            yield path
    if "items" in own and given.get("items"):
        yield from breadcrumbs_without_schema(own["items"], given["items"], (*breadcrumb, "items"))
