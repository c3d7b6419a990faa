"""A comparison as text, as JSON, and as an HTML page that loads nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import jinja2
import msgspec

from target_xero.verify.balances import balance_tables
from target_xero.verify.comparison import (
    Comparison,
    Count,
    Figure,
    Mismatch,
    Party,
    ReportComparison,
)

_encoder = msgspec.json.Encoder(decimal_format="string", order="deterministic")
_pages = jinja2.Environment(
    loader=jinja2.PackageLoader("target_xero", "verify"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def verdict_of(comparison: Comparison) -> str:
    """The result of a comparison in one paragraph: the same, left out on purpose, different."""
    counts = comparison.counts
    records = sum(count.source for count in counts)
    same = sum(count.same for count in counts)
    left_out = sum(count.left_out for count in counts)
    different = sum(count.different for count in counts)
    added = sum(count.added for count in counts)
    reports = len(comparison.reports)
    wrong = sum(bool(report.differences) for report in comparison.reports)
    parts = [
        f"Of {_counted(records, 'record')} in {comparison.source.name}, {same:,} are the same in "
        f"{comparison.target.name}, {left_out:,} are left out on purpose, {different:,} "
        + ("differs" if different == 1 else "differ")
        + (
            f"; {added:,} more {'is' if added == 1 else 'are'} only in the target."
            if added
            else "."
        )
    ]
    if wrong:
        differ = "differs" if wrong == 1 else "differ"
        parts.append(f"{wrong:,} of {_counted(reports, 'report')} {differ}.")
    elif reports:
        are = "is" if reports == 1 else "are"
        parts.append(f"{_counted(reports, 'report')} {are} the same to the cent.")
    if comparison.not_compared:
        parts.append(f"Not compared: {_counted(len(comparison.not_compared), 'report')}.")
    if comparison.not_held:
        parts.append(
            f"{_counted(len(comparison.not_held), 'thing')} could not be compared, because the "
            "source does not hold it."
        )
    if comparison.is_same:
        word = "THE BOOKS AGREE"
    elif comparison.differs:
        word = "THE BOOKS DIFFER"
    else:
        word = "NOT PROVED, because no balance was compared"
    return f"{word}: {' '.join(parts)}"


def as_json(comparison: Comparison) -> bytes:
    """The comparison as JSON; amounts are strings, so that they stay exact."""
    content: dict[str, Any] = {"same": comparison.is_same, "verdict": verdict_of(comparison)}
    found = asdict(comparison)
    for mismatch, row in zip(comparison.mismatches, found["mismatches"], strict=True):
        row["accounts"] = sorted(row["accounts"])
        row["judged"] = mismatch.judged
    for count, row in zip(comparison.counts, found["counts"], strict=True):
        row["verdict"] = count.verdict
    for report, row in zip(comparison.reports, found["reports"], strict=True):
        row["differences"] = [asdict(figure) for figure in report.differences]
    return msgspec.json.format(_encoder.encode(content | found), indent=2)


def as_html(comparison: Comparison) -> str:
    """The comparison as an HTML page."""
    page = _pages.get_template("verdict.html")
    return page.render(
        comparison=comparison,
        verdict=verdict_of(comparison),
        tables=balance_tables(comparison.reports),
        signed=signed,
        counted=_counted,
    )


def signed(amount: Any) -> str:  # noqa: ANN401  # an amount, or None from the template
    """An amount with separators; empty for None."""
    return "" if amount is None else f"{amount:,.2f}"


def as_text(comparison: Comparison) -> str:
    """The comparison as lines of text; the last one is the verdict."""
    return "\n".join(_lines(comparison)) + "\n"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _lines(comparison: Comparison) -> Iterator[str]:
    yield f"source   {_party(comparison.source)}"
    yield f"target   {_party(comparison.target)}"
    making = comparison.making
    yield f"compared {making.at} by {making.by} with {making.version}"
    yield ""
    heads = ("source", "target", "same", "left out", "different", "added")
    yield f"{'entity':<20}{'status':<12}" + "".join(f"{head:>10}" for head in heads) + "  totals"
    for count in comparison.counts:
        yield _count_line(count)
    if comparison.differing:
        yield ""
        yield f"{_counted(len(comparison.differing), 'record')} that must not differ:"
        yield from _mismatch_lines(comparison.differing)
    for reason, mismatches in comparison.left_out.items():
        yield ""
        yield f"{_counted(len(mismatches), 'record')} left out on purpose, {reason}:"
        yield from _mismatch_lines(mismatches)
    yield ""
    for report in comparison.reports:
        yield from _report_lines(report)
    for title in (*comparison.not_held, *comparison.not_compared):
        yield f"Not compared: {title}"
    if comparison.causes:
        yield ""
        yield "Likely causes:"
        for cause in comparison.causes:
            yield f"  {cause}"
    yield ""
    yield verdict_of(comparison)


def _party(party: Party) -> str:
    known = [party.country, party.base_currency, f"financial year to {party.year_end}"]
    return f"{party.name}, {', '.join(filter(None, known))}; read from {party.origin}"


def _count_line(count: Count) -> str:
    totals = ", ".join(
        f"{currency} {left:,.2f}" + ("" if left == right else f" / {right:,.2f}")
        for currency, left, right in count.totals
    )
    numbers = (
        count.source,
        count.target,
        count.same,
        count.left_out,
        count.different,
        count.added,
    )
    columns = "".join(f"{number:>10,}" for number in numbers)
    return f"{count.entity:<20}{count.status or '-':<12}{columns}  {totals}".rstrip()


def _mismatch_lines(mismatches: Iterable[Mismatch]) -> Iterator[str]:
    for mismatch in mismatches:
        number = f"{mismatch.number}. " if mismatch.judged else ""
        yield f"  {number}{mismatch.summary}"
        for name, left, right in mismatch.fields:
            yield f"    {name}: {left or 'nothing'} / {right or 'nothing'}"


def _report_lines(report: ReportComparison) -> Iterator[str]:
    differences: Sequence[Figure] = report.differences
    amounts = len(report.figures)
    if not differences:
        yield f"{report.title}: the same, {amounts} amounts"
        return
    yield f"{report.title}: {len(differences)} of {amounts} amounts differ"
    for figure in differences:
        causes = ", ".join(map(str, figure.causes))
        perhaps = f", perhaps because of {causes} above" if causes else ""
        yield (
            f"  {figure.account}, {figure.column}: {figure.source:,.2f} / {figure.target:,.2f} "
            f"({figure.target - figure.source:+,.2f}){perhaps}"
        )
