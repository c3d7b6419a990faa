"""The entities of Xero's other APIs, and of the Accounting API's smaller endpoints.

They are rows of the entity table like all others, not selected by default, and only read. Dates
need no row of their own: each column says whether it is a day or an instant, and both are read in
either way of writing, ``/Date(…)/`` or ISO 8601; an ISO time without a zone is in UTC
(xero-facts.md: Differences between the APIs).
"""

from __future__ import annotations

from xero_client.entities.entity import Entity
from xero_client.entities.other_apis.accounting import ACCOUNTING_EXTRAS
from xero_client.entities.other_apis.finance import FINANCE
from xero_client.entities.other_apis.payroll_au import PAYROLL_AU
from xero_client.entities.other_apis.payroll_nz_uk import PAYROLL_NZ, PAYROLL_UK
from xero_client.entities.other_apis.projects_assets_files import ASSETS, FILES, PROJECTS

__all__ = ["OTHER_ENTITIES"]

OTHER_ENTITIES: tuple[Entity, ...] = (
    *ACCOUNTING_EXTRAS,
    *PROJECTS,
    *ASSETS,
    *FILES,
    *PAYROLL_AU,
    *PAYROLL_NZ,
    *PAYROLL_UK,
    *FINANCE,
)
