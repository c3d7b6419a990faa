"""The streams of aged receivables and payables: a call for each contact and month end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tap_xero.reports.definitions import ReportDefinition
from tap_xero.reports.facts import ReportFacts
from tap_xero.reports.layout import Line, Report
from tap_xero.reports.months import Month, ReportBookmark
from tap_xero.reports.steps import Variant
from tap_xero.reports.streams import ReportStream
from tap_xero.reports.unfinished import UnfinishedReport
from tap_xero.run.context import RunContext
from tap_xero.run.organisations import Organisation

if TYPE_CHECKING:
    from singer_sdk import Tap

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}T")


class AgedReportStream(ReportStream):
    """The open documents of each contact at each month end, in the documents' currency."""

    def _variants(self, facts: ReportFacts) -> list[Variant]:
        return [
            Variant(
                "all",
                {"contactId": contact_id},
                {"ContactID": contact_id, "ContactName": name},
                {},
                f"of contact {contact_id}",
                contact_id,
            )
            for contact_id, name in facts.contacts_of(self.definition.side).items()
        ]

    def _first_month(self, bookmark: ReportBookmark | None, unfinished: UnfinishedReport) -> Month:
        """The month that ``reports.from`` names, else the last whole month of the first run.

        Neither ``start_date`` nor twelve months count: each month costs a call for each contact.
        """
        if self._settings.has_first:
            return self._settings.first
        first = bookmark.since if bookmark else unfinished.since
        return first or Month.of(self._today).plus(-1)

    def _announce(self, organisation: Organisation, calls: int, months: int) -> None:
        self.logger.info(
            "%s of %s takes %s calls: one a contact and month end (contacts: %s, month ends: %d)",
            self.name,
            organisation.tenant,
            f"{calls:,}",
            f"{calls // months:,}" if months else "0",
            months,
        )
        left = organisation.transport.rate_limiter.latest.day
        if left is not None and calls > left:
            self.logger.warning(
                "%s of %s takes more calls than are left today (%s). If the run ends for that "
                "reason, the next run goes on where it stopped. For fewer calls, begin with a "
                "later month in 'reports.from', or read fewer months again ('reports.again')",
                self.name,
                organisation.tenant,
                f"{left:,}",
            )

    def _lines(self, report: Report) -> Iterator[Line]:
        """The rows with a label and a key that stay when documents of other currencies come and go.

        The label is the document's number, else what the row is called. Each currency begins with
        its opening balance, under a title that only foreign currencies have.
        """
        section = ""
        counts: dict[str, int] = {}
        for line in report.lines:
            texts = [line.label, *line.values[:1]]
            label = texts[-1] if not line.label or _DAY.match(line.label) else line.label
            if line.document_id is None and line.row_type == "Row":
                section = line.section
            section = line.section or section
            key = line.document_id or " > ".join(filter(None, (section, label)))
            counts[key] = counts.get(key, 0) + 1
            if counts[key] > 1:
                key = f"{key} #{counts[key]}"
            day = line.label if _DAY.match(line.label) else ""
            yield replace(line, section=section, label=label, key=key, values=[day, *line.values])

    def _row_fields(self, line: Line, facts: ReportFacts) -> Mapping[str, Any]:
        del facts
        return {
            "RowKey": line.key,
            "Section": line.section,
            "RowType": line.row_type,
            "Label": line.label,
            "DocumentID": line.document_id,
        }


def report_streams(
    tap: Tap, definitions: Sequence[ReportDefinition], run: RunContext
) -> list[ReportStream]:
    """The streams of the reports, which share what they know of organisations."""
    facts: dict[str, ReportFacts] = {}
    return [
        (AgedReportStream if definition.side else ReportStream)(tap, definition, run, facts)
        for definition in definitions
    ]
