"""What one record asks for, before it is known which request Xero has for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class WriteRequest(Struct, frozen=True):
    """What one record asks for.

    Attributes:
        method: ``POST``, ``PUT``, ``DELETE``; in generic mode ``PATCH`` as well.
        payload: Its payload: an object; in generic mode a list as well.
        query: Its query parameters.
        envelope_id: The id that its envelope gives; None if it gives none.
        ignores_unknown: Whether its unknown fields are left out, instead of refused.
    """

    method: str
    payload: Any
    query: Mapping[str, str]
    envelope_id: str | None = None
    ignores_unknown: bool = False
