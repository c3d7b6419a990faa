"""The target: its settings, its records, and the end of a run."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar

from target_xero.build.publications.publication import Publication
from target_xero.build.records import InvalidRecordError, Provenance, Record
from target_xero.build.streams.load_order import LoadPosition
from target_xero.copy.copier import Copier
from target_xero.delivery.connection import ConnectedOrganisation, new_run_id
from target_xero.delivery.held_records import HeldRecord, HeldRecords
from target_xero.delivery.items import item_of
from target_xero.delivery.organisations import Organisations
from target_xero.mirror.mirror import Mirror
from target_xero.report.checkpoints import Checkpoints
from target_xero.report.errors import RejectsError, RunStoppedError
from target_xero.report.exit_codes import write_line
from target_xero.report.progress import Progress, summary
from target_xero.report.reject_names import feed_back_command
from target_xero.report.reporter import Reporter
from target_xero.report.results import ERROR_COLUMN, NOT_PUBLISHED, Results, writable_path
from target_xero.retry.retries import Retries
from target_xero.settings import TARGET_PROPERTIES, check_streams
from target_xero.singer.intake import MessageTarget
from target_xero.singer.mirrored_streams import MirroredStreams
from target_xero.singer.sink import XeroSink
from target_xero.singer.stream_maps import apply_stream_map
from xero_client.connection import connection_settings
from xero_client.errors import XeroError
from xero_client.http import wire
from xero_client.settings.connection_settings import CONNECTION_PROPERTIES, ConnectionSettings
from xero_client.store.database import Store

logger = logging.getLogger("target-xero")


class TargetXero(MessageTarget):
    """Publishes records to a Xero organisation."""

    name = "target-xero"
    package_name = "singer-target-xero"
    default_sink_class = XeroSink
    config_jsonschema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {**CONNECTION_PROPERTIES, **TARGET_PROPERTIES},
    }

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # singer-sdk's own options
        self.run_id = new_run_id()
        self._began = time.monotonic()
        self._closed = False
        self._stdout_error: OSError | None = None
        self._record_count = 0
        self._current_stream: str | None = None
        self._copied_epochs: Counter[int] = Counter()
        self._skipped_deleted: Counter[str] = Counter()
        self._held = HeldRecords()
        # The place that the records before went to; None before the first one.
        self._open_position: LoadPosition | None = None
        self._streams_since_held: set[str] = set()
        self._is_releasing = False
        self._empty: Counter[str] = Counter()
        self._complete_streams: dict[str, int] = {}
        super().__init__(**options)

    # The parts of a run

    def prepare(self) -> None:
        """Checks the settings, and that the results and rejects files can be written.

        Raises:
            SettingsError: A setting is missing or wrong.
        """
        _ = self.connection
        _ = self.results

    @cached_property
    def connection(self) -> ConnectionSettings:
        """The connection settings, checked.

        Raises:
            SettingsError: A setting is missing or wrong.
        """
        check_streams(self.config)
        agent = f"{self.name}/{self.plugin_version}"
        return connection_settings(self.config, user_agent=agent)

    @cached_property
    def results(self) -> Results:
        """The results and rejects files."""
        return Results(
            self.run_id,
            writable_path("results_path", self.config["results_path"], self.run_id),
            writable_path("rejects_path", self.config["rejects_path"], self.run_id),
        )

    @cached_property
    def checkpoints(self) -> Checkpoints:
        """The STATE messages that are held back."""
        return Checkpoints(self._emit_state)

    @cached_property
    def reporter(self) -> Reporter:
        """Writes the result of each record."""
        stops_at_reject = self.config["on_reject"] == "fail_fast"
        parts = (self.results, self.checkpoints, self.progress.tick)
        if self.retries is not None:
            return self.retries.reporter(*parts, stops_at_reject=stops_at_reject)
        return Reporter(*parts, stops_at_reject=stops_at_reject)

    @cached_property
    def retries(self) -> Retries | None:
        """The rejects of earlier runs, if ``retry_rejects`` is set."""
        if not self.config["retry_rejects"]:
            return None
        store = Store.of(self.connection)
        return Retries(store, self.run_id, self._scope_of, is_dry_run=self.config["dry_run"])

    def _scope_of(self, stream: str) -> str:
        """The organisation of a stream's records; empty if each record names its own."""
        if any(sink.rule.tenant_id for sink in self._sinks_of(stream)):
            return ""
        return self.organisation.tenant.tenant_id

    @cached_property
    def progress(self) -> Progress:
        """The progress line on a terminal."""
        return Progress(self.results)

    @cached_property
    def organisations(self) -> Organisations:
        """The organisations, each connected at its first record."""
        organisations = Organisations(self.config, self.connection, self.run_id, self.reporter)
        self.progress.transports = organisations.transports
        return organisations

    @property
    def organisation(self) -> ConnectedOrganisation:
        """The organisation of the settings.

        Raises:
            XeroError: There is no token, or the organisation is not connected.
        """
        organisation = self.organisations.of()
        self.results.tenant_id = organisation.tenant.tenant_id
        return organisation

    @cached_property
    def copier(self) -> Copier:
        """Copies an organisation, if ``references`` is ``translate``."""
        store = Store.of(self.connection)
        return Copier(self.organisation, store, self.reporter, self.run_id, self.config)

    # Messages

    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        """Prepares a stream, and tries its rejects of earlier runs first."""
        super()._process_schema_message(message_dict)
        stream = str(message_dict.get("stream"))
        for sink in self._sinks_of(stream):
            self.organisations.expect(sink.rule)
            self.mirrored_streams.begin(sink)
        if self.retries is not None and stream in self.mapper.stream_maps:
            for reject in self.retries.of_stream(stream):
                self._record_count += reject.is_reported
                for record, provenance in reject.records:
                    self.handle_record(stream, record, provenance)
                self.finish_documents(stream)
        for sink in self._sinks_of(stream):
            count = self.record_numbers[sink.stream_name]
            self.mirrored_streams.note_retried(sink.stream_name, count)

    def handle_record(self, stream: str, record: Record, provenance: Provenance) -> None:
        """Applies ``stream_maps`` to a record, and publishes or collects the results.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        maps = self.mapper.stream_maps[stream]
        if len(maps) > 1:
            # Each stream map settles the record once.
            for _ in maps[1:]:
                self.checkpoints.add_record()
        for stream_map in maps:
            try:
                mapped = apply_stream_map(stream_map, record)
            except InvalidRecordError as error:
                self.refuse(provenance, stream_map.stream_alias, error.problems)
                continue
            if mapped is None:
                for epoch in provenance.epochs:
                    self.checkpoints.settle_record(epoch)
                continue
            alias = stream_map.stream_alias
            if self.config["references"] == "translate":
                self._collect(stream, mapped, provenance, is_mapped=mapped is not record)
                continue
            sink = self._sinks_active[alias]
            assert isinstance(sink, XeroSink)  # noqa: S101  # the target has no other sink class
            own = provenance if alias == stream else replace(provenance, stream=alias)
            self._streams_since_held.add(alias)
            sink.add_record(mapped, own)
            if not self._held:
                self._streams_since_held.clear()

    def _collect(
        self, stream: str, record: Record, provenance: Provenance, *, is_mapped: bool
    ) -> None:
        """Keeps a record of the organisation that is copied, until all records have come."""
        line = provenance.messages[0]
        if is_mapped:
            message = {"type": "RECORD", "stream": stream, "record": record}
            line = wire.encode(message)
        self._copied_epochs.update(provenance.epochs)
        self.copier.add(stream, record, line)

    def _copy(self) -> None:
        """Copies the records that were kept; then STATE is passed on, if no outcome is unknown."""
        if "copier" not in self.__dict__:
            return
        self.copier.run(self._complete_streams)
        if not self.results.total("unknown"):
            for epoch in self._copied_epochs.elements():
                self.checkpoints.settle_record(epoch)

    def _process_activate_version_message(self, message_dict: dict[str, Any]) -> None:
        """Notes, for copying and for ``mirror``, that all records of a stream came.

        Without these, records that the tap no longer has stay in Xero.
        """
        self._finish_input()
        stream = str(message_dict.get("stream"))
        version = message_dict.get("version")
        if isinstance(version, int):
            self._complete_streams[stream] = version
        for sink in self._sinks_of(stream):
            count = self.record_numbers[sink.stream_name]
            self.mirrored_streams.note_complete(sink.stream_name, count)

    def _sinks_of(self, stream: str) -> Iterator[XeroSink]:
        """The sinks of a stream of the tap; several if it has several stream maps."""
        for stream_map in self.mapper.stream_maps.get(stream, ()):
            sink = self._sinks_active.get(stream_map.stream_alias)
            if isinstance(sink, XeroSink):
                yield sink

    @cached_property
    def mirrored_streams(self) -> MirroredStreams:
        """The streams with the setting ``mirror``."""
        streams = self.config.get("streams") or {}
        if not any((settings or {}).get("mirror") for settings in streams.values()):
            return MirroredStreams(None)
        store = Store.of(self.connection)
        mirror = Mirror(store, is_dry_run=self.config["dry_run"])
        self.reporter.observer = lambda provenance, result: mirror.note_result(
            provenance.tenant or self.results.tenant_id, provenance, result
        )
        return MirroredStreams(mirror)

    def _remove_mirrored(self) -> None:
        """Removes what mirrored streams published and that did not come again."""
        if self.protocol_error is not None or self._has_stopped():
            return
        place = None
        for removal in self.mirrored_streams.removals(self.record_numbers):
            if place not in (None, removal.place):
                self.organisations.flush()
            place = removal.place
            self._record_count += 1
            self._deliver(HeldRecord(removal.publication, removal.provenance))
        self._finish_input()
        self.mirrored_streams.finish()

    def _emit_state(self, value: Any) -> None:  # noqa: ANN401  # any JSON
        if self._stdout_error is not None:
            return
        # If the run is killed after the STATE, the results before it must be in the file.
        self.results.flush()
        if self.retries is not None:
            self.retries.flush()
        try:
            write_line(wire.encode(value).decode())
        except OSError as error:
            # Raised at the next record: here, some records of a batch have no result yet.
            self._stdout_error = error

    # Publications and results

    def publish(self, stream: str, publication: Publication, provenance: Provenance) -> None:
        """Publishes a record, now or together with others; see ``held_records`` for the rule.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        self._record_count += 1
        sink = self._sinks_active[stream]
        assert isinstance(sink, XeroSink)  # noqa: S101  # the target has no other sink class
        position = sink.position
        record = HeldRecord(publication, provenance)
        if not self._held and position == self._open_position:
            self._deliver(record)
        else:
            if not self._held.fits(position):
                self._release()
            self._held.add(position, record)
            if self._held.must_leave:
                self._release()
        self._check_stop()

    def _release(self) -> None:
        """Publishes all records that are held."""
        if self._is_releasing:
            return  # A document that ends below is held, and leaves with the others.
        self._is_releasing = True
        for sink in list(self._sinks_active.values()):
            # The rows of a document whose stream still comes may not be complete.
            if isinstance(sink, XeroSink) and sink.stream_name not in self._streams_since_held:
                sink.flush()
        for position, records in self._held.take():
            if position != self._open_position:
                if self._open_position is not None:
                    self.organisations.flush()
                self._open_position = position
            for record in records:
                self._deliver(record)
                self._check_stop()
        self._is_releasing = False

    def _deliver(self, record: HeldRecord) -> None:
        publication, provenance = record.publication, record.provenance
        try:
            if provenance.tenant:
                organisation = self.organisations.of(provenance.tenant)
                provenance = replace(provenance, tenant=organisation.tenant.tenant_id)
            else:
                organisation = self.organisation
            resolved = self.organisations.resolved(organisation, publication)
        except InvalidRecordError as error:
            self._record_count -= 1
            self.refuse(provenance, publication.destination.name, error.problems)
            return
        except XeroError as error:
            raise RunStoppedError(str(error)) from error
        if resolved is not None:
            item = item_of(resolved, provenance, organisation.tenant.tenant_id)
            self.organisations.publish(organisation, item)

    def refuse(self, provenance: Provenance, entity: str, problems: Sequence[str]) -> None:
        """Reports a record as invalid; it is not sent.

        Raises:
            RunStoppedError: ``on_reject`` is ``fail_fast``.
        """
        self._record_count += 1
        self.reporter.invalid(provenance, entity, None, problems)
        self._check_stop()

    def skip_deleted(self, provenance: Provenance) -> None:
        """Leaves out a record that its source has marked as deleted; the end says how many."""
        self._skipped_deleted[provenance.stream] += 1
        for epoch in provenance.epochs:
            self.checkpoints.settle_record(epoch)

    def skip_empty(self, provenance: Provenance) -> None:
        """Leaves out a record without any value; the end says how many."""
        self._empty[provenance.stream] += 1
        for epoch in provenance.epochs:
            self.checkpoints.settle_record(epoch)

    def _check_stop(self) -> None:
        self._check_stdout()
        self.reporter.check_rejects()

    def _check_stdout(self) -> None:
        if self._stdout_error is not None:
            message = (
                f"STATE cannot be passed on, because standard output is closed "
                f"({self._stdout_error}): run the same input again; published records are "
                "unchanged then"
            )
            raise RunStoppedError(message)

    def finish_documents(self, stream: str) -> None:
        """Ends the documents of a stream whose rows are still coming; its SCHEMA changes."""
        for sink in self._sinks_of(stream):
            sink.flush()

    def _finish_input(self) -> None:
        """Publishes all that is left."""
        self._streams_since_held.clear()
        for sink in list(self._sinks_active.values()):
            if isinstance(sink, XeroSink):
                sink.flush()
        self._release()
        if "organisations" in self.__dict__:
            self.organisations.flush()
        self._check_stop()

    # The end of a run

    def process_endofpipe(self) -> None:
        """Publishes all that is left, and closes the run.

        Raises:
            SingerSDKError: A record was not published.
        """
        self._finish_input()
        self._copy()
        self._remove_mirrored()
        self.close()
        if "organisations" in self.__dict__:
            self.organisations.check_stopped()
        if self.mirrored_streams.problems:
            raise RejectsError("; ".join(self.mirrored_streams.problems))
        self._raise_for_rejects()
        if not self.has_schema:
            self.logger.warning(
                "The input had no SCHEMA message, so nothing was published: the tap may have "
                "failed, or no stream is selected in it"
            )

    def _has_stopped(self) -> bool:
        return "organisations" in self.__dict__ and self.organisations.has_stopped

    def close(self) -> None:
        """Waits for calls in flight, closes the files and logs the summary; runs only once."""
        if self._closed:
            return
        self._closed = True
        unsent = 0
        organisations: Sequence[ConnectedOrganisation] = ()
        if "organisations" in self.__dict__ and self.organisations.connected:
            self.organisations.stop()
            unsent = self._record_count - self.reporter.count
            organisations = self.organisations.connected
        if "copier" in self.__dict__:
            self.copier.close()
        retries: Retries | None = self.__dict__.get("retries")
        if retries is not None:
            retries.finish()
        self.results.close()
        for sink in self._sinks_active.values():
            sink.clean_up()
        transports = {str(found.tenant): found.transport for found in organisations}
        for line in summary(self.results, transports, time.monotonic() - self._began):
            self.logger.info(line)
        for stream, count in self._skipped_deleted.items():
            self.logger.info(
                "%s: %d records that are deleted in the source were skipped", stream, count
            )
        self._describe_rejects()
        if unsent > 0:
            self.logger.error("%d records were read and not sent: run again", unsent)
        if self.results.rejects_path.exists():
            self.logger.info(
                "What was not published is in %s, with the reasons in the column %s. Correct it, "
                "then run: %s",
                self.file_to_correct,
                ERROR_COLUMN,
                self.feed_back_command,
            )

    @property
    def file_to_correct(self) -> Path:
        """The file with what was not published, after the end of the run."""
        return self.results.rejects_path

    @property
    def feed_back_command(self) -> str:
        """The command that publishes ``file_to_correct``."""
        return feed_back_command(self.file_to_correct)

    def _describe_rejects(self) -> None:
        for stream, count in self._empty.items():
            self.logger.info("%s: %d empty records were skipped", stream, count)
        for reject in self.reporter.rejects:
            self.logger.warning("%s", reject)
        not_shown = self.results.total(*NOT_PUBLISHED) - len(self.reporter.rejects)
        if not_shown > 0:
            self.logger.warning("and %d more; the reasons are in the rejects file", not_shown)

    def _raise_for_rejects(self) -> None:
        self._check_stdout()
        if self.protocol_error is not None:
            raise self.protocol_error
        if self.config["on_reject"] == "skip":
            return
        rejects = self.results.total("rejected", "invalid", "unknown")
        if rejects:
            message = f"{rejects:,} of {self.results.total():,} records were not published. "
            if self.results.rejects_path.exists():
                message += f"Correct them in {self.file_to_correct}, then run: "
                message += self.feed_back_command
            else:
                message += f"The reasons are in {self.results.results_path}"
            raise RejectsError(message)

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  # a signal handler's arguments
        """Ends the run; ``close`` waits for calls in flight."""
        raise SystemExit(128 + signum)
