"""The pages of streams and columns, from `--discover` and the entity table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markdown_text import HEADER, code, output_of, table, text_of

from xero_client.entities.load_order import load_layer
from xero_client.entities.nested_lists import (
    CASH_JOURNALS,
    NESTED_BY_STREAM,
    NESTED_LISTS,
    entity_of_stream,
)
from xero_client.entities.reports import REPORTS
from xero_client.entities.table import ENTITIES, Entity

TENANT = ("_tenant_id", "_tenant_name")
REPORT_SCOPES = {report.stream: report.read_scope for report in REPORTS}
# The streams of the records that an id names. Codes are not unique over all entities.
STREAM_OF_ID = {
    entity.id_field: entity.stream
    for entity in ENTITIES
    if entity.id_field and entity.id_field.endswith("ID")
}


def streams_page(streams: Mapping[str, Mapping[str, Any]]) -> str:
    """All streams with key, method and scope, and how they refer to each other."""
    rows = (
        [
            f"[{name}](columns.md#{name})",
            ", ".join(code(key) for key in stream["key_properties"] if key != "_tenant_id"),
            later_runs(name, stream),
            "yes" if root_metadata(stream)["selected-by-default"] else "no",
            code(scope_of(name)),
        ]
        for name, stream in streams.items()
    )
    header = ["stream", "key beside `_tenant_id`", "later runs", "by default", "scope"]
    return (
        f"# Streams\n\n{HEADER}"
        f"tap-xero has {len(streams)} streams. *Changes*: later runs read the records that "
        "changed. *Whole list*: every run reads all records. *With its parent*: the lists inside "
        "the records of another stream, read together with it. *For each of* another stream: "
        "a call for each of its records.\n\n"
        f"{table(header, rows)}\n## Relations\n\n"
        "An arrow leads from a stream to the stream whose id it has. Every relation holds within "
        "one organisation: join by `_tenant_id` too.\n\n"
        + "\n".join(diagram(title, names, streams) for title, names in groups_of(streams).items())
    )


def groups_of(streams: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """The streams of each diagram, by its title.

    A diagram has the entities of the Accounting API with one scope and one place in the load
    order, the lists inside their records, and the streams to which they refer.
    """
    groups: dict[tuple[int, str], list[Entity]] = {}
    for entity in ENTITIES:
        groups.setdefault((load_layer(entity), entity.scopes[0]), []).append(entity)
    named = {
        in_words([entity.stream for entity in entities]): [
            *(entity.stream for entity in entities),
            *(nested.stream for nested in NESTED_LISTS if nested.parent in entities),
        ]
        for _, entities in sorted(groups.items())
    }
    named["Reports"] = [report.stream for report in REPORTS]
    related = {
        title: [name for name in names if any(relations(name, streams[name]["schema"]))]
        for title, names in named.items()
    }
    return {title: names for title, names in related.items() if names}


def in_words(streams: Sequence[str]) -> str:
    """The names of streams as a title: ``Credit notes, invoices``."""
    return ", ".join(streams).replace("_", " ").capitalize()


def diagram(title: str, names: Sequence[str], streams: Mapping[str, Mapping[str, Any]]) -> str:
    """A mermaid diagram of the relations of some streams."""
    lines = [
        f'  {name} -->|"{path}"| {target}'
        for name in names
        for path, target in relations(name, streams[name]["schema"])
    ]
    return "\n".join([f"### {title}\n", "```mermaid", "flowchart LR", *lines, "```", ""])


def columns_page(streams: Mapping[str, Mapping[str, Any]]) -> str:
    """The columns of each stream."""
    introduction = (
        f"# Columns\n\n{HEADER}"
        "Every stream also has `_tenant_id` and `_tenant_name`, the organisation that the record "
        "is from. Money, quantities and rates are exact decimals, dates are days without a time "
        "zone, and instants are in UTC.\n"
    )
    parts = [introduction]
    for name, stream in streams.items():
        related = dict(relations(name, stream["schema"]))
        rows = (
            [code(path), column_type(schema), notes(path, schema, stream, related)]
            for path, schema in shown_columns(stream["schema"])
        )
        parts.append(f"## {name}\n\n{table(['column', 'type', 'notes'], rows)}")
    return "\n".join(parts)


def shown_columns(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The columns of a stream, without those that every stream has."""
    for name, column in schema["properties"].items():
        if name not in TENANT:
            yield name, column


