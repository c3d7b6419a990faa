"""The tables of the READMEs that are made from the entity table and the settings.

Each stands between `<!-- table: NAME -->` and `<!-- end of table -->`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from entity_pages import records_a_call
from markdown_text import code, table
from settings_pages import settings_table

from xero_client.entities.nested_lists import CASH_JOURNALS, NESTED_LISTS
from xero_client.entities.other_apis import OTHER_ENTITIES
from xero_client.entities.read_spec import Paging
from xero_client.entities.table import ENTITIES, Entity
from xero_client.entities.write_spec import Removal, Route, WriteSpec

NONE = "-"
_TABLE = re.compile(r"(<!-- table: ([^>]*) -->\n)(.*?)(<!-- end of table -->)", re.DOTALL)


def readmes(root: Path) -> dict[Path, str]:
    """The READMEs with their tables as they have to be, by path below `root`."""
    files = [Path("tap-xero/README.md"), Path("target-xero/README.md")]
    return {file: with_tables((root / file).read_text("utf-8")) for file in files}


def with_tables(text: str) -> str:
    """A text with its tables made anew."""
    return _TABLE.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n{found[4]}", text)


def streams() -> str:
    """The streams of the Accounting API: key, how later runs read, pages, scope."""
    header = ["stream", "key beside `_tenant_id`", "later runs", "pages", "scope", "notes"]
    rows = []
    for entity in ENTITIES:
        rows.append(_stream_row(entity, entity.stream))
        if entity.reading.paging is Paging.OFFSET:
            rows.append(_stream_row(entity, CASH_JOURNALS, "cash basis"))
    return table(header, rows)


def _stream_row(entity: Entity, stream: str, note: str = "") -> list[str]:
    reading = entity.reading
    runs = "whole list" if reading.full_table else "changes"
    if reading.paging is Paging.OFFSET:
        runs = "from the last number"
    sizes = {Paging.NONE: "one response", Paging.PAGE: "1,000"}
    others = [code(scope) for scope in entity.scopes[1:]]
    by_id = [nested for nested in NESTED_LISTS if nested.by_id and nested.parent is entity]
    notes = [
        "" if reading.selected_by_default else "not selected by default",
        code(reading.hidden_parameter or ""),
        f"or {', '.join(f'{scope[:-1]}.read`' for scope in others)}" if others else "",
        *(f"without {code(each.path[0])}, see {code(each.stream)}" for each in by_id),
        note,
    ]
    return [
        code(stream),
        code(entity.id_field or "") or "none",
        runs,
        sizes.get(reading.paging, "100"),
        code(entity.read_scope),
        "; ".join(filter(None, notes)),
    ]


def personal_fields() -> str:
    """The fields with personal data; streams that have the same ones share a row."""
    streams_by_fields: dict[frozenset[str], list[str]] = {}
    for entity in OTHER_ENTITIES:
        if entity.personal:
            streams_by_fields.setdefault(entity.personal, []).append(entity.stream)
    rows = [
        [", ".join(map(code, streams)), ", ".join(map(code, sorted(fields)))]
        for fields, streams in streams_by_fields.items()
    ]
    return table(["streams", "fields"], rows)


def entities() -> str:
    """How target-xero writes the entities of the Accounting API."""
    rows = [
        [
            entity.name,
            "PUT" if entity.writing.create_route is Route.PUT else "PUT or POST",
            _update(entity.writing),
            _found_by(entity.writing),
            str(records_a_call(entity.writing)),
            _removal(entity.writing.removal),
        ]
        for entity in ENTITIES
        if entity.writing
    ]
    return table(["entity", "create", "update", "found by", "records a call", "remove"], rows)


def _update(writing: WriteSpec) -> str:
    if not writing.updates or writing.caller_assigns_id:
        return NONE
    return "POST" if Route.POST in writing.routes else "POST one"


def _found_by(writing: WriteSpec) -> str:
    only = " (sales only)" if writing.match_only_types else ""
    return f"{', '.join(writing.match_fields)}{only}"


def _removal(removal: Removal | None) -> str:
    if removal is None:
        return NONE
    default = f"{removal.status_field} {removal.default_status}"
    if removal.uses_delete:
        return f"DELETE verb, else {default}" if removal.default_status else "DELETE verb"
    by_status = [f"{old} → {new}" for old, new in removal.status_by_current.items()]
    return ", ".join(by_status) or default


def other_entities() -> str:
    """How target-xero writes the entities of the other APIs."""
    rows = [
        [
            code(entity.stream),
            _change(entity.writing),
            _other_removal(entity.writing.removal),
            ", ".join(map(code, entity.parent_fields)) or NONE,
            entity.write_scope or "",
        ]
        for entity in OTHER_ENTITIES
        if entity.writing
    ]
    return table(["stream", "change", "remove", "parent", "scope"], rows)


def _change(writing: WriteSpec) -> str:
    if not writing.updates:
        return NONE
    route = writing.update_route or writing.create_route
    if writing.status_route is None:
        return route.method
    return f"{route.method}, {code('status')} by {writing.status_route.method}"


def _other_removal(removal: Removal | None) -> str:
    if removal is None:
        return NONE
    if removal.uses_delete:
        return "DELETE"
    return f"{code(removal.status_field)} {removal.default_status}"


TABLES: Mapping[str, Callable[[], str]] = {
    "settings of tap-xero": partial(settings_table, "tap-xero"),
    "settings of target-xero": partial(settings_table, "target-xero"),
    "streams": streams,
    "personal data": personal_fields,
    "entities": entities,
    "entities of other APIs": other_entities,
}
