"""Tax rates that copying makes: as the target's country takes them, under names that are free."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.copy.mapping.id_map import Known
from target_xero.copy.mapping.regions import Regions
from target_xero.copy.mapping.target_records import Existing
from target_xero.copy.steps import Record
from target_xero.lookup.tax_rates import active_names


class OwnRates:
    """The target's own tax rates, and those to come."""

    def __init__(self, regions: Regions, existing: Existing) -> None:
        """Starts with what the target has.

        Args:
            regions: The countries of the two organisations.
            existing: What the target has already.
        """
        self._regions = regions
        self._existing = existing
        self._made: set[str] = set()

    def own(self, rate: Mapping[str, Any], payload: Record, copied: Known | None) -> Record:
        """A tax rate as the target can have it, under a name that is no other's there.

        Args:
            rate: The source's record.
            payload: What would be sent in the source's own country.
            copied: What it was copied to before.
        """
        besides = copied.target_id if copied is not None else ""
        taken = active_names(self._existing.tax_rates, besides=besides) | self._made
        own = self._regions.own_tax_rate(rate, payload, taken)
        self._made.add(own["Name"].casefold())
        return own
