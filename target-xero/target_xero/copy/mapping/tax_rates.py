"""Adapts tax rates to the target: to its country, and under names that are free there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.copy.mapping.id_map import IdMapping
from target_xero.copy.mapping.regions import Regions
from target_xero.copy.mapping.target_records import TargetRecords
from target_xero.copy.steps import Payload
from target_xero.lookup.tax_rates import active_names


class TargetTaxRates:
    """The target's tax rates, with those that the copy creates."""

    def __init__(self, regions: Regions, target_records: TargetRecords) -> None:
        """Starts with the tax rates that the target has.

        Args:
            regions: The countries of the two organisations.
            target_records: What the target had before.
        """
        self._regions = regions
        self._target_records = target_records
        self._created_names: set[str] = set()

    def payload_for(
        self, rate: Mapping[str, Any], payload: Payload, copied: IdMapping | None
    ) -> Payload:
        """The payload of a tax rate, adapted to the target, with a name that is free there.

        Args:
            rate: The source's record.
            payload: The payload for an organisation of the source's country.
            copied: The rate's mapping, if it was copied before.
        """
        tax_type = copied.target_id if copied is not None else ""
        taken = active_names(self._target_records.tax_rates, except_type=tax_type)
        adapted = self._regions.localised(rate, payload, taken | self._created_names)
        self._created_names.add(adapted["Name"].casefold())
        return adapted
