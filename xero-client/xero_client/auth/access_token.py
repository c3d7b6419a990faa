"""What an access token says of itself."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import msgspec


def claims_from_token(access_token: str) -> Mapping[str, Any]:
    """The claims of an access token, for display only: not verified; empty if unreadable."""
    try:
        payload = access_token.split(".")[1]
        padded = payload + "=" * (-len(payload) % 4)
        claims = msgspec.json.decode(base64.urlsafe_b64decode(padded))
    except (IndexError, ValueError, msgspec.DecodeError):
        return {}
    return claims if isinstance(claims, dict) else {}
