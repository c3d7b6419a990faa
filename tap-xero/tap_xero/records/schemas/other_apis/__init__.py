"""The schemas of Xero's other APIs, from Xero's OpenAPI files, in modules by API."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tap_xero.records.schemas.other_apis import (
    accounting_extras,
    assets,
    connections,
    files,
    finance,
    payroll_au,
    payroll_nz,
    payroll_uk,
    projects,
)
from tap_xero.records.schemas.types import Properties

OTHER_SCHEMAS: Mapping[str, Properties] = MappingProxyType(
    {
        **accounting_extras.SCHEMAS,
        **connections.SCHEMAS,
        **projects.SCHEMAS,
        **assets.SCHEMAS,
        **files.SCHEMAS,
        **payroll_au.SCHEMAS,
        **payroll_nz.SCHEMAS,
        **payroll_uk.SCHEMAS,
        **finance.SCHEMAS,
    }
)