def notes(
    name: str, schema: Mapping[str, Any], stream: Mapping[str, Any], related: Mapping[str, str]
) -> str:
    """What is to be known of a column: key, relation, fields inside it, description."""
    found = []
    if name in stream["key_properties"]:
        found.append("key")
    if name == stream.get("replication_key"):
        found.append("bookmark")
    entity = entity_of_stream(stream["tap_stream_id"])
    if entity is not None and name in entity.personal:
        found.append("personal data")
    found += [
        f"{'refers' if path == name else code(path) + ' refers'} to [{target}](#{target})"
        for path, target in related.items()
        if path.partition(".")[0] == name
    ]
    inside = schema.get("properties") or schema.get("items", {}).get("properties") or {}
    if inside:
        found.append("fields: " + ", ".join(code(field) for field in inside))
    if schema.get("description"):
        found.append(text_of(schema))
    return "; ".join(found)


def relations(name: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The columns of a stream, or fields of its objects, that are the id of another stream.

    Of an object, only the id of the object itself counts: `Invoice.InvoiceID`, but not
    `Invoice.BrandingThemeID`.
    """
    nested = NESTED_BY_STREAM.get(name)
    found: set[str] = set()
    for column, inside in schema["properties"].items():
        for path in (column, *(f"{column}.{field}" for field in inside.get("properties", {}))):
            owner, _, id_field = path.replace("_", ".").rpartition(".")
            target = STREAM_OF_ID.get(id_field, name)
            if target in {name, "journals" if name == CASH_JOURNALS else name} or path in found:
                continue
            if owner and not owner.endswith(id_field.removesuffix("ID")):
                continue
            own = id_field.removesuffix("ID")
            found |= {f"{own}.{id_field}", f"{own}_{id_field}"}
            is_parent = nested is not None and target == nested.parent.stream
            yield path, nested.parent_stream if nested and is_parent else target


def later_runs(name: str, stream: Mapping[str, Any]) -> str:
    """How later runs read a stream."""
    if name in REPORT_SCOPES:
        return "months"
    if name in NESTED_BY_STREAM:
        parent = NESTED_BY_STREAM[name].parent_stream
        return f"with its parent, [{parent}](columns.md#{parent})"
    entity = entity_of_stream(name)
    parent = entity.parent if entity else None
    by_parent = f", for each of [{parent.stream}](columns.md#{parent.stream})" if parent else ""
    replication_key = root_metadata(stream).get("replication-key")
    whole = stream["replication_method"] == "FULL_TABLE"
    changes = (
        "whole list" if whole or not replication_key else f"changes by {code(replication_key)}"
    )
    return changes + by_parent


def scope_of(name: str) -> str:
    """The narrowest scope that reads a stream."""
    entity = entity_of_stream(name)
    return entity.read_scope or "any" if entity else REPORT_SCOPES[name]


def column_type(schema: Mapping[str, Any]) -> str:
    """The type of a column; the format instead of `string` if it has one."""
    types = schema.get("type", [])
    types = types if isinstance(types, list) else [types]
    return " or ".join(schema.get("format", kind) for kind in types if kind != "null")


def root_metadata(stream: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata of the stream itself."""
    [found] = [entry["metadata"] for entry in stream["metadata"] if not entry["breadcrumb"]]
    return dict(found)


def catalog() -> list[dict[str, Any]]:
    """The streams that the tap discovers."""
    return list(json.loads(output_of("tap-xero", "--discover"))["streams"])
