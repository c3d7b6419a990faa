"""The setting ``custom_streams``: the row of the entity table that each stream gets from it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tap_xero.custom.checks import (
    check_bookmark,
    check_place_taken,
    checked_paging,
    checked_path,
    path_in_table,
)
from tap_xero.custom.options import CustomStream
from tap_xero.custom.schemas import checked_schema
from tap_xero.records.schemas.types import Schema
from tap_xero.requests.parameters import StreamSettings
from xero_client.entities.access.scopes import scope_of_custom_stream
from xero_client.entities.field_types import shape
from xero_client.entities.table import Entity, ReadSpec
from xero_client.errors import SettingsError
from xero_client.settings.settings_schema import convert_settings

DEFAULT_PAGE_SIZE = 100
_PAGE_PARAMETERS = {"none": "page", "page": "page", "offset": "offset"}


@dataclass(frozen=True)
class CustomStreamSettings:
    """One stream of the setting ``custom_streams``.

    Attributes:
        entity: The stream as a row of the entity table.
        requests: Its request parameters and page size.
        schema: The schema of a record; None if it is to be inferred.
    """

    entity: Entity
    requests: StreamSettings
    schema: Schema | None


def custom_streams(
    config: Mapping[str, Any], base_uri: str, known: Collection[str]
) -> Iterator[CustomStreamSettings]:
    """The streams of the setting.

    One with the name of a built-in stream takes the place of that stream.

    Args:
        config: The tap's configuration.
        base_uri: The setting.
        known: The names of the built-in streams.

    Raises:
        SettingsError: A stream has the name of another list, or one of its settings is invalid.
    """
    for name, values in (config.get("custom_streams") or {}).items():
        section = f"custom_streams.{name}"
        if not name.replace("-", "_").isidentifier() or not name.isascii():
            message = f"Setting '{section}': a name has letters, digits and underscores only"
            raise SettingsError(message)
        custom = convert_settings(values, CustomStream, section)
        found = _settings_of(name, section, custom, base_uri)
        if name in known:
            check_place_taken(section, name, path_in_table(found.entity.path, base_uri))
        yield found


def _settings_of(
    name: str, section: str, custom: CustomStream, base_uri: str
) -> CustomStreamSettings:
    replication_key = custom.replication_key or None
    keys = tuple(custom.key_properties or ())
    if len(set(keys)) < len(keys):
        message = f"Setting '{section}.key_properties' names a field twice"
        raise SettingsError(message)
    page_size = custom.page_size or DEFAULT_PAGE_SIZE
    path = checked_path(section, custom.path, base_uri)
    paging = checked_paging(section, path_in_table(path, base_uri), custom)
    check_bookmark(section, custom)
    scope = scope_of_custom_stream(custom.scope, path)
    entity = Entity(
        name,
        name,
        keys[0] if len(keys) == 1 else None,
        (scope,) if scope else (),
        ReadSpec(
            paging,
            replication_key,
            modified_since=custom.modified_since,
            full_table=replication_key is None,
            page_parameter=custom.page_parameter or _PAGE_PARAMETERS[custom.paging],
            size_parameter=custom.page_size_parameter or "pageSize",
            max_page_size=page_size,
        ),
        # Its schema says which fields it has.
        fields=shape(),
        path=path,
        records=tuple(custom.records.split(".")) if custom.records else (),
        keys=keys,
        no_read_scope=True,
    )
    schema = custom.schema
    return CustomStreamSettings(
        entity,
        StreamSettings(name, custom.params, page_size=page_size, is_custom=True),
        None if schema is None else checked_schema(f"{section}.schema", schema, entity),
    )
