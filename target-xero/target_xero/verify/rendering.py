"""A comparison as text, as JSON, and as an HTML page that loads nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import jinja2
import msgspec

from target_xero.verify.comparison import Comparison, Count, Mismatch, ReportComparison

MOST_LISTED = 50

_encoder = msgspec.json.Encoder(decimal_format="string", order="deterministic")
_pages = jinja2.Environment(
    loader=jinja2.PackageLoader("target_xero", "verify"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def verdict_of(comparison: Comparison) -> str:
    """The result of a comparison in one sentence."""
    reports = len(comparison.reports)
    if comparison.is_same:
        records = sum(count.source for count in comparison.counts)
        return (
            f"THE BOOKS AGREE: {records:,} records and {reports} reports of "
            f"{comparison.source} and {comparison.target} are the same to the cent."
        )
    records = sum(mismatch.judged for mismatch in comparison.mismatches)
    wrong = sum(bool(report.differences) for report in comparison.reports)
    return (
        f"THE BOOKS DIFFER: {records:,} records and {wrong} of {reports} reports of "
        f"{comparison.source} and {comparison.target} differ."
    )


def as_json(comparison: Comparison) -> bytes:
    """The comparison as JSON; amounts are strings, so that they stay exact."""
    content: dict[str, Any] = {"same": comparison.is_same, "verdict": verdict_of(comparison)}
    found = asdict(comparison)
    for mismatch in found["mismatches"]:
        mismatch["accounts"] = sorted(mismatch["accounts"])
    for count, row in zip(comparison.counts, found["counts"], strict=True):
        row["differs"] = count.differs
    return msgspec.json.format(_encoder.encode(content | found), indent=2)


def as_html(comparison: Comparison) -> str:
    """The comparison as an HTML page."""
    page = _pages.get_template("verdict.html")
    judged = [mismatch for mismatch in comparison.mismatches if mismatch.judged]
    return page.render(
        comparison=comparison,
        verdict=verdict_of(comparison),
        judged=judged,
        unjudged=[mismatch for mismatch in comparison.mismatches if not mismatch.judged],
        wrong_reports=[report for report in comparison.reports if report.differences],
        limit=MOST_LISTED,
    )


def as_text(comparison: Comparison) -> str:
    """The comparison as lines of text; the last one is the verdict."""
    return "\n".join(_lines(comparison)) + "\n"


def _lines(comparison: Comparison) -> Iterator[str]:
    yield f"source  {comparison.source}"
    yield f"target  {comparison.target}"
    yield ""
    yield f"{'entity':<20}{'status':<14}{'source':>8}{'target':>8}  totals"
    for count in comparison.counts:
        yield _count_line(count)
    judged = [mismatch for mismatch in comparison.mismatches if mismatch.judged]
    others = [mismatch for mismatch in comparison.mismatches if not mismatch.judged]
    if judged:
        yield ""
        yield f"{len(judged):,} records differ:"
        yield from _mismatch_lines(judged)
    if others:
        yield ""
        yield (
            f"{len(others):,} more differences do not count (removed records, settings that only "
            "the target has, records that Xero's API cannot write):"
        )
        yield from _mismatch_lines(others)
    yield ""
    for report in comparison.reports:
        yield from _report_lines(report)
    yield ""
    yield verdict_of(comparison)


def _count_line(count: Count) -> str:
    totals = ", ".join(
        f"{currency} {left:,.2f}" + ("" if left == right else f" / {right:,.2f}")
        for currency, left, right in count.totals
    )
    mark = "" if not count.differs else "  differs" if count.judged else "  (not counted)"
    return (
        f"{count.entity:<20}{count.status or '-':<14}{count.source:>8,}{count.target:>8,}  "
        f"{totals}{mark}"
    ).rstrip()


def _mismatch_lines(mismatches: list[Mismatch]) -> Iterator[str]:
    for mismatch in mismatches[:MOST_LISTED]:
        yield f"  {mismatch.summary}"
        for name, left, right in mismatch.fields:
            yield f"    {name}: {left or 'nothing'} / {right or 'nothing'}"
    if len(mismatches) > MOST_LISTED:
        yield f"  and {len(mismatches) - MOST_LISTED:,} more (--json lists all of them)"


def _report_lines(report: ReportComparison) -> Iterator[str]:
    if not report.differences:
        yield f"{report.title}: the same, {report.amounts} amounts"
        return
    yield f"{report.title}: {len(report.differences)} of {report.amounts} amounts differ"
    for difference in report.differences:
        source, target = difference.source, difference.target
        yield (
            f"  {difference.account}, {difference.column}: {source:,.2f} / {target:,.2f} "
            f"({target - source:+,.2f})"
        )
        for suspect in difference.suspects:
            yield f"    perhaps {suspect}"
