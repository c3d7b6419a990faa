"""Matches the tax rates of two organisations, which may be in different countries.

Default rates differ between countries in name, type and percentage. Two rates match if they charge
the same percentage, and have the same name or type.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, count
from types import MappingProxyType
from typing import Any

Rate = Mapping[str, Any]
MAX_NAME_LENGTH = 50
# The types of "no tax". Australia has no NONE: Xero replaces it by BASEXCLUDED
# (developer.xero.com/changes-to-tax-codes-in-australia).
NO_TAX_TYPES = ("NONE", "BASEXCLUDED")
# The report tax types of user-defined rates. These countries need one, all others refuse it
# (developer.xero.com/documentation/api/accounting/types#report-tax-types). Only default rates
# have other types.
REPORT_TAX_TYPES: Mapping[str, Collection[str]] = MappingProxyType(
    {
        "AU": frozenset(
            {"OUTPUT", "INPUT", "EXEMPTOUTPUT", "EXEMPTEXPENSES", "INPUTTAXED", "BASEXCLUDED"}
        ),
        "NZ": frozenset({"OUTPUT", "INPUT", "EXEMPTOUTPUT", "EXEMPTINPUT"}),
        "GB": frozenset(
            {
                "OUTPUT",
                "INPUT",
                "EXEMPTOUTPUT",
                "EXEMPTINPUT",
                "ECOUTPUT",
                "ECOUTPUTSERVICES",
                "ECINPUT",
                "ECACQUISITIONS",
                "CAPITALSALESOUTPUT",
                "CAPITALEXPENSESINPUT",
                "MOSSSALES",
            }
        ),
    }
)


def is_user_defined(tax_type: str) -> bool:
    """Whether a tax type belongs to a rate that a user made. Each organisation numbers its own."""
    return re.fullmatch(r"TAX\d+", tax_type) is not None


def equivalent_rate(rate: Rate, others: Iterable[Rate]) -> Rate | None:
    """The rate of another organisation that matches a rate, or None.

    It charges the same percentage, and has the same name, one of the ``candidate_names``, or the
    same type.

    Args:
        rate: The rate, with its ``TaxType``.
        others: All rates of the other organisation.
    """
    equal = [other for other in others if is_active(other) and _charges_the_same(rate, other)]
    by_name = {_normalized_name(other): other for other in reversed(equal)}
    for name in candidate_names(rate):
        if name.casefold() in by_name:
            return by_name[name.casefold()]
    tax_type = str(rate.get("TaxType") or "")
    if is_user_defined(tax_type):
        return None
    by_type = {str(other.get("TaxType")): other for other in equal}
    types = (tax_type, *NO_TAX_TYPES) if tax_type in NO_TAX_TYPES else (tax_type,)
    return next((by_type[t] for t in types if t in by_type), None)


def is_active(rate: Rate) -> bool:
    """Whether documents can use the rate."""
    return rate.get("Status") in (None, "", "ACTIVE")


def candidate_names(rate: Rate) -> Iterator[str]:
    """The names for a rate in another organisation, in order of preference.

    The first is its own name. The others, for a name that is taken, depend only on the rate.
    """
    name = str(rate.get("Name") or "")
    yield name
    percent = f"{_percent(rate).normalize():f}%"
    digest = hashlib.sha256(repr(_components(rate)).encode()).hexdigest()[:6]
    for suffix in (f" ({percent})", f" ({percent} {digest})"):
        yield f"{name[: MAX_NAME_LENGTH - len(suffix)]}{suffix}"


def free_name(rate: Rate, taken: Collection[str]) -> str:
    """The first of ``candidate_names`` that is not taken; otherwise a name with a number.

    Args:
        rate: The rate.
        taken: The names in use, in lower case.
    """
    names = list(candidate_names(rate))
    numbered = (f"{names[0][: MAX_NAME_LENGTH - 5]} {number}" for number in count(2))
    return next(name for name in chain(names, numbered) if name.casefold() not in taken)


def active_names(rates: Iterable[Rate], *, except_type: str = "") -> set[str]:
    """The names of active rates in lower case, without the rate of one tax type."""
    return {
        _normalized_name(rate)
        for rate in rates
        if is_active(rate) and rate.get("TaxType") != except_type
    }


def report_tax_type(rate: Rate, country: str) -> str | None:
    """The report tax type of a user-defined rate in a country; None if it must have none.

    A type that the country does not have is replaced by the nearest one: for sales or purchases,
    with or without tax.
    """
    known = REPORT_TAX_TYPES.get(country)
    if known is None:
        return None
    own_type = str(rate.get("ReportTaxType") or "")
    if own_type in known:
        return own_type
    side = _side(rate)
    if not side and "BASEXCLUDED" in known:
        return "BASEXCLUDED"
    if side == "INPUT":
        exempt = "EXEMPTEXPENSES" if "EXEMPTEXPENSES" in known else "EXEMPTINPUT"
        return "INPUT" if _percent(rate) else exempt
    return "OUTPUT" if _percent(rate) else "EXEMPTOUTPUT"


def named_as_copied(rates: Iterable[Rate], originals: Sequence[Rate]) -> list[dict[str, Any]]:
    """The rates of a copy, each under the name of the original rate that it matches.

    A rate that matches several originals appears once for each. The others keep their names.

    Args:
        rates: All rates of the copy.
        originals: All rates of the organisation that was copied.
    """
    copies = list(rates)
    renamed: list[dict[str, Any]] = []
    matched_types = set()
    for original in filter(is_active, originals):
        match = equivalent_rate(original, copies)
        if match is not None:
            renamed.append({**match, "Name": original.get("Name")})
            matched_types.add(match.get("TaxType"))
    return [*renamed, *(dict(c) for c in copies if c.get("TaxType") not in matched_types)]


def _side(rate: Rate) -> str:
    """INPUT for purchases, OUTPUT for sales, and an empty text for both."""
    for name in ("ReportTaxType", "TaxType"):
        tax_type = str(rate.get(name) or "").replace("EXPENSES", "INPUT")
        sides = [side for side in ("INPUT", "OUTPUT") if side in tax_type]
        if len(sides) == 1:
            return sides[0]
    revenue, expenses = rate.get("CanApplyToRevenue"), rate.get("CanApplyToExpenses")
    if bool(revenue) == bool(expenses):
        return ""
    return "OUTPUT" if revenue else "INPUT"


def _charges_the_same(left: Rate, right: Rate) -> bool:
    if left.get("TaxComponents") and right.get("TaxComponents"):
        return _components(left) == _components(right)
    return _percent(left) == _percent(right)


def _components(rate: Rate) -> list[tuple[str, str, bool, bool]]:
    """The components in a fixed order. The name of a single component does not count."""
    components = rate.get("TaxComponents") or []
    return sorted(
        (
            str(c.get("Name")).casefold() if len(components) > 1 else "",
            f"{_number(c.get('Rate')).normalize():f}",
            bool(c.get("IsCompound")),
            bool(c.get("IsNonRecoverable")),
        )
        for c in components
    )


def _percent(rate: Rate) -> Decimal:
    """The effective rate in per cent, computed from the components if there are any."""
    components = rate.get("TaxComponents") or []
    if not components:
        return _number(rate.get("EffectiveRate"))
    simple = sum((_number(c.get("Rate")) for c in components if not c.get("IsCompound")), Decimal())
    on_top = sum((_number(c.get("Rate")) for c in components if c.get("IsCompound")), Decimal())
    return (simple + on_top * (1 + simple / 100)).quantize(Decimal("0.0001"))


def _number(value: object) -> Decimal:
    return Decimal(str(value or 0))


def _normalized_name(rate: Rate) -> str:
    return str(rate.get("Name")).strip().casefold()
