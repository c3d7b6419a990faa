"""The setting ``custom_streams``: its type, and the row that each stream gets from it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from tap_xero.custom.schemas import checked_schema
from tap_xero.records.schemas.types import Schema
from tap_xero.requests.parameters import PageSize, Params, StreamSettings
from xero_client.entities.access.scopes import scope_of_custom_stream
from xero_client.entities.field_types import shape
from xero_client.entities.table import ALL_BY_STREAM, Entity, Paging, ReadSpec
from xero_client.errors import SettingsError
from xero_client.settings.connection_settings import origin_of
from xero_client.settings.settings_schema import convert_settings

DEFAULT_PAGE_SIZE = 100
# The rows of the lists by path, which some payrolls share.
_ROWS = {row.path.casefold(): row for row in ALL_BY_STREAM.values() if row.parent is None}
_PAGING = {"none": Paging.NONE, "page": Paging.UNORDERED, "offset": Paging.RECORD_OFFSET}


class CustomStream(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the setting ``custom_streams`` says of a stream."""

    path: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            description=(
                "The path below base_uri, or that of another API: /projects.xro/2.0/Projects."
            ),
        ),
    ]
    records: Annotated[
        str | None,
        msgspec.Meta(
            description=(
                "The key of the records in the response, with dots for keys inside it. Default: "
                "the response itself is the list, or the one record."
            )
        ),
    ] = None
    key_properties: Annotated[
        list[str] | None,
        msgspec.Meta(description="The fields that identify a record within an organisation."),
    ] = None
    params: Params = {}
    paging: Annotated[
        Literal["none", "page", "offset"],
        msgspec.Meta(description="How to ask for pages: none (default), page or offset."),
    ] = "none"
    page_parameter: Annotated[
        str | None,
        msgspec.Meta(
            description="The parameter of the page number or offset. Default: page, offset."
        ),
    ] = None
    page_size_parameter: Annotated[
        str | None,
        msgspec.Meta(description="The parameter of the page size. Default: pageSize."),
    ] = None
    page_size: PageSize | None = None
    modified_since: Annotated[
        bool,
        msgspec.Meta(description="Whether to send If-Modified-Since. Needs replication_key."),
    ] = False
    replication_key: Annotated[
        str | None,
        msgspec.Meta(description="The field whose latest value is the bookmark: a date and time."),
    ] = None
    scope: Annotated[
        str | None,
        msgspec.Meta(
            description=(
                "The scope that the calls need. Default, if the path is one of another API: the "
                "scope of the list that the path begins with."
            )
        ),
    ] = None
    schema: Annotated[
        dict[str, Any] | None,
        msgspec.Meta(
            description="The JSON Schema of a record. Default: inferred from a first page."
        ),
    ] = None


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

    Args:
        config: The tap's configuration.
        base_uri: The setting.
        known: The names of all other streams.

    Raises:
        SettingsError: A stream has the name of another one, or one of its settings is invalid.
    """
    for name, values in (config.get("custom_streams") or {}).items():
        section = f"custom_streams.{name}"
        if name in known:
            message = f"Setting '{section}' has the name of a stream of the tap: choose another one"
            raise SettingsError(message)
        if not name.replace("-", "_").isidentifier() or not name.isascii():
            message = f"Setting '{section}': a name has letters, digits and underscores only"
            raise SettingsError(message)
        yield _settings_of(name, section, convert_settings(values, CustomStream, section), base_uri)


def _settings_of(
    name: str, section: str, custom: CustomStream, base_uri: str
) -> CustomStreamSettings:
    replication_key = custom.replication_key or None
    if custom.modified_since and replication_key is None:
        message = (
            f"Setting '{section}.modified_since' is true, but nothing says which field is the time "
            f"of the last change: set '{section}.replication_key'"
        )
        raise SettingsError(message)
    keys = tuple(custom.key_properties or ())
    if len(set(keys)) < len(keys):
        message = f"Setting '{section}.key_properties' names a field twice"
        raise SettingsError(message)
    paging = _PAGING[custom.paging]
    page_size = custom.page_size or DEFAULT_PAGE_SIZE
    default_page = "offset" if paging is Paging.RECORD_OFFSET else "page"
    path = _checked_path(section, custom.path, base_uri)
    origin = origin_of(base_uri)
    below = path.removeprefix(origin).removeprefix(base_uri.removeprefix(origin))
    _check_paging(section, below, custom)
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
            page_parameter=custom.page_parameter or default_page,
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


def _check_paging(section: str, path: str, custom: CustomStream) -> None:
    """Checks that the setting reads all pages of a list that Xero sends in pages without a count.

    Raises:
        SettingsError: It reads only the first page, or pages by what Xero does not count.
    """
    row = _ROWS.get(path.rstrip("/").casefold())
    if row is None or not {"page", "offset"}.isdisjoint(custom.params):
        return
    if row.reading.paging is Paging.OFFSET:
        message = (
            f"Setting '{section}.path' is {path!r}, whose pages 'paging' cannot read: they begin "
            f"at a number of Xero's, not after a count. Select the stream {row.stream!r} instead; "
            "'journals_cash' has those with paymentsOnly"
        )
        raise SettingsError(message)
    is_list = custom.records in (row.key, ".".join(row.records or ()))
    if is_list and custom.paging == "none" and row.reading.paging is Paging.PAGE_ONLY:
        message = (
            f"Setting '{section}.paging' is none, but Xero sends {path!r} in pages, and would send "
            f"the first one only: set '{section}.paging' to page"
        )
        raise SettingsError(message)


def _checked_path(section: str, path: str, base_uri: str) -> str:
    """The path, after a check that it is on the host of ``base_uri``.

    Raises:
        SettingsError: It is on another host, or is not a path.
    """
    path = path.strip()
    setting = f"{section}.path"
    if path.startswith("//") or ("://" in path and origin_of(path) != origin_of(base_uri)):
        message = (
            f"Setting '{setting}' is {path!r}, which is on another host than 'base_uri' "
            f"({origin_of(base_uri)}): the access token is not sent there"
        )
        raise SettingsError(message)
    if "?" in path or "#" in path:
        message = (
            f"Setting '{setting}' is {path!r}: write the part after the path under "
            f"'{section}.params'"
        )
        raise SettingsError(message)
    if not path.isprintable() or set(path) & set(' \\"<>{}') or ".." in path.split("/"):
        message = f"Setting '{setting}' is {path!r}, which is not a path"
        raise SettingsError(message)
    return path if "://" in path or path.startswith("/") else f"/{path}"
