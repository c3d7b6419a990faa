"""The streams of reports: a record for each row, and for each column if there are several."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timezone
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from singer_sdk import Tap
from singer_sdk.singerlib.catalog import REPLICATION_FULL_TABLE

from tap_xero.paging.background import results_in_order
from tap_xero.records.schemas.own_columns import READ_AT as READ_AT_COLUMN
from tap_xero.records.schemas.own_columns import record_schema
from tap_xero.records.schemas.properties import properties_of
from tap_xero.records.schemas.types import Schema, as_key, copy_of
from tap_xero.reports.columns import columns_of
from tap_xero.reports.definitions import ReportDefinition, WrongPeriodError
from tap_xero.reports.facts import ReportFacts
from tap_xero.reports.layout import Line, Report
from tap_xero.reports.months import Month, ReportBookmark, months_to_read
from tap_xero.reports.settings import ReportOptions, ReportSettings
from tap_xero.reports.steps import Step, Variant, contacts_of, steps_of
from tap_xero.reports.unfinished import UnfinishedReport
from tap_xero.run.context import RunContext
from tap_xero.run.organisations import Organisation
from tap_xero.run.outcomes import ALL, CHANGES
from tap_xero.state import TENANT_ID
from tap_xero.streams.record_stream import READ_AT, TENANT_NAME, RunStream
from xero_client.entities.fields.meanings import meaning
from xero_client.errors import SettingsError, UnexpectedResponseError, XeroError
from xero_client.http.transport import Request
from xero_client.http.wire import format_instant, records_of

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

logger = logging.getLogger(__name__)


class ReportStream(RunStream):
    """One report, read month by month."""

    selected_by_default = False

    def __init__(
        self,
        tap: Tap,
        definition: ReportDefinition,
        run: RunContext,
        facts: dict[str, ReportFacts],
    ) -> None:
        """Sets the stream up from the table of reports.

        Args:
            tap: The tap.
            definition: The row of the table.
            run: The run that reads the stream.
            facts: What is known of each organisation, by tenant id; all report streams share it.
        """
        self.definition = definition
        self._facts = facts
        super().__init__(tap, partial(_schema, definition), definition.stream, run)
        chosen = ReportOptions.from_config(self.config).streams or ()
        self.selected_by_default = definition.stream in chosen
        self.primary_keys = _keys(definition)
        self.replication_key = definition.period_fields[-1]

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scope of the report, and those of the lists that it needs."""
        return self.definition.source.read_scopes

    @property
    def begins_in_future(self) -> bool:
        """Whether the first month is after this one, so that there is nothing to read."""
        first = self._first_month(None, UnfinishedReport(self._today))
        return first > Month.of(self._today)

    @cached_property
    def _settings(self) -> ReportSettings:
        return ReportSettings.from_config(self.config, self._today)

    @property
    def _today(self) -> date:
        return self._run.started_at.date()

    def get_records(self, context: Context | None) -> Iterable[Record]:
        """The rows of all months that are due, one organisation after another.

        If the report fails for an organisation, that is reported to the run, and the stream goes on
        with the other organisations.
        """
        del context
        is_complete = True
        for organisation in self._run.organisations.values():
            if organisation.failure is not None:
                is_complete = False
                continue
            try:
                yield from self._organisation_records(organisation)
                organisation.complete(self.name)
            except XeroError as error:
                self._run.add_failure(self.name, organisation, error)
                is_complete = False
        if is_complete:
            self._activate_version()

    def _organisation_records(self, organisation: Organisation) -> Iterator[Record]:
        tenant_id = organisation.tenant.tenant_id
        read = ALL if self.replication_method == REPLICATION_FULL_TABLE else CHANGES
        organisation.begin(self.name, read, datetime.now(timezone.utc))
        facts = self._facts.setdefault(tenant_id, ReportFacts(organisation))
        state = self._state_of(tenant_id)
        steps = self._steps(state, facts)
        calls = [(step.month, variant) for step in steps for variant in step.variants]
        self._announce(organisation, len(calls), len({month for month, _ in calls}))
        responses = results_in_order(
            (partial(self._request, organisation, variant, month) for month, variant in calls),
            self._run.max_concurrency,
        )
        for step in steps:
            for part, variants in step.parts.items():
                for variant in variants:
                    report, requested_at = next(responses)
                    self._extracted_at = requested_at
                    records = list(self._records(report, step.month, variant, facts, requested_at))
                    yield from records
                    organisation.count_records(self.name, len(records))
                if self._resumes:
                    step.unfinished.add_part(step.month, part, contacts_of(variants))
                    self._save_unfinished(state, step)
                    self._keep_state(tenant_id, state)
                    self._write_state_message()
            self._save(state, step, facts)
            self._keep_state(tenant_id, state)
            self._write_state_message()

    @property
    def _resumes(self) -> bool:
        """Whether a run may end within a month, because the month takes many calls."""
        return bool(self.definition.side) and self.replication_method != REPLICATION_FULL_TABLE

    def _steps(self, state: Mapping[str, Any], facts: ReportFacts) -> list[Step]:
        """What is to be read, month by month; not what an unfinished run has read."""
        by_key: dict[str, list[Variant]] = {}
        for variant in self._variants(facts):
            by_key.setdefault(variant.key, []).append(variant)
        saved = state.get("reading") if self._resumes else None
        bookmarks = _bookmarks_of(state)
        steps: list[Step] = []
        for key, variants in by_key.items():
            bookmark = self._bookmark(bookmarks, key)
            since = None
            if bookmark is not None and bookmark.is_of_other_year(self._year_end(facts)):
                # What the year has earned and what earlier years had: other amounts in all months.
                logger.info(
                    "%s: the financial year ends on another day than when %s was read, so all its "
                    "months are read again",
                    facts.organisation.tenant.name,
                    self.name,
                )
                since, bookmark = bookmark.since, None
            unfinished = UnfinishedReport.from_state(
                saved.get(key) if isinstance(saved, Mapping) else None, self._today
            )
            first = self._first_month(bookmark, unfinished)
            first = first if since is None else min(first, since)
            again, locked = self._settings.again, facts.lock_date
            due = months_to_read(bookmark, first, self._today, again, locked)
            steps += steps_of(key, variants, due, first, unfinished)
        return sorted(steps, key=lambda step: step.month)

    def _first_month(self, bookmark: ReportBookmark | None, unfinished: UnfinishedReport) -> Month:
        """The first month that is asked for."""
        del bookmark, unfinished
        return self._settings.first

    def _announce(self, organisation: Organisation, calls: int, months: int) -> None:
        """Says how many calls the stream is about to make, if that is not easy to foresee."""

    def _variants(self, facts: ReportFacts) -> list[Variant]:
        bases = self._settings.bases if self.definition.has_basis else ("",)
        variants = []
        for basis in bases:
            fields = {"Basis": basis} if basis else {}
            params = {"standardLayout": "true"}
            if basis == "cash":
                params["paymentsOnly"] = "true"
            if not self.definition.by_tracking:
                variants.append(Variant(basis or "all", params, fields, {}))
                continue
            for category in facts.categories(self._settings.tracking):
                category_id = str(category["TrackingCategoryID"])
                variants.append(
                    Variant(
                        f"{basis} {category_id}",
                        {**params, "trackingCategoryID": category_id},
                        {
                            **fields,
                            "TrackingCategoryID": category_id,
                            "TrackingCategoryName": category.get("Name"),
                        },
                        {
                            str(option.get("Name")): str(option.get("TrackingOptionID"))
                            for option in category.get("Options") or ()
                        },
                    )
                )
        return variants

    def _request(
        self, organisation: Organisation, variant: Variant, month: Month
    ) -> tuple[Report, datetime]:
        """The report of a month, and when it was requested.

        Raises:
            UnexpectedResponseError: It does not have the form of a report, or is of another month.
        """
        requested_at = datetime.now(timezone.utc)
        request = Request(
            "GET",
            f"/Reports/{self.definition.source.path}",
            params={**self.definition.params(month), **variant.params},
            subject=self.name,
            scope=self.definition.source.read_scope,
        )
        response = organisation.transport.send(request)
        try:
            [found] = records_of(response.json, "Reports")
            report = Report.of(found)
            self.definition.check(report, month)
        except ValueError as error:
            # An error of the period names it already, and the run names the stream.
            period = f"of {month.first} to {month.last}"
            names_period = isinstance(error, WrongPeriodError)
            subject = " ".join(filter(None, [variant.subject, "" if names_period else period]))
            message = f"{subject}: {error}" if subject else str(error)
            message += (
                ". Run again; if this comes again, tell it to Xero's support, and leave the stream "
                "out until then"
            )
            raise UnexpectedResponseError(
                message, status=response.status, correlation_id=response.correlation_id
            ) from None
        return report, requested_at

    def _records(
        self,
        report: Report,
        month: Month,
        variant: Variant,
        facts: ReportFacts,
        requested_at: datetime,
    ) -> Iterator[Record]:
        tenant = facts.organisation.tenant
        days = {"Date": month.last, "FromDate": month.first, "ToDate": month.last}
        common = {
            TENANT_ID: tenant.tenant_id,
            TENANT_NAME: tenant.name,
            **variant.fields,
            **{name: days[name].isoformat() for name in self.definition.period_fields},
        }
        read_at = format_instant(requested_at)
        for line in self._lines(report):
            for columns in self.definition.columns(report, line, month):
                record = {**common, **self._row_fields(line, facts), **columns}
                if variant.options and (option := variant.options.get(columns["Column"])):
                    record["TrackingOptionID"] = option
                record[READ_AT] = read_at
                yield {
                    name: value for name, value in record.items() if self.mask["properties", name]
                }

    def _lines(self, report: Report) -> Iterable[Line]:
        """The rows of a report."""
        return report.lines

    def _row_fields(self, line: Line, facts: ReportFacts) -> Mapping[str, Any]:
        """The fields that say what a row is about."""
        account = facts.accounts.get((line.account_id or "").lower(), {})
        return {
            "RowKey": line.key,
            "Section": line.section,
            "RowType": line.row_type,
            "Label": line.label,
            "AccountID": line.account_id,
            "AccountCode": account.get("Code"),
            "AccountName": account.get("Name", line.label if line.account_id else None),
            "AccountClass": account.get("Class"),
        }

    def _bookmark(
        self, bookmarks: Mapping[str, ReportBookmark], variant: str
    ) -> ReportBookmark | None:
        """How far a variant was read; None if it was not, or all of it is to be read."""
        is_full = self.replication_method == REPLICATION_FULL_TABLE
        return None if is_full else bookmarks.get(variant)

    def _year_end(self, facts: ReportFacts) -> str | None:
        return facts.year_end if self.definition.by_year else None

    def _save(self, state: dict[str, Any], step: Step, facts: ReportFacts) -> None:
        """Saves that a month was read; the running month is always read again.

        Args:
            state: The state of the organisation.
            step: The month, and what is read of it.
            facts: What is known of the organisation.
        """
        # Only if all months that are due are read by now, no month up to the lock date can change.
        locked = facts.lock_date if step.is_last else None
        year_end = self._year_end(facts)
        if self._resumes:
            step.unfinished.add_month(step.month)
            self._save_unfinished(state, step)
        bookmarks = _bookmarks_of(state)
        earlier = self._bookmark(bookmarks, step.key)
        since, last = step.first, min(step.month, Month.of(self._today).plus(-1))
        if earlier is not None and earlier.is_of_other_year(year_end):
            earlier = None
        if earlier is not None and since >= earlier.since:
            since, last = earlier.since, max(last, earlier.last)
            locked = locked or earlier.locked
        if last < since:
            return
        bookmarks[step.key] = ReportBookmark(since, last, locked, year_end)
        state["months"] = {name: each.to_state() for name, each in bookmarks.items()}
        state["replication_key"] = self.replication_key
        state["replication_key_value"] = min(each["last"] for each in state["months"].values())

    def _save_unfinished(self, state: dict[str, Any], step: Step) -> None:
        """Saves what is read so far; nothing after the last month."""
        saved = state.pop("reading", None)
        reading = dict(saved) if isinstance(saved, Mapping) else {}
        reading.pop(step.key, None)
        if not (step.is_last and step.unfinished.has_month(step.month)):
            reading[step.key] = step.unfinished.to_state(step.first)
        if reading:
            state["reading"] = reading


