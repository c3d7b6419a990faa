"""The scopes that a run needs: for what it writes, and for what it looks up before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.build.destinations.destination import ChildDestination, EntityDestination
from target_xero.build.destinations.names import destination_of
from target_xero.build.references.record_references import named_entities
from target_xero.build.streams.stream_rule import StreamRule
from xero_client.entities.access.scopes import ATTACHMENTS_SCOPE
from xero_client.entities.table import BY_NAME, BY_TITLE, ENTITIES, write_scopes

# Tax rates, accounts, items, themes and tracking options may stand in a record by name.
NAMES_SCOPE = BY_NAME["Accounts"].read_scope


def needed_scopes(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The scopes that the configured entities need.

    If no entity is configured, or a path that the entity table does not have, these are the scopes
    of all entities, without the restricted ones that most apps may not ask for.
    """
    ordinary = write_scopes(tuple(entity for entity in ENTITIES if not entity.no_read_scope))
    everything = tuple(sorted({*ordinary, ATTACHMENTS_SCOPE}))
    scopes = set()
    for stream in config.get("streams") or {}:
        rule = StreamRule.from_config(stream, config)
        scope = destination_of(rule.entity, rule.path).scope
        if scope is None:
            return everything
        scopes.add(scope)
    return tuple(sorted(scopes)) or everything


def look_up_scopes(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The scopes for reading what records of the configured entities name: codes, parents.

    An app may lack them, if its records name nothing.
    """
    scopes = set()
    for stream in config.get("streams") or {}:
        scopes |= look_up_scopes_of(StreamRule.from_config(stream, config))
    written = needed_scopes(config)
    return tuple(sorted(scope for scope in scopes if scope.removesuffix(".read") not in written))


def look_up_scopes_of(rule: StreamRule) -> set[str]:
    """The scopes for reading what the records of one stream name, and the records themselves.

    Args:
        rule: How the stream is published.
    """
    destination = destination_of(rule.entity, rule.path)
    scopes = {BY_TITLE[entity].read_scope for entity in named_entities(destination.shape)}
    if isinstance(destination, EntityDestination):
        if not destination.entity.is_of_other_api:
            scopes.add(NAMES_SCOPE)
        scopes.add(destination.entity.read_scope)
    elif isinstance(destination, ChildDestination):
        scopes |= {NAMES_SCOPE, destination.parent.read_scope}
    return scopes
