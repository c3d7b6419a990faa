"""Checks what the settings of a custom stream say together."""

from __future__ import annotations

import re

from tap_xero.custom.options import CustomStream
from xero_client.entities.table import ALL_BY_STREAM, Entity, Paging
from xero_client.errors import SettingsError
from xero_client.settings.connection_settings import origin_of

# The rows of the lists by path, which some payrolls share.
_ROWS = {row.path.casefold(): row for row in ALL_BY_STREAM.values() if row.parent is None}
_PAGING = {"none": Paging.NONE, "page": Paging.UNORDERED, "offset": Paging.RECORD_OFFSET}
# A template that has the bookmark.
_START = re.compile(r"\{[{%].*\bstart\b", re.DOTALL)


def path_in_table(path: str, base_uri: str) -> str:
    """A path of the settings as the entity table may have it: below ``base_uri``, in lower case."""
    origin = origin_of(base_uri)
    below = path.removeprefix(origin).removeprefix(base_uri.removeprefix(origin))
    return below.rstrip("/").casefold()


def check_place_taken(section: str, name: str, path: str) -> None:
    """Checks a stream that has the name of a built-in stream, whose place it would take.

    Raises:
        SettingsError: It reads another list, or other streams are read with the built-in one.
    """
    row = ALL_BY_STREAM.get(name)
    if row is None or row.parent is not None or row.lists or row.path.casefold() != path:
        message = f"Setting '{section}' has the name of a stream of the tap: choose another one"
        raise SettingsError(message)


def check_bookmark(section: str, custom: CustomStream) -> None:
    """Checks that a bookmark can be kept, and is used.

    Raises:
        SettingsError: Only one of ``modified_since`` and ``replication_key`` is set.
    """
    if custom.modified_since and not custom.replication_key:
        message = (
            f"Setting '{section}.modified_since' is true, but nothing says which field is the time "
            f"of the last change: set '{section}.replication_key'"
        )
        raise SettingsError(message)
    is_used = custom.modified_since or any(map(_has_start, custom.params.values()))
    if custom.replication_key and not is_used:
        message = (
            f"Setting '{section}.replication_key' is {custom.replication_key!r}, but "
            f"'{section}.modified_since' is false and no template in '{section}.params' has "
            "'start', so that each run reads the whole list: set modified_since to true, or "
            "remove replication_key"
        )
        raise SettingsError(message)


def _has_start(value: object) -> bool:
    """Whether a request parameter is a template with the bookmark."""
    return isinstance(value, str) and _START.search(value) is not None


def checked_paging(section: str, path: str, custom: CustomStream) -> Paging:
    """The paging, after a check that it reads all pages of a list.

    Raises:
        SettingsError: It reads only the first page, or pages by what Xero does not count.
    """
    row, paging = _ROWS.get(path), _PAGING[custom.paging]
    if row is None:
        return paging
    if row.reading.paging is Paging.OFFSET:
        # With an offset of the user's own, the stream is one page.
        return paging if "offset" in custom.params else _paging_of_journals(section, row, custom)
    is_list = custom.records in (row.key, ".".join(row.records or ()))
    is_page = not {"page", "offset"}.isdisjoint(custom.params)
    if is_list and not is_page and paging is Paging.NONE and row.reading.paging is Paging.PAGE_ONLY:
        message = (
            f"Setting '{section}.paging' is none, but Xero sends {custom.path!r} in pages, and "
            f"would send the first one only: set '{section}.paging' to page"
        )
        raise SettingsError(message)
    return paging


def _paging_of_journals(section: str, row: Entity, custom: CustomStream) -> Paging:
    """The paging of journals, whose pages begin at a number of Xero's, and not after a count.

    Raises:
        SettingsError: Another setting does not fit it.
    """
    instead = f"select the stream {row.stream!r} instead"
    for name, value, needed in (
        ("paging", custom.paging, "offset"),
        ("records", custom.records, row.key),
        ("page_parameter", custom.page_parameter or "offset", "offset"),
    ):
        if value != needed:
            message = (
                f"Setting '{section}.path' is {custom.path!r}, whose pages begin after the number "
                f"of a journal: set '{section}.{name}' to {needed}, or {instead}"
            )
            raise SettingsError(message)
    if custom.replication_key:
        message = (
            f"Setting '{section}.replication_key' is {custom.replication_key!r}, but each run "
            f"reads all of {custom.path!r}: remove it and 'modified_since', or {instead}, which "
            "keeps a bookmark"
        )
        raise SettingsError(message)
    return Paging.OFFSET


def checked_path(section: str, path: str, base_uri: str) -> str:
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
