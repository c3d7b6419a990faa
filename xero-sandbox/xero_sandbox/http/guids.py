"""Ids are GUIDs, which may be written in capitals and without dashes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

_BARE_GUID = re.compile(r"[0-9a-fA-F]{32}")


def guid_in_one_spelling(text: str) -> str:
    """A GUID in lower case with dashes; any other text as it is."""
    dashed = len(text) == 36 and text.count("-") == 4  # noqa: PLR2004  # 8-4-4-4-12
    if not dashed and not _BARE_GUID.fullmatch(text):
        return text
    try:
        return str(UUID(text))
    except ValueError:
        return text


def ids_in_one_spelling(name: str, value: Any) -> Any:  # noqa: ANN401  # JSON
    """The value of a field or parameter, with the ids in it in lower case with dashes.

    Args:
        name: The name of the field; only those that end in ``ID`` or ``IDs`` have ids.
        value: The value: a text, which may have several ids with commas between them, or an
            object or list with such fields.
    """
    if isinstance(value, str) and name.lower().endswith(("id", "ids")):
        return ",".join(guid_in_one_spelling(part.strip()) for part in value.split(","))
    if isinstance(value, dict):
        return {key: ids_in_one_spelling(key, item) for key, item in value.items()}
    if isinstance(value, list):
        return [ids_in_one_spelling(name, item) for item in value]
    return value


class Parameters(Mapping[str, str]):
    """The parameters of a query: names in any case, ids in any spelling."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self._texts = {
            name.lower(): str(ids_in_one_spelling(name, text)) for name, text in query.items()
        }

    def __getitem__(self, name: str) -> str:
        """The value of a parameter."""
        return self._texts[name.lower()]

    def __iter__(self) -> Iterator[str]:
        """The names, in lower case."""
        return iter(self._texts)

    def __len__(self) -> int:
        """The number of parameters."""
        return len(self._texts)
