"""Where records go: an entity of Xero, a child of one, or a path that only the user knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from target_xero.build.columns import plain
from xero_client.entities.children import CHILDREN, Child
from xero_client.entities.fields import SHAPES
from xero_client.entities.table import BY_NAME, ENTITIES, Entity

ACCOUNTING = "/api.xro/2.0"

_ENTITIES: Mapping[str, Entity] = {
    **{plain(entity.stream): entity for entity in ENTITIES},
    **{plain(entity.name): entity for entity in ENTITIES},
}
_CHILDREN: Mapping[str, Child] = {plain(title): child for title, child in CHILDREN.items()}
_PATHS: Mapping[str, Entity] = {plain(entity.path): entity for entity in ENTITIES}


@dataclass(frozen=True)
class Destination:
    """What records are published to.

    Attributes:
        name: As messages and results call it: ``Invoices``, ``Invoices/History``, ``/Setup``.
        entity: The entity, or the parent of the child; None in generic mode.
        child: The kind of child; None for an entity itself.
        at_record: Whether a path given by the user goes to one record of the entity.
    """

    name: str
    entity: Entity | None = None
    child: Child | None = None
    at_record: bool = False

    @property
    def is_generic(self) -> bool:
        """Whether the table knows nothing of it, so that everything goes as it is."""
        return self.entity is None

    @property
    def key(self) -> str:
        """The key of the list in answers; empty where it is not known."""
        if self.child is not None:
            return self.child.key
        return self.entity.key if self.entity else ""

    @property
    def id_field(self) -> str | None:
        """What identifies a record in answers."""
        if self.child is not None:
            return self.child.id_field
        return self.entity.id_field if self.entity else None

    @property
    def shape(self) -> str | None:
        """The shape of what is sent."""
        if self.child is not None:
            return self.child.shape
        if self.entity is not None and self.entity.name in SHAPES:
            return self.entity.name
        return None

    @property
    def scope(self) -> str | None:
        """The scope that writing needs."""
        if self.entity is None:
            return None
        if self.child is not None:
            return self.child.scope or self.entity.scopes[0]
        return self.entity.write_scope


@lru_cache(maxsize=512)
def destination_of(name: str, path: str | None = None) -> Destination:
    """The destination that a name or a path means.

    Args:
        name: An entity (in any case, as a stream or as Xero writes it), a child such as
            ``Invoices/History`` or ``invoices_history``, a path, or anything else.
        path: A path given by the user, rendered or not; it says more than the name.
    """
    if path is None and ("/" in name.lstrip("/") or name.startswith(("/", "http"))):
        known = _CHILDREN.get(plain(name))
        if known is not None and not name.startswith(("/", "http")):
            return Destination(known.title, known.parent, known)
        path = name
    if path is not None:
        return _of_path(path)
    if (entity := _ENTITIES.get(plain(name))) is not None:
        return Destination(entity.name, entity)
    if (child := _CHILDREN.get(plain(name))) is not None:
        return Destination(child.title, child.parent, child)
    return Destination(name)


def _of_path(path: str) -> Destination:
    try:
        shown = urlsplit(path).path if path.startswith("http") else path
    except ValueError:  # brackets that hold no address; it is refused for its host later
        shown = path
    shown = "/" + shown.lstrip("/")
    if ".xro/" in shown and not shown.startswith(ACCOUNTING):
        return Destination(shown)
    parts = [part for part in shown.removeprefix(ACCOUNTING).split("/") if part]
    entity = BY_NAME.get(parts[0]) or _PATHS.get(plain(parts[0])) if parts else None
    if entity is None:
        return Destination(shown)
    if len(parts) == 1:
        return Destination(entity.name, entity)
    if len(parts) == 2:  # noqa: PLR2004  # entity and id
        return Destination(entity.name, entity, at_record=True)
    child = CHILDREN.get(f"{entity.name}/{parts[2]}")
    if child is not None:
        return Destination(child.title, entity, child, at_record=len(parts) > 3)  # noqa: PLR2004
    return Destination(shown)
