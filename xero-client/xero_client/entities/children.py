"""Children of a record, in a path below it: notes, files, allocations, options, members, e-mail.

The facts are in xero-facts.md: Attachments and history, Writing by entity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType

from xero_client.entities.access.scopes import ATTACHMENTS_SCOPE
from xero_client.entities.table import ENTITIES, Entity
from xero_client.entities.write_spec import ChildSpec

ATTACHMENTS = "Attachments"
HISTORY = "History"
_HISTORY = ChildSpec(HISTORY, ("PUT",), key="HistoryRecords", shape="HistoryRecord", batch_limit=50)
_ATTACHMENTS = ChildSpec(
    ATTACHMENTS,
    (),
    ("PUT", "POST"),
    key="Attachments",
    shape="Attachment",
    id_field="FileName",
    id_is_shared=True,
    scope=ATTACHMENTS_SCOPE,
)


@dataclass(frozen=True)
class Child(ChildSpec):
    """One kind of child of one entity.

    Attributes:
        parent: The entity of the parent record.
    """

    parent: Entity = field(kw_only=True)

    @property
    def title(self) -> str:
        """``Invoices/History``."""
        return f"{self.parent.name}/{self.name}"

    @property
    def offered(self) -> str:
        """The methods and paths that Xero offers, for messages."""
        path = f"{self.parent.path}/{{{self.parent.id_field}}}/{self.name}"
        child_path = f"{path}/{{{self.id_field}}}"
        parts = [f"{method} {path}" for method in self.routes]
        return ", ".join([*parts, *(f"{method} {child_path}" for method in self.own_routes)])


def _specs(entity: Entity) -> tuple[ChildSpec, ...]:
    history = (_HISTORY,) if entity.history else ()
    attachments = (_ATTACHMENTS,) if entity.attachments else ()
    return (*history, *attachments, *entity.children)


_CHILDREN = tuple(
    Child(**asdict(spec), parent=entity) for entity in ENTITIES for spec in _specs(entity)
)
CHILDREN: Mapping[str, Child] = MappingProxyType({child.title: child for child in _CHILDREN})
