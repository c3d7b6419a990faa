"""The files of the command line options --state and --catalog, read and checked."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping
from typing import IO, Any

from xero_client.errors import SettingsError
from xero_client.settings.nearest_name import did_you_mean

logger = logging.getLogger("tap-xero")


def read_state(file: IO[str] | None) -> dict[str, Any] | None:
    """The state of an earlier run. Of a whole STATE message, the value is used.

    Raises:
        SettingsError: The file does not hold a state.
    """
    if file is None:
        return None
    state = _read_json("--state", file)
    if isinstance(state, dict) and state.get("type") == "STATE" and "value" in state:
        logger.info("%s holds a STATE message; using its value", file.name)
        state = state["value"]
    if state is None:
        return {}
    problem = _problem_of(state)
    if problem:
        message = (
            f"The file {file.name!r} of --state is not a state of this tap: {problem}. "
            "Give the value of a STATE message, or omit --state to read everything"
        )
        raise SettingsError(message)
    checked: dict[str, Any] = state
    return checked


def read_catalog(file: IO[str] | None, known: Collection[str]) -> dict[str, Any] | None:
    """The catalog.

    Args:
        file: The file of ``--catalog``.
        known: The names of all streams.

    Raises:
        SettingsError: The file does not hold a catalog, or selects a stream that does not exist.
    """
    if file is None:
        return None
    catalog = _read_json("--catalog", file)
    streams = catalog.get("streams") if isinstance(catalog, dict) else None
    if not isinstance(streams, list) or not all(
        isinstance(stream, dict) and isinstance(stream.get("tap_stream_id"), str)
        for stream in streams
    ):
        message = (
            f"The file {file.name!r} of --catalog is not a catalog. A catalog has a list of "
            "streams, each with a tap_stream_id: make one with `tap-xero --discover`"
        )
        raise SettingsError(message)
    for stream in streams:
        name = stream["tap_stream_id"]
        if name not in known and _is_selected(stream):
            message = (
                f"The catalog {file.name!r} selects {name!r}, which is not a stream"
                f"{did_you_mean(name, known)}"
            )
            raise SettingsError(message)
    checked: dict[str, Any] = catalog
    return checked


def _is_selected(stream: Mapping[str, Any]) -> bool:
    if stream.get("selected") is True:
        return True
    metadata = stream.get("metadata")
    return isinstance(metadata, list) and any(
        isinstance(entry, dict)
        and not entry.get("breadcrumb")
        and isinstance(entry.get("metadata"), dict)
        and entry["metadata"].get("selected") is True
        for entry in metadata
    )


def _problem_of(state: object) -> str:
    """What is wrong with the structure of a state; empty if nothing is."""
    if not isinstance(state, dict):
        return "it is not an object"
    bookmarks = state.get("bookmarks", {})
    if not isinstance(bookmarks, dict):
        return "'bookmarks' is not an object"
    for stream, bookmark in bookmarks.items():
        if not isinstance(bookmark, dict):
            return f"the bookmark of {stream} is not an object"
        partitions = bookmark.get("partitions", [])
        if not isinstance(partitions, list) or not all(map(_is_partition, partitions)):
            return f"'partitions' of {stream} is not a list of objects with a context"
    return ""


def _is_partition(partition: object) -> bool:
    return isinstance(partition, dict) and isinstance(partition.get("context"), dict)


def _read_json(option: str, file: IO[str]) -> Any:  # noqa: ANN401  # any JSON
    try:
        return json.load(file)
    except ValueError as error:
        message = f"The file {file.name!r} of {option} is not JSON: {error}"
        raise SettingsError(message) from None
