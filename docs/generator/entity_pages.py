"""The page of the entities that target-xero writes, from the entity table."""

from __future__ import annotations

from markdown_text import HEADER, code, table

from xero_client.entities.children import CHILDREN
from xero_client.entities.other_apis import OTHER_ENTITIES
from xero_client.entities.table import ENTITIES
from xero_client.entities.write_spec import Removal, Route, WriteSpec


def entities_page() -> str:
    """What target-xero can write, with methods and natural keys."""
    rows = (
        [
            entity.name,
            found_by(entity.writing),
            removal_of(entity.writing),
            "<br>".join(code(route.value) for route in Route if route in entity.writing.routes),
            str(records_a_call(entity.writing)),
            "yes" if entity.writing.updates else "no",
            code(entity.write_scope or ""),
        ]
        for entity in ENTITIES
        if entity.writing
    )
    header = ["entity", "found by", "removal", "methods", "records a call", "update", "scope"]
    children = (
        [child.title, ", ".join(code(part) for part in child.offered.split(", "))]
        for child in CHILDREN.values()
    )
    readonly = ", ".join(entity.name for entity in ENTITIES if not entity.writing)
    others = (
        [
            entity.stream,
            found_by(entity.writing),
            removal_of(entity.writing) if entity.writing.removal else "none",
            "<br>".join(code(route.value) for route in Route if route in entity.writing.routes),
            ", ".join(code(name) for name in entity.parent_fields) or "none",
            code(entity.write_scope or ""),
        ]
        for entity in OTHER_ENTITIES
        if entity.writing
    )
    other_header = ["stream", "found by", "removal", "methods", "parent", "scope"]
    return (
        f"# Entities that target-xero writes\n\n{HEADER}"
        "*Found by*: the fields by which an existing record is found, the id first. *Methods* are "
        "those of Xero. *Update*: whether Xero changes records; if not, it only creates and "
        "removes them.\n\n"
        f"{table(header, rows)}\nOnly readable: {readonly}.\n\n"
        f"## Other APIs\n\n{table(other_header, others)}\n## Children of records\n\n"
        f"{table(['child', 'methods of Xero'], children)}"
    )


def found_by(writing: WriteSpec) -> str:
    """The id and the natural keys of a record."""
    text = ", ".join(code(field) for field in writing.match_fields) or "none"
    if writing.match_only_types:
        text += f" (the number only if `Type` is {', '.join(sorted(writing.match_only_types))})"
    if writing.number_fields:
        text += ", else " + " and ".join(code(field) for field in writing.number_fields)
    return text


def records_a_call(writing: WriteSpec) -> int:
    """The most records that one call creates."""
    return 1 if writing.create_route in writing.single_record_routes else writing.batch_limit


def removal_of(writing: WriteSpec) -> str:
    """How a record is removed."""
    removal: Removal | None = writing.removal
    if removal is None:
        return "not possible"
    by_status = [f"{old} becomes {new}" for old, new in removal.status_by_current.items()]
    default = f"{removal.status_field} becomes {removal.default_status}"
    if removal.uses_delete:
        return f"DELETE, else {default}" if removal.default_status else "DELETE"
    return "; ".join(by_status) or default
