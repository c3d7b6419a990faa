"""The target: its settings, its records, and the end of a run."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from types import FrameType
from typing import Any, ClassVar

from target_xero.build.publications.publication import Publication
from target_xero.build.records import InvalidRecordError, Provenance, Record
from target_xero.build.streams.load_order import LoadPosition
from target_xero.copy.copier import Copier
from target_xero.delivery.connection import ConnectedOrganisation, connect_organisation, new_run_id
from target_xero.delivery.held_records import HeldRecord, HeldRecords
from target_xero.delivery.items import item_of
from target_xero.report.checkpoints import Checkpoints
from target_xero.report.errors import RejectsError, RunStoppedError
from target_xero.report.exit_codes import write_line
from target_xero.report.progress import Progress, summary
from target_xero.report.reject_names import feed_back_command
from target_xero.report.reporter import Reporter
from target_xero.report.results import ERROR_COLUMN, NOT_PUBLISHED, Results, writable_path
from target_xero.settings import TARGET_PROPERTIES, check_streams
from target_xero.singer.intake import MessageTarget
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
        return Reporter(
            self.results,
            self.checkpoints,
            self.progress.tick,
            stops_at_reject=self.config["on_reject"] == "fail_fast",
        )

    @cached_property
    def progress(self) -> Progress:
        """The progress line on a terminal."""
        return Progress(self.results)

    @cached_property
    def organisation(self) -> ConnectedOrganisation:
        """The organisation, connected at the first record.

        Raises:
            XeroError: There is no token, or the organisation is not connected.
        """
        organisation = connect_organisation(
            self.config, self.connection, self.run_id, self.reporter
        )
        self.results.tenant_id = organisation.tenant.tenant_id
        self.progress.transport = organisation.transport
        return organisation

    @cached_property
    def copier(self) -> Copier:
        """Copies an organisation, if ``references`` is ``translate``."""
        store = Store.of(self.connection)
        return Copier(self.organisation, store, self.reporter, self.run_id, self.config)

    @property
    def tenant_id(self) -> str:
        """The id of the organisation that is published to."""
        return self.organisation.tenant.tenant_id

    # Messages

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
        """Notes, for copying, that all records of a stream came.

        Without copying, records that the tap no longer has stay in Xero.
        """
        self._finish_input()
        version = message_dict.get("version")
        if isinstance(version, int):
            self._complete_streams[str(message_dict.get("stream"))] = version

    def _emit_state(self, value: Any) -> None:  # noqa: ANN401  # any JSON
        if self._stdout_error is not None:
            return
        # If the run is killed after the STATE, the results before it must be in the file.
        self.results.flush()
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
                    self.organisation.pipeline.flush()
                self._open_position = position
            for record in records:
                self._deliver(record)
                self._check_stop()
        self._is_releasing = False

    def _deliver(self, record: HeldRecord) -> None:
        publication, provenance = record.publication, record.provenance
        names = self.organisation.names
        try:
            publication = names.resolved(publication)
        except InvalidRecordError as error:
            self._record_count -= 1
            self.refuse(provenance, publication.destination.name, error.problems)
            return
        except XeroError as error:
            raise RunStoppedError(str(error)) from error
        names.forget(publication.destination)
        item = item_of(publication, provenance, self.tenant_id)
        self.organisation.publish(item)

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
        for stream_map in self.mapper.stream_maps.get(stream, ()):
            sink = self._sinks_active.get(stream_map.stream_alias)
            if isinstance(sink, XeroSink):
                sink.flush()

    def _finish_input(self) -> None:
        """Publishes all that is left."""
        self._streams_since_held.clear()
        for sink in list(self._sinks_active.values()):
            if isinstance(sink, XeroSink):
                sink.flush()
        self._release()
        if "organisation" in self.__dict__:
            self.organisation.pipeline.flush()
        self._check_stop()

    # The end of a run

    def process_endofpipe(self) -> None:
        """Publishes all that is left, and closes the run.

        Raises:
            SingerSDKError: A record was not published.
        """
        self._finish_input()
        if "organisation" in self.__dict__:
            self.organisation.forget_old()
        self._copy()
        self.close()
        self._raise_for_rejects()
        if not self.has_schema:
            self.logger.warning(
                "The input had no SCHEMA message, so nothing was published: the tap may have "
                "failed, or no stream is selected in it"
            )

    def close(self) -> None:
        """Waits for calls in flight, closes the files and logs the summary; runs only once."""
        if self._closed:
            return
        self._closed = True
        unsent = 0
        transport = None
        if "organisation" in self.__dict__:
            self.organisation.pipeline.stop()
            unsent = self._record_count - self.reporter.count
            transport = self.organisation.transport
        if "copier" in self.__dict__:
            self.copier.close()
        self.results.close()
        for sink in self._sinks_active.values():
            sink.clean_up()
        for line in summary(self.results, transport, time.monotonic() - self._began):
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
                self.results.rejects_path,
                ERROR_COLUMN,
                feed_back_command(self.results.rejects_path),
            )

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
            message = (
                f"{rejects:,} of {self.results.total():,} records were not published. Correct "
                f"them in {self.results.rejects_path}, then run: "
                f"{feed_back_command(self.results.rejects_path)}"
            )
            raise RejectsError(message)

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  # a signal handler's arguments
        """Ends the run; ``close`` waits for calls in flight."""
        raise SystemExit(128 + signum)
