"""The files of the command line options --state and --catalog, read and checked."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import IO, Any

import msgspec
from singer_sdk.singerlib.catalog import REPLICATION_FULL_TABLE, REPLICATION_INCREMENTAL

from tap_xero.state import ORGANISATIONS
from xero_client.errors import SettingsError
from xero_client.json_value import Json
from xero_client.names import did_you_mean

logger = logging.getLogger("tap-xero")

# Some editors write it at the beginning of a file.
BYTE_ORDER_MARK = "\ufeff"
# What holds the state in the output of `meltano state get`.
MELTANO_STATE = "singer_state"
# A state without bookmarks may have this, from a tap that began its first stream.
CURRENT_STREAM = "currently_syncing"


def read_state(file: IO[str] | None) -> dict[str, Any] | None:
    """The state of an earlier run. Of a whole STATE message, the value is used.

    Of what ``meltano state get`` prints, the part of the tap is used.

    Raises:
        SettingsError: The file does not hold a state.
    """
    if file is None:
        return None
    state = _read_json("--state", file)
    if isinstance(state, dict) and state.get("type") == "STATE" and "value" in state:
        logger.info("%s holds a STATE message; using its value", file.name)
        state = state["value"]
    if isinstance(state, dict) and "bookmarks" not in state and MELTANO_STATE in state:
        logger.info("%s holds a state as Meltano shows it; using its %s", file.name, MELTANO_STATE)
        state = state[MELTANO_STATE]
    if state is None:
        return {}
    problem = _problem_of_state(state)
    if problem:
        message = (
            f"The file {file.name!r} of --state is not a state of this tap: {problem}. "
            "Give the value of a STATE message, or omit --state to read everything"
        )
        raise SettingsError(message)
    checked: dict[str, Any] = state
    return checked


def read_catalog(
    file: IO[str] | None, known: Collection[str], custom: Collection[str] = ()
) -> dict[str, Any] | None:
    """The catalog, without the streams that it says are not selected.

    Args:
        file: The file of ``--catalog``.
        known: The names of all streams.
        custom: The names of custom streams, whose schema may be known from the catalog only.

    Raises:
        SettingsError: The file does not hold a catalog, or selects a stream that does not exist.
    """
    if file is None:
        return None
    catalog = _read_json("--catalog", file)
    problem = _problem_of_catalog(catalog, custom)
    if problem:
        message = (
            f"The file {file.name!r} of --catalog is not a catalog: {problem}. Make one with "
            "`tap-xero --discover`"
        )
        raise SettingsError(message)
    for stream in catalog["streams"]:
        name = stream["tap_stream_id"]
        if name not in known and _is_selected(stream):
            message = (
                f"The catalog {file.name!r} selects {name!r}, which is not a stream"
                f"{did_you_mean(name, known)}"
            )
            raise SettingsError(message)
    streams = [
        stream
        for stream in catalog["streams"]
        if stream["tap_stream_id"] in custom or not _is_left_out(stream)
    ]
    return {**catalog, "streams": streams}


def _problem_of_catalog(catalog: object, custom: Collection[str]) -> str:
    """What is wrong with the structure of a catalog; empty if it is valid.

    A catalog of all streams is large, so streams that are left out are not looked into.
    """
    streams = catalog.get("streams") if isinstance(catalog, dict) else None
    if not isinstance(streams, list):
        return "it has no list of 'streams'"
    for number, stream in enumerate(streams, 1):
        if not isinstance(stream, dict) or not isinstance(stream.get("tap_stream_id"), str):
            return f"its stream {number} has no 'tap_stream_id'"
        name = stream["tap_stream_id"]
        if name not in custom and _is_left_out(stream):
            continue
        problem = _problem_of_stream(stream)
        if problem:
            return f"{problem} (stream {name!r})"
    return ""


def _problem_of_stream(stream: dict[str, Any]) -> str:
    if not _is_schema(stream.get("schema", {})):
        return "a 'schema' is not a JSON Schema"
    if not _has_texts(stream, ("stream", "replication_key", "replication_method")):
        return "a name, 'replication_key' or 'replication_method' is not a text"
    if stream.get("stream") not in (None, stream["tap_stream_id"]):
        return "'stream' is not the 'tap_stream_id'"
    if problem := _problem_of_key(stream):
        return problem
    metadata = stream.get("metadata", [])
    if not isinstance(metadata, list) or not all(map(_is_metadata, metadata)):
        return "'metadata' is not a list of objects with a breadcrumb and metadata"
    return _problem_of_selection(stream, metadata) or _problem_of_method(stream, metadata)


def _problem_of_selection(stream: dict[str, Any], metadata: Iterable[dict[str, Any]]) -> str:
    """What is wrong with the selection: a misspelled field, not selected, would be written."""
    schema = stream.get("schema", {})
    for entry in metadata:
        selected = entry["metadata"].get("selected")
        if not isinstance(selected, bool | None):
            return f"'selected' is {selected!r}, which is neither true nor false"
        if selected is False and schema.get("properties"):
            part: Any = schema
            for name in entry["breadcrumb"]:
                part = part.get(name) if isinstance(part, dict) else None
            if part is None:
                return f"'metadata' deselects {entry['breadcrumb']}, which is not in 'schema'"
    return ""


def _problem_of_method(stream: dict[str, Any], metadata: Iterable[dict[str, Any]]) -> str:
    """What is wrong with the replication method: another text would count as INCREMENTAL."""
    forced = [entry["metadata"].get("forced-replication-method") for entry in metadata]
    for method in (stream.get("replication_method"), *forced):
        if method and method not in (REPLICATION_FULL_TABLE, REPLICATION_INCREMENTAL):
            return (
                f"the replication method {method!r} is neither {REPLICATION_FULL_TABLE} nor "
                f"{REPLICATION_INCREMENTAL}"
            )
    return ""


def _problem_of_key(stream: dict[str, Any]) -> str:
    key = stream.get("key_properties")
    if not _is_list_of_texts(key):
        return "'key_properties' is not a list of names"
    properties = stream.get("schema", {}).get("properties")
    missing = [name for name in key or () if properties and name not in properties]
    return f"'key_properties' has {missing[0]!r}, which is not in 'schema'" if missing else ""


def _is_metadata(entry: object) -> bool:
    if not isinstance(entry, dict) or not isinstance(metadata := entry.get("metadata"), dict):
        return False
    breadcrumb = entry.get("breadcrumb")
    names = ("replication-key", "forced-replication-method", "inclusion")
    return (
        isinstance(breadcrumb, list)
        and _is_list_of_texts(breadcrumb)
        and _has_texts(metadata, names)
        and _is_list_of_texts(metadata.get("table-key-properties"))
        and metadata.get("inclusion") in (None, "available", "automatic", "unsupported")
    )


def _is_schema(schema: object) -> bool:
    if not isinstance(schema, dict):
        return False
    properties = schema.get("properties")
    parts: list[object] = [] if schema.get("items") is None else [schema["items"]]
    if isinstance(properties, dict):
        parts += properties.values()
    elif properties is not None:
        return False
    kind = schema.get("type")
    return (isinstance(kind, str) or _is_list_of_texts(kind)) and all(map(_is_schema, parts))


def _has_texts(found: dict[str, Any], names: Iterable[str]) -> bool:
    return all(isinstance(found.get(name), str | None) for name in names)


def _is_list_of_texts(value: object) -> bool:
    """Whether it is a list of texts, or null."""
    if value is None:
        return True
    return isinstance(value, list) and all(isinstance(member, str) for member in value)


def _is_selected(stream: Mapping[str, Any]) -> bool:
    return stream.get("selected") is True or _has_selected(stream, choice=True)


def _is_left_out(stream: Mapping[str, Any]) -> bool:
    """Whether a catalog says that a stream is not selected."""
    return _has_selected(stream, choice=False) and not _is_selected(stream)


def _has_selected(stream: Mapping[str, Any], *, choice: bool) -> bool:
    """Whether the metadata of a stream, in whatever form, has this value of ``selected``."""
    metadata = stream.get("metadata")
    return isinstance(metadata, list) and any(
        isinstance(entry, dict)
        and not entry.get("breadcrumb")
        and isinstance(entry.get("metadata"), dict)
        and entry["metadata"].get("selected") is choice
        for entry in metadata
    )


def _problem_of_state(state: object) -> str:
    """What is wrong with the structure of a state; empty if it is valid."""
    if not isinstance(state, dict):
        return "it is not an object"
    if "bookmarks" not in state and state.keys() - {CURRENT_STREAM}:
        return "it has no 'bookmarks'"
    bookmarks = state.get("bookmarks", {})
    if not isinstance(bookmarks, dict):
        return "'bookmarks' is not an object"
    problems = (_problem_of_bookmark(stream, found) for stream, found in bookmarks.items())
    return next(filter(None, problems), "")


def _problem_of_bookmark(stream: str, bookmark: object) -> str:
    if not isinstance(bookmark, dict):
        return f"the bookmark of {stream} is not an object"
    partitions = bookmark.get("partitions", [])
    if not isinstance(partitions, list) or not all(map(_is_partition, partitions)):
        return f"'partitions' of {stream} is not a list of objects with a context"
    organisations = bookmark.get(ORGANISATIONS, {})
    if not isinstance(organisations, dict) or not all(
        isinstance(state, dict) for state in organisations.values()
    ):
        return f"{ORGANISATIONS!r} of {stream} is not an object of objects"
    if not all(map(_has_progress_markers, [bookmark, *partitions])):
        return f"the 'progress_markers' of {stream} are not an object"
    return ""


def _is_partition(partition: object) -> bool:
    return isinstance(partition, dict) and isinstance(partition.get("context"), dict)


def _has_progress_markers(bookmark: dict[str, Any]) -> bool:
    """Whether singer-sdk's notes of an unfinished read are an object, if there are any."""
    return isinstance(bookmark.get("progress_markers", {}), dict)


def _read_json(option: str, file: IO[str]) -> Json:
    try:
        text = file.read().removeprefix(BYTE_ORDER_MARK)
        if not text.strip():
            message = (
                f"The file {file.name!r} of {option} is empty: omit {option}, or fill the file"
            )
            raise SettingsError(message)
        with suppress(ValueError, RecursionError):
            return msgspec.json.decode(text)
        # It also takes NaN, and its errors say where they are.
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        hint = ". Give one value: of several lines, the last one" if "Extra" in str(error) else ""
        message = f"The file {file.name!r} of {option} is not JSON: {error}{hint}"
        raise SettingsError(message) from None
