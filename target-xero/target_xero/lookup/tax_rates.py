"""Which tax rate of one organisation stands for which of another, and how one is made there.

Default rates are another region's in another country: other names, types and percentages. What
makes two rates the same is what they come to, and then their name or their type.
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
LONGEST_NAME = 50
# "No tax" in each region. Australia has no NONE: Xero itself takes it for BASEXCLUDED there
# (developer.xero.com/changes-to-tax-codes-in-australia).
NO_TAX = ("NONE", "BASEXCLUDED")
# What an own rate may be reported as: needed in these countries, refused in all others
# (developer.xero.com/documentation/api/accounting/types#report-tax-types). Further ones come with
# default rates only.
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
    """Whether a tax type is a user's own, which each organisation numbers for itself."""
    return re.fullmatch(r"TAX\d+", tax_type) is not None


def equivalent_rate(rate: Rate, there: Iterable[Rate]) -> Rate | None:
    """The rate of another organisation that stands for one.

    It comes to the same, and has its name, a name that ``candidate_names`` gives it, or its type.

    Args:
        rate: The rate, with its ``TaxType``.
        there: All rates of the other organisation.
    """
    alike = [one for one in there if is_active(one) and _come_to_the_same(rate, one)]
    by_name = {_folded(one): one for one in reversed(alike)}
    for name in candidate_names(rate):
        if name.casefold() in by_name:
            return by_name[name.casefold()]
    tax_type = str(rate.get("TaxType") or "")
    if is_user_defined(tax_type):
        return None
    by_type = {str(one.get("TaxType")): one for one in alike}
    types = (tax_type, *NO_TAX) if tax_type in NO_TAX else (tax_type,)
    return next((by_type[one] for one in types if one in by_type), None)


def is_active(rate: Rate) -> bool:
    """Whether documents can have the rate."""
    return rate.get("Status") in (None, "", "ACTIVE")


def candidate_names(rate: Rate) -> Iterator[str]:
    """What a rate may be called where its name belongs to another one: always the same names."""
    name = str(rate.get("Name") or "")
    yield name
    percent = f"{_percent(rate).normalize():f}%"
    digest = hashlib.sha256(repr(_parts(rate)).encode()).hexdigest()[:6]
    for suffix in (f" ({percent})", f" ({percent} {digest})"):
        yield f"{name[: LONGEST_NAME - len(suffix)]}{suffix}"


def free_name(rate: Rate, taken: Collection[str]) -> str:
    """The first of ``candidate_names`` that is free, else one with a number.

    Args:
        rate: The rate.
        taken: Names in lower case.
    """
    names = list(candidate_names(rate))
    more = (f"{names[0][: LONGEST_NAME - 5]} {number}" for number in count(2))
    return next(name for name in chain(names, more) if name.casefold() not in taken)


def active_names(rates: Iterable[Rate], *, besides: str = "") -> set[str]:
    """The names of active rates in lower case, but for that of one tax type."""
    return {_folded(one) for one in rates if is_active(one) and one.get("TaxType") != besides}


def report_tax_type(rate: Rate, country: str) -> str | None:
    """How an own rate is to be reported in a country; None where it must not say.

    What the country does not know becomes the nearest that it does: by whether the rate is for
    sales or purchases, and whether there is any tax.
    """
    known = REPORT_TAX_TYPES.get(country)
    if known is None:
        return None
    said = str(rate.get("ReportTaxType") or "")
    if said in known:
        return said
    side = _side(rate)
    if not side and "BASEXCLUDED" in known:
        return "BASEXCLUDED"
    if side == "INPUT":
        exempt = "EXEMPTEXPENSES" if "EXEMPTEXPENSES" in known else "EXEMPTINPUT"
        return "INPUT" if _percent(rate) else exempt
    return "OUTPUT" if _percent(rate) else "EXEMPTOUTPUT"


def named_as_copied(rates: Iterable[Rate], there: Sequence[Rate]) -> list[dict[str, Any]]:
    """Rates under the names of those that they stand for, once for each; the others as they are.

    Args:
        rates: All rates of an organisation.
        there: All rates of the one that was copied.
    """
    here = list(rates)
    called: list[dict[str, Any]] = []
    standing = set()
    for one in filter(is_active, there):
        found = equivalent_rate(one, here)
        if found is not None:
            called.append({**found, "Name": one.get("Name")})
            standing.add(found.get("TaxType"))
    return [*called, *(dict(one) for one in here if one.get("TaxType") not in standing)]


def _side(rate: Rate) -> str:
    """INPUT for purchases, OUTPUT for sales; empty where it is for both."""
    for name in ("ReportTaxType", "TaxType"):
        said = str(rate.get(name) or "").replace("EXPENSES", "INPUT")
        sides = [side for side in ("INPUT", "OUTPUT") if side in said]
        if len(sides) == 1:
            return sides[0]
    revenue, expenses = rate.get("CanApplyToRevenue"), rate.get("CanApplyToExpenses")
    if bool(revenue) == bool(expenses):
        return ""
    return "OUTPUT" if revenue else "INPUT"


def _come_to_the_same(left: Rate, right: Rate) -> bool:
    if left.get("TaxComponents") and right.get("TaxComponents"):
        return _parts(left) == _parts(right)
    return _percent(left) == _percent(right)


def _parts(rate: Rate) -> list[tuple[str, str, bool, bool]]:
    """The components, in an order of their own; what a single one is called does not matter."""
    components = rate.get("TaxComponents") or []
    return sorted(
        (
            str(one.get("Name")).casefold() if len(components) > 1 else "",
            f"{_number(one.get('Rate')).normalize():f}",
            bool(one.get("IsCompound")),
            bool(one.get("IsNonRecoverable")),
        )
        for one in components
    )


def _percent(rate: Rate) -> Decimal:
    """The effective rate: of the components where it has any, so that it is the same everywhere."""
    components = rate.get("TaxComponents") or []
    if not components:
        return _number(rate.get("EffectiveRate"))
    simple = sum((_number(c.get("Rate")) for c in components if not c.get("IsCompound")), Decimal())
    on_top = sum((_number(c.get("Rate")) for c in components if c.get("IsCompound")), Decimal())
    return (simple + on_top * (1 + simple / 100)).quantize(Decimal("0.0001"))


def _number(value: object) -> Decimal:
    return Decimal(str(value or 0))


def _folded(rate: Rate) -> str:
    return str(rate.get("Name")).strip().casefold()
