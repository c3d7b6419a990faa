"""What is requested of a report, month by month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tap_xero.reports.months import Month
from tap_xero.reports.unfinished import UnfinishedReport


@dataclass(frozen=True)
class Variant:
    """One way in which a report is asked for: a basis, and a tracking category or a contact.

    Attributes:
        key: Its name in the state. Variants of one key are read together, month by month.
        params: Its parameters.
        fields: The fields that its records have.
        options: The ids of the category's options by name.
        subject: What an error calls it beside the report's name.
        contact_id: The contact, of a report about one.
    """

    key: str
    params: Mapping[str, str]
    fields: Mapping[str, Any]
    options: Mapping[str, str]
    subject: str = ""
    contact_id: str = ""

    @property
    def part(self) -> str:
        """The part of a month that is read with it; contacts are in groups."""
        return self.contact_id[:2].lower()


@dataclass(frozen=True)
class Step:
    """One month of a report, and what is left to be read of it.

    Attributes:
        month: The month.
        key: The name of its variants in the state.
        parts: The variants to request, by part.
        unfinished: How far the read has come.
        first: The first month that is asked for.
        is_last: Whether it is the last month that is due.
    """

    month: Month
    key: str
    parts: Mapping[str, Sequence[Variant]]
    unfinished: UnfinishedReport
    first: Month
    is_last: bool

    @property
    def variants(self) -> list[Variant]:
        """The variants to request, in order."""
        return [variant for variants in self.parts.values() for variant in variants]


def steps_of(
    key: str,
    variants: Iterable[Variant],
    due: Sequence[Month],
    first: Month,
    unfinished: UnfinishedReport,
) -> list[Step]:
    """The months that are left to be read, each with the parts that are left.

    Args:
        key: The name of the variants in the state.
        variants: All variants of a month.
        due: The months that are due.
        first: The first month that is asked for.
        unfinished: What an earlier run has read of them.
    """
    parts: dict[str, list[Variant]] = {}
    for variant in variants:
        parts.setdefault(variant.part, []).append(variant)
    steps = []
    for month in due:
        if unfinished.has_month(month):
            continue
        left = {
            part: parts[part]
            for part in sorted(parts)
            if not unfinished.has_part(month, part, contacts_of(parts[part]))
        }
        steps.append(Step(month, key, left, unfinished, first, is_last=month == due[-1]))
    return steps


def contacts_of(variants: Iterable[Variant]) -> list[str]:
    """The ids of the contacts that variants are about."""
    return [variant.contact_id for variant in variants]
