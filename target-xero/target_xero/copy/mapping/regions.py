"""The countries of source and target. They may differ; the base currencies must not."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from target_xero.lookup.tax_rates import free_name, report_tax_type
from xero_client.errors import SettingsError
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of

logger = logging.getLogger("target-xero")

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Regions:
    """The countries of the two organisations; empty if they are not known.

    Attributes:
        source: ISO 3166 code of the source's country.
        target: ISO 3166 code of the target's country.
    """

    source: str = ""
    target: str = ""

    @property
    def differ(self) -> bool:
        """Whether the organisations are in different countries."""
        return self.source != self.target

    def localised(self, rate: Record, payload: Record, taken: Collection[str]) -> dict[str, Any]:
        """The payload of a tax rate for the target's country.

        Args:
            rate: The source's record.
            payload: The payload for an organisation of the source's country.
            taken: Names of other tax rates of the target, in lower case.
        """
        adapted = {**payload, "Name": free_name(rate, taken)}
        if self.differ:
            adapted.pop("ReportTaxType", None)
            report_type = report_tax_type(rate, self.target)
            if report_type is not None:
                adapted["ReportTaxType"] = report_type
        return adapted


def read_regions(source: Record, transport: Transport) -> Regions:
    """Reads the target's organisation with one call, and compares it with the source's.

    Args:
        source: The source's record of the stream ``organisations``.
        transport: The target.

    Raises:
        SettingsError: Their base currencies differ.
        XeroError: The target's settings cannot be read.
    """
    response = transport.send(Request("GET", "/Organisation", subject="Organisation"))
    target = next(iter(records_of(response.json, "Organisations")), {})
    return regions_between(source, target)


def regions_between(source: Record, target: Record) -> Regions:
    """The countries of two organisations with the same base currency.

    Raises:
        SettingsError: The base currencies differ. The amounts in the books are in base currency,
            so no amount could be the same.
    """
    source_currency = source.get("BaseCurrency")
    target_currency = target.get("BaseCurrency")
    if source_currency and target_currency and source_currency != target_currency:
        message = (
            f"{source.get('Name')} keeps its books in {source_currency}, {target.get('Name')} in "
            f"{target_currency}, so no amount in the books could be the same: copy to an "
            f"organisation with the base currency {source_currency}"
        )
        raise SettingsError(message)
    regions = Regions(str(source.get("CountryCode") or ""), str(target.get("CountryCode") or ""))
    if not regions.source or not regions.target:
        return Regions()
    if regions.differ:
        logger.warning(
            "%s is in %s, %s is in %s: tax rates that the target does not have are created there; "
            "check in which box of its tax return each of them is reported",
            source.get("Name"),
            regions.source,
            target.get("Name"),
            regions.target,
        )
    return regions
