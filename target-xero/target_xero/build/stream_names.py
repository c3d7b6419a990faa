"""Finds streams that the setting ``streams`` means, but does not name: a misspelled name there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from typing import Any

from target_xero.build.destinations import destination_of
from xero_client.errors import SettingsError
from xero_client.settings.nearest_name import nearest_name

# How like a configured name a stream's name must be to count as a misspelling of it.
STREAM_LIKENESS = 0.8
_GLOB = frozenset("*?[")


def check_stream_name(stream: str, config: Mapping[str, Any], seen: Collection[str]) -> None:
    """Checks that the settings of a stream are not under a misspelled name.

    The settings of ``invoice`` would have no effect on the stream ``invoices``.

    Args:
        stream: The stream that comes.
        config: The target's configuration.
        seen: The streams that came before it. Their settings are not meant for this one.

    Raises:
        SettingsError: The setting ``streams`` does not name the stream, but a name that is like it.
    """
    configured: Mapping[str, Any] = config.get("streams") or {}
    if any(name == stream or fnmatchcase(stream, name) for name in configured):
        return
    own = destination_of(stream)
    candidates = []
    for name in configured:
        other = destination_of(name)
        means_another = not own.is_generic and not other.is_generic and own != other
        if name not in seen and not means_another and _GLOB.isdisjoint(name):
            candidates.append(name)
    nearest = nearest_name(stream, candidates, STREAM_LIKENESS)
    if nearest is not None:
        message = (
            f"Setting 'streams' names {nearest!r}, but the stream is called {stream!r}. Change the "
            f"name in 'streams'; if they are different streams, add {stream!r}: {{}} to 'streams'"
        )
        raise SettingsError(message)
