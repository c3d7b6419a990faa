"""Source and target as organisations: their base currency must be one, their country need not."""

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
    """The countries of the two organisations; empty where they are not known.

    Attributes:
        source: ISO 3166 code of the source's.
        target: The target's.
    """

    source: str = ""
    target: str = ""

    @property
    def differ(self) -> bool:
        """Whether tax rates of the source are a foreign country's in the target."""
        return self.source != self.target

    def own_tax_rate(self, rate: Record, payload: Record, taken: Collection[str]) -> dict[str, Any]:
        """What makes a tax rate of the source one of the target's own.

        Args:
            rate: The source's record.
            payload: What would be sent in the source's own country.
            taken: Names of other rates in the target, in lower case.
        """
        made = {**payload, "Name": free_name(rate, taken)}
        if self.differ:
            made.pop("ReportTaxType", None)
            reported = report_tax_type(rate, self.target)
            if reported is not None:
                made["ReportTaxType"] = reported
        return made


def regions_of(source: Record, transport: Transport) -> Regions:
    """Compares the organisations themselves, with one call.

    Args:
        source: The source's record of the stream ``organisations``.
        transport: The target.

    Raises:
        SettingsError: Their base currencies differ.
        XeroError: The target's settings cannot be read.
    """
    answer = transport.send(Request("GET", "/Organisation", subject="Organisation"))
    target = next(iter(records_of(answer.json, "Organisations")), {})
    return compared(source, target)


def compared(source: Record, target: Record) -> Regions:
    """The countries of two organisations, of which the base currency is the same.

    Raises:
        SettingsError: It is not: amounts of the books are in base currency, so that none of them
            could agree.
    """
    ours, theirs = source.get("BaseCurrency"), target.get("BaseCurrency")
    if ours and theirs and ours != theirs:
        message = (
            f"{source.get('Name')} keeps its books in {ours}, {target.get('Name')} in {theirs}, "
            "and no amount of the books could agree: copy to an organisation that was made with "
            f"the base currency {ours}"
        )
        raise SettingsError(message)
    regions = Regions(str(source.get("CountryCode") or ""), str(target.get("CountryCode") or ""))
    if not regions.source or not regions.target:
        return Regions()
    if regions.differ:
        logger.warning(
            "%s is an organisation of %s, %s of %s: tax rates that it does not have become its "
            "own, whose place in its tax return is to be checked",
            source.get("Name"),
            regions.source,
            target.get("Name"),
            regions.target,
        )
    return regions
