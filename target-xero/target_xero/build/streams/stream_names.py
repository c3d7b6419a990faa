"""Finds streams that the setting ``streams`` means, but does not name: a misspelled name there."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase

from target_xero.build.destinations.destination import EntityDestination, RawDestination
from target_xero.build.destinations.names import destination_of, entity_names, nearest_entity_names
from target_xero.build.streams.stream_rule import StreamRule
from xero_client.entities.children import CHILDREN
from xero_client.entities.table import ENTITIES
from xero_client.errors import SettingsError
from xero_client.names import nearest_name

# From this likeness on, the name of a stream counts as a misspelling of a configured name.
STREAM_LIKENESS = 0.8
_GLOB = frozenset("*?[")


def check_stream_name(
    stream: str, setting: str, configured: Collection[str], seen: Collection[str]
) -> None:
    """Checks that what a setting says of a stream is not under a misspelled name.

    The settings of ``invoice`` would have no effect on the stream ``invoices``.

    Args:
        stream: The stream that comes.
        setting: The setting: ``streams`` or ``stream_maps``.
        configured: The names and globs of streams in it.
        seen: The streams that came before it. Their settings are not meant for this one.

    Raises:
        SettingsError: The setting does not name the stream, but a name that is like it.
    """
    nearest = _misspelled_stream(stream, configured, seen)
    if nearest is not None:
        message = (
            f"Setting {setting!r} names {nearest!r}, but the stream is called {stream!r}. Change "
            f"the name in {setting!r}; if they are different streams, add {stream!r}: {{}} to "
            f"{setting!r}"
        )
        raise SettingsError(message)


def _misspelled_stream(
    stream: str, configured: Collection[str], seen: Collection[str]
) -> str | None:
    """The configured name that is a misspelling of a stream; None if there is none.

    Args:
        stream: The stream that comes.
        configured: The names and globs of streams in a setting.
        seen: The streams that came before it. Their names are not meant for this one.
    """
    if any(name == stream or fnmatchcase(stream, name) for name in configured):
        return None
    own = destination_of(stream)
    is_known = not isinstance(own, RawDestination)
    candidates = []
    for name in configured:
        other = destination_of(name)
        means_another = is_known and not isinstance(other, RawDestination) and own != other
        if name not in seen and not means_another and _GLOB.isdisjoint(name):
            candidates.append(name)
    return nearest_name(stream, candidates, STREAM_LIKENESS)


def check_stream_destination(rule: StreamRule) -> None:
    """Checks that it is known where the records of a stream go.

    The name of an entity or of a child counts in any case, with or without underscores, in the
    plural or the singular: ``invoices``, ``TaxRate``, ``contacts_attachments``.

    Raises:
        SettingsError: The stream's name is not an entity's, and its settings do not say where its
            records go.
    """
    if rule.names_entity and rule.path is None:
        _check_entity(rule)
    if rule.names_entity or rule.path is not None or rule.envelope_paths:
        return
    if not isinstance(destination_of(rule.stream), RawDestination):
        return
    nearest = nearest_entity_names(rule.stream)
    hint = f" (the nearest are {nearest})" if nearest else ""
    message = (
        f"Stream {rule.stream!r} does not have the name of one of Xero's entities{hint}: set its "
        f"'entity' in 'streams', as in {{{rule.stream!r}: {{'entity': 'Invoices'}}}}, its 'path' "
        "if Xero has it and this target does not know it, or do not select the stream in the tap"
    )
    raise SettingsError(message)


def _check_entity(rule: StreamRule) -> None:
    """Checks that a setting ``entity`` is not a misspelled name: ``Invoices/Histori``.

    Raises:
        SettingsError: It is not the name of an entity, but is close to one.
    """
    name = rule.entity
    if name.startswith(("/", "http")) or ".xro/" in name or "{" in name:
        return
    destination = destination_of(name)
    is_id = isinstance(destination, EntityDestination) and destination.is_single_record
    if not isinstance(destination, RawDestination) and not is_id:
        return
    titles = [*CHILDREN, *(entity.name for entity in ENTITIES), *entity_names()]
    nearest = nearest_name(name, titles, STREAM_LIKENESS)
    if nearest is not None:
        message = (
            f"Setting 'streams.{rule.stream}.entity': {name!r} is not one of Xero's entities: did "
            f"you mean {nearest!r}? A path that this target does not know goes into 'path'"
        )
        raise SettingsError(message)
