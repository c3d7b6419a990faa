"""The files that are given on the command line: the state and the catalog, checked."""

from __future__ import annotations

import json
import logging
from typing import IO, Any

from xero_client.errors import SettingsError

logger = logging.getLogger("tap-xero")


def state_in(file: IO[str] | None) -> dict[str, Any] | None:
    """The state of an earlier run; a whole STATE message is taken for its value.

    Raises:
        SettingsError: The file holds no state.
    """
    if file is None:
        return None
    state = _json_in("--state", file)
    if isinstance(state, dict) and state.get("type") == "STATE" and "value" in state:
        logger.info("%s holds a STATE message; taking its value", file.name)
        state = state["value"]
    if state is None:
        return {}
    problem = _problem_of(state)
    if problem:
        message = (
            f"The file {file.name!r} of --state is no state of this tap: {problem}. Give the value "
            "of a STATE message, or leave --state out to read everything"
        )
        raise SettingsError(message)
    found: dict[str, Any] = state
    return found


def catalog_in(file: IO[str] | None) -> dict[str, Any] | None:
    """The catalog.

    Raises:
        SettingsError: The file holds no catalog.
    """
    if file is None:
        return None
    catalog = _json_in("--catalog", file)
    streams = catalog.get("streams") if isinstance(catalog, dict) else None
    sound = isinstance(streams, list) and all(
        isinstance(one, dict) and isinstance(one.get("tap_stream_id"), str) for one in streams
    )
    if not sound:
        message = (
            f"The file {file.name!r} of --catalog is no catalog, which has a list of streams, each "
            "with a tap_stream_id: make one with `tap-xero --discover`"
        )
        raise SettingsError(message)
    found: dict[str, Any] = catalog
    return found


def _problem_of(state: object) -> str:
    """What is wrong with the shape of a state; empty where nothing is."""
    if not isinstance(state, dict):
        return "it is no object"
    bookmarks = state.get("bookmarks", {})
    if not isinstance(bookmarks, dict):
        return "'bookmarks' is no object"
    for stream, bookmark in bookmarks.items():
        if not isinstance(bookmark, dict):
            return f"the bookmark of {stream} is no object"
        partitions = bookmark.get("partitions", [])
        if not isinstance(partitions, list) or not all(map(_is_partition, partitions)):
            return f"'partitions' of {stream} is no list of objects, each with its context"
    return ""


def _is_partition(partition: object) -> bool:
    return isinstance(partition, dict) and isinstance(partition.get("context"), dict)


def _json_in(option: str, file: IO[str]) -> Any:  # noqa: ANN401  # any JSON
    try:
        return json.load(file)
    except ValueError as error:
        message = f"The file {file.name!r} of {option} is not JSON: {error}"
        raise SettingsError(message) from None