def _bookmarks_of(state: Mapping[str, Any]) -> dict[str, ReportBookmark]:
    """How far each variant was read, without what cannot be read in the state."""
    months = state.get("months")
    saved = months.items() if isinstance(months, Mapping) else ()
    found = ((name, ReportBookmark.from_state(each)) for name, each in saved)
    return {name: bookmark for name, bookmark in found if bookmark is not None}


def warn_of_future_months(streams: Iterable[ReportStream], config: Mapping[str, Any]) -> None:
    """Warns of a first month in the future: the reports then have no month to read.

    Args:
        streams: The report streams that are read.
        config: The tap's configuration; the first stream refuses what is invalid in it.
    """
    names: list[str] = []
    with suppress(SettingsError):
        names = [stream.name for stream in streams if stream.begins_in_future]
    if names:
        first = ReportOptions.from_config(config).first
        logger.warning(
            "Setting %r is %r. The month is in the future (now: %s), so there is nothing to read "
            "of %s. Set an earlier month, or remove the setting",
            "reports.from" if first else "start_date",
            first or config.get("start_date"),
            format_instant(datetime.now(timezone.utc)),
            ", ".join(names),
        )


def _keys(definition: ReportDefinition) -> tuple[str, ...]:
    return (
        TENANT_ID,
        *(("Basis",) if definition.has_basis else ()),
        *definition.period_fields,
        *(("TrackingCategoryID",) if definition.by_tracking else ()),
        *(("ContactID",) if definition.side else ()),
        "RowKey",
        *definition.extra_keys,
    )


def _schema(definition: ReportDefinition) -> Schema:
    properties = properties_of(columns_of(definition), meaning)
    for name in _keys(definition)[1:]:
        properties[name] = as_key(properties[name])
    return record_schema((), {**properties, READ_AT: copy_of(READ_AT_COLUMN)})
