"""A verdict as text, as JSON, and as one page of HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import jinja2
import msgspec

from target_xero.verify.comparison import Count, Mismatch, ReportComparison, Verdict

MOST_LISTED = 50

_encoder = msgspec.json.Encoder(decimal_format="string", order="deterministic")
_pages = jinja2.Environment(
    loader=jinja2.PackageLoader("target_xero", "verify"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def headline(verdict: Verdict) -> str:
    """The verdict in one sentence."""
    reports = len(verdict.reports)
    if verdict.is_same:
        records = sum(count.source for count in verdict.counts)
        return (
            f"THE BOOKS AGREE: {records:,} records and {reports} reports of {verdict.source} and "
            f"{verdict.target} are the same to the cent."
        )
    records = sum(mismatch.judged for mismatch in verdict.mismatches)
    wrong = sum(bool(report.differences) for report in verdict.reports)
    return (
        f"THE BOOKS DIFFER: {records:,} records and {wrong} of {reports} reports of "
        f"{verdict.source} and {verdict.target}."
    )


def as_json(verdict: Verdict) -> bytes:
    """The verdict as JSON: amounts are texts, so that they stay exact."""
    content: dict[str, Any] = {"same": verdict.is_same, "verdict": headline(verdict)}
    found = asdict(verdict)
    for mismatch in found["mismatches"]:
        mismatch["accounts"] = sorted(mismatch["accounts"])
    for count, row in zip(verdict.counts, found["counts"], strict=True):
        row["differs"] = count.differs
    return msgspec.json.format(_encoder.encode(content | found), indent=2)


def as_html(verdict: Verdict) -> str:
    """The verdict as a page."""
    page = _pages.get_template("verdict.html")
    judged = [one for one in verdict.mismatches if one.judged]
    return page.render(
        verdict=verdict,
        headline=headline(verdict),
        judged=judged,
        unjudged=[one for one in verdict.mismatches if not one.judged],
        wrong_reports=[report for report in verdict.reports if report.differences],
        most=MOST_LISTED,
    )


def as_text(verdict: Verdict) -> str:
    """The verdict as lines; the last one is the verdict itself."""
    return "\n".join(_lines(verdict)) + "\n"


def _lines(verdict: Verdict) -> Iterator[str]:
    yield f"source  {verdict.source}"
    yield f"target  {verdict.target}"
    yield ""
    yield f"{'entity':<20}{'status':<14}{'source':>8}{'target':>8}  totals"
    for count in verdict.counts:
        yield _count_line(count)
    judged = [one for one in verdict.mismatches if one.judged]
    others = [one for one in verdict.mismatches if not one.judged]
    if judged:
        yield ""
        yield f"{len(judged):,} records differ:"
        yield from _mismatch_lines(judged)
    if others:
        yield ""
        yield f"{len(others):,} more differ that do not count (removed, of its own, not writable):"
        yield from _mismatch_lines(others)
    yield ""
    for report in verdict.reports:
        yield from _report_lines(report)
    yield ""
    yield headline(verdict)


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
        yield f"  {mismatch.shown}"
        for name, left, right in mismatch.fields:
            yield f"    {name}: {left or 'nothing'} / {right or 'nothing'}"
    if len(mismatches) > MOST_LISTED:
        yield f"  and {len(mismatches) - MOST_LISTED:,} more (all of them are in the JSON)"


def _report_lines(report: ReportComparison) -> Iterator[str]:
    if not report.differences:
        yield f"{report.title}: the same, {report.amounts} amounts"
        return
    yield f"{report.title}: {len(report.differences)} of {report.amounts} amounts differ"
    for one in report.differences:
        by = one.target - one.source
        yield (f"  {one.account}, {one.column}: {one.source:,.2f} / {one.target:,.2f} ({by:+,.2f})")
        for suspect in one.suspects:
            yield f"    perhaps {suspect}"
