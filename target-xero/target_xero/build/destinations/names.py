"""The destination that a name or a path means."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from urllib.parse import urlsplit

from target_xero.build.destinations.destination import (
    ChildDestination,
    Destination,
    EntityDestination,
    RawDestination,
)
from xero_client.entities.children import CHILDREN, Child
from xero_client.entities.other_apis import OTHER_ENTITIES
from xero_client.entities.table import BY_NAME, ENTITIES, Entity
from xero_client.names import normalized_name

ACCOUNTING = "/api.xro/2.0"

_ENTITIES: Mapping[str, Entity] = {
    **{normalized_name(entity.stream): entity for entity in OTHER_ENTITIES},
    **{normalized_name(entity.stream): entity for entity in ENTITIES},
    **{normalized_name(entity.name): entity for entity in ENTITIES},
}
# Other names of entities, such as those that say which type of documents they are.
_TYPES: Mapping[str, str] = {
    normalized_name(name): document_type
    for entity in ENTITIES
    for name, document_type in entity.other_names.items()
}
_OTHER_NAMES: Mapping[str, Entity] = {
    normalized_name(name): entity for entity in ENTITIES for name in entity.other_names
}


def _with_singulars(names: Mapping[str, Entity]) -> dict[str, Entity]:
    """The names of entities, and their singulars: ``invoice``, ``taxrate``, ``currency``."""
    singulars = {
        f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s"): entity
        for name, entity in names.items()
    }
    return {**singulars, **names}


_NAMES: Mapping[str, Entity] = _with_singulars({**_OTHER_NAMES, **_ENTITIES})
_CHILDREN: Mapping[str, Child] = {
    normalized_name(title): child for title, child in CHILDREN.items()
}
_PATHS: Mapping[str, Entity] = {normalized_name(entity.path): entity for entity in ENTITIES}


@lru_cache(maxsize=512)
def destination_of(name: str, path: str | None = None) -> Destination:
    """The destination for a name or a path.

    Args:
        name: An entity (in any case, as a stream or as Xero writes it), ``bills`` or
            ``sales_invoices``, a child such as ``Invoices/History`` or ``invoices_history``, a
            path, or anything else.
        path: The user's path, rendered or not; it overrides the name.
    """
    if path is None and ("/" in name.lstrip("/") or name.startswith(("/", "http"))):
        known = _CHILDREN.get(normalized_name(name))
        if known is not None and not name.startswith(("/", "http")):
            return ChildDestination(known)
        path = name
    if path is not None:
        return _destination_of_path(path)
    if (entity := _NAMES.get(normalized_name(name))) is not None:
        return EntityDestination(entity)
    if (child := _CHILDREN.get(normalized_name(name))) is not None:
        return ChildDestination(child)
    return RawDestination(name)


def entity_names() -> list[str]:
    """The names of all entities and their children, as streams and settings write them."""
    others = (entity.stream for entity in OTHER_ENTITIES if entity.writing is not None)
    documents = (name for entity in ENTITIES for name in entity.other_names)
    return [*(entity.stream for entity in ENTITIES), *documents, *CHILDREN, *others]


def document_type_of(name: str) -> str | None:
    """The type of documents that a name says: ``ACCPAY`` for ``bills``; None for other names."""
    normalized = normalized_name(name)
    return _TYPES.get(normalized) or _TYPES.get(f"{normalized}s") or None


def _destination_of_path(path: str) -> Destination:
    try:
        local_path = urlsplit(path).path if path.startswith("http") else path
    except ValueError:  # brackets without an address; the path is refused later, for its host
        local_path = path
    local_path = "/" + local_path.lstrip("/")
    if ".xro/" in local_path and not local_path.startswith(ACCOUNTING):
        return RawDestination(local_path)
    parts = [part for part in local_path.removeprefix(ACCOUNTING).split("/") if part]
    entity = BY_NAME.get(parts[0]) or _PATHS.get(normalized_name(parts[0])) if parts else None
    if entity is None:
        return RawDestination(local_path)
    if len(parts) == 1:
        return EntityDestination(entity)
    if len(parts) == 2:  # noqa: PLR2004  # entity and id
        return EntityDestination(entity, is_single_record=True)
    child = CHILDREN.get(f"{entity.name}/{parts[2]}")
    if child is not None:
        return ChildDestination(child, is_single_record=len(parts) > 3)  # noqa: PLR2004
    return RawDestination(local_path)


def nearest_entity_names(name: str) -> str:
    """Up to three names of entities that are spelled like a name, separated by commas."""
    return ", ".join(get_close_matches(name.casefold(), entity_names(), n=3, cutoff=0.5))
