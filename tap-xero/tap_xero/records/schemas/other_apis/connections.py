"""The connections of the login (xero-facts.md: Identity, App Store, Practice Manager)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tap_xero.records.schemas.types import (
    INSTANT,
    STRING,
    Properties,
)

CONNECTION: Properties = {
    "id": STRING,
    "tenantId": STRING,
    "authEventId": STRING,
    "tenantType": STRING,
    "tenantName": STRING,
    "createdDateUtc": INSTANT,
    "updatedDateUtc": INSTANT,
}

SCHEMAS: Mapping[str, Properties] = MappingProxyType(
    {
        "connections": CONNECTION,
    }
)
