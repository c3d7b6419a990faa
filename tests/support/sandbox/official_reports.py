"""Xero's own reports, as xero-python, Xero's official SDK, reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from sandbox_caller import Caller
from sandbox_sdk import Sdk

ZERO = Decimal(0)


class OfficialReports:
    """The reports of one organisation. Nothing may change meanwhile: each is fetched once."""

    def __init__(self, xero: Any, tenant_id: str) -> None:
        self._caller = Caller(xero)
        self._accounting = Sdk(self._caller).accounting
        self._tenant_id = tenant_id
        self.report = cache(self._report)

    def _report(self, name: str, **arguments: Any) -> Any:
        """A report by the SDK's name, such as ``trial_balance``."""
        [found] = getattr(self._accounting, f"get_report_{name}")(
            self._tenant_id, **arguments
        ).reports
        return found

    def close(self) -> None:
        self._caller.close()


def titles(report: Any) -> list[str]:
    """The titles of the columns after the first."""
    header = next(row for row in report.rows if row.row_type.value == "Header")
    return [cell.value for cell in header.cells[1:]]


def lines(report: Any) -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """The label, the texts and the attributes of each row."""
    for section in report.rows:
        for row in section.rows or ():
            label, *others = row.cells
            attributes = {each.id: each.value for each in label.attributes or ()}
            yield label.value or "", [cell.value or "" for cell in others], attributes


def account_amounts(report: Any) -> dict[str, Decimal]:
    """Account and first value of each row of a report that is about an account."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for label, texts, attributes in lines(report):
        if attributes and Decimal(texts[0]):
            amounts[label] += Decimal(texts[0])
    return dict(amounts)


def amount_of(text: str) -> Decimal:
    """The amount of a cell; an empty one is zero."""
    return Decimal(text.removesuffix("%").replace(",", "")) if text else ZERO
