"""Items of the publish log as JSON and back, so that apply sends what the plan shows."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from target_xero.build.destinations.destination import (
    ChildDestination,
    Destination,
    EntityDestination,
    RawDestination,
)
from target_xero.build.destinations.routes import Action
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Provenance
from target_xero.build.references.match_keys import MatchKey, Overwrite
from target_xero.build.references.parents import ParentKey
from target_xero.build.references.record_references import LineReference, RecordReference
from target_xero.delivery.items import Item
from xero_client.entities.children import CHILDREN
from xero_client.entities.table import BY_TITLE
from xero_client.http import wire
from xero_client.http.transport import JSON

Json = dict[str, Any]


def json_of_item(item: Item) -> Json:
    """An item as JSON."""
    return {
        "fingerprint": item.fingerprint,
        "identity": item.identity,
        "locks": sorted(item.locks),
        "shared_locks": sorted(item.shared_locks),
        "digest": item.digest,
        "document": item.document,
        "source_key": item.source_key,
        "follows_key": item.follows_key,
        "provenance": _json_of_provenance(item.provenance),
        "publication": _json_of_publication(item.publication),
    }


def item_from_json(content: Mapping[str, Any]) -> Item:
    """The item in JSON of ``json_of_item``."""
    return Item(
        _publication(content["publication"]),
        _provenance(content["provenance"]),
        content["fingerprint"],
        content["identity"],
        locks=frozenset(content["locks"]),
        shared_locks=frozenset(content["shared_locks"]),
        digest=content["digest"],
        document=content["document"],
        source_key=content.get("source_key"),
        follows_key=content["follows_key"],
    )


def _json_of_provenance(provenance: Provenance) -> Json:
    return {
        "stream": provenance.stream,
        "messages": [message.decode(errors="replace") for message in provenance.messages],
        "key": dict(provenance.key),
        "singer_key": list(provenance.singer_key),
        "subject_key": list(provenance.subject_key),
        "content_key": list(provenance.content_key),
        "is_group": provenance.is_group,
        "is_row": provenance.is_row,
        "is_deleted": provenance.is_deleted,
        "origin": provenance.origin,
        "occurrence": provenance.occurrence,
        "tap_stream": provenance.tap_stream,
    }


def _provenance(content: Mapping[str, Any]) -> Provenance:
    return Provenance(
        content["stream"],
        tuple(message.encode() for message in content["messages"]),
        key=content["key"],
        singer_key=tuple(content["singer_key"]),
        subject_key=tuple(content["subject_key"]),
        content_key=tuple(content["content_key"]),
        is_group=content["is_group"],
        is_row=content["is_row"],
        is_deleted=content.get("is_deleted", False),
        origin=content["origin"],
        occurrence=content["occurrence"],
        tap_stream=content["tap_stream"],
    )


def _json_of_publication(publication: Publication) -> Json:
    parent_key = publication.parent_key
    return {
        "destination": _json_of_destination(publication.destination),
        "action": publication.action.name,
        "method": publication.method,
        "path": publication.path,
        "params": publication.params,
        "content": _json_of_content(publication),
        "fields": publication.fields,
        "record_id": publication.record_id,
        "natural_keys": publication.natural_keys,
        "possible_keys": publication.possible_keys,
        "match_keys": publication.match_keys,
        "looks_up_first": publication.looks_up_first,
        "overwrite": publication.overwrite.value if publication.overwrite else None,
        "matched_by_natural_key": publication.matched_by_natural_key,
        "in_list": publication.in_list,
        "batch_limit": publication.batch_limit,
        "content_type": publication.content_type,
        "parent": publication.parent,
        "warnings": publication.warnings,
        "collection": publication.collection,
        "list_path": publication.list_path,
        "own_path": publication.own_path,
        "found_by": publication.found_by,
        "parent_key": parent_key
        and {"entity": parent_key.entity.title, "fields": parent_key.fields},
        "references": [asdict(reference) for reference in publication.references],
    }


def _publication(content: Mapping[str, Any]) -> Publication:
    overwrite, parent_key = content["overwrite"], content["parent_key"]
    return Publication(
        _destination(content["destination"]),
        Action[content["action"]],
        content["method"],
        content["path"],
        params=_pairs(content["params"]),
        content=_content(content["content"], content["fields"]),
        fields=content["fields"],
        record_id=content["record_id"],
        natural_keys=_pairs(content["natural_keys"]),
        possible_keys=_pairs(content["possible_keys"]),
        match_keys=tuple(map(_pairs, content["match_keys"])),
        looks_up_first=content["looks_up_first"],
        overwrite=Overwrite(overwrite) if overwrite else None,
        matched_by_natural_key=content["matched_by_natural_key"],
        in_list=content["in_list"],
        batch_limit=content["batch_limit"],
        content_type=content["content_type"],
        parent=content["parent"],
        warnings=tuple(content["warnings"]),
        collection=content.get("collection", ""),
        list_path=content.get("list_path", ""),
        own_path=content.get("own_path", ""),
        found_by=tuple(content.get("found_by", ())),
        parent_key=ParentKey(BY_TITLE[parent_key["entity"]], _pairs(parent_key["fields"]))
        if parent_key
        else None,
        references=tuple(map(_reference, content.get("references") or ())),
    )


def _reference(content: Mapping[str, Any]) -> RecordReference:
    line = content["line"]
    return RecordReference(
        content["entity"],
        _pairs(content["key"]),
        tuple(tuple(path) for path in content["named_at"]),
        tuple(content["id_path"]),
        line and LineReference(line["description"], tuple(line["id_path"])),
        content.get("in_list", ""),
        content.get("in_path", ""),
    )


def _json_of_destination(destination: Destination) -> Json:
    if isinstance(destination, EntityDestination):
        kind = "entity"
    else:
        kind = "child" if isinstance(destination, ChildDestination) else "path"
    return {kind: destination.name, "is_single_record": destination.is_single_record}


def _destination(content: Mapping[str, Any]) -> Destination:
    is_single_record = content["is_single_record"]
    if "entity" in content:
        return EntityDestination(BY_TITLE[content["entity"]], is_single_record)
    if "child" in content:
        return ChildDestination(CHILDREN[content["child"]], is_single_record)
    return RawDestination(content["path"])


def _pairs(content: Sequence[Sequence[str]]) -> MatchKey:
    return tuple((str(name), str(value)) for name, value in content)


def _json_of_content(publication: Publication) -> Json:
    """The body: the fields, another text, or bytes."""
    content = publication.content
    if content is None:
        return {"is": "nothing"}
    if publication.content_type != JSON:
        return {"is": "bytes", "base64": base64.b64encode(content).decode()}
    if content == wire.encode(publication.fields):
        return {"is": "fields"}
    return {"is": "text", "text": content.decode()}


def _content(content: Mapping[str, Any], fields: Mapping[str, Any]) -> bytes | None:
    if content["is"] == "nothing":
        return None
    if content["is"] == "bytes":
        return base64.b64decode(content["base64"])
    return wire.encode(fields) if content["is"] == "fields" else str(content["text"]).encode()
