"""target-xero: its settings, the messages that it takes, and how a run ends."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from types import FrameType
from typing import Any, ClassVar

from singer_sdk.exceptions import (
    MappingError,
)
from singer_sdk.mapper import SameRecordTransform, StreamMap

from target_xero.build.publication import Publication
from target_xero.build.records import InvalidRecordError, Record, Source
from target_xero.copy.copier import Copier
from target_xero.delivery.connection import Connected, connected, new_run_id
from target_xero.delivery.items import item_of
from target_xero.delivery.publisher import StoppedError
from target_xero.report.exit_codes import RejectsError, say
from target_xero.report.progress import Progress, summary
from target_xero.report.reporter import Reporter
from target_xero.report.results import Results, file_of
from target_xero.settings import TARGET_PROPERTIES, checked_streams
from target_xero.singer.checkpoints import Checkpoints
from target_xero.singer.intake import MessageTarget
from target_xero.singer.sink import XeroSink
from xero_client.connection import connection_settings
from xero_client.http import wire
from xero_client.settings.connection_settings import CONNECTION_PROPERTIES, ConnectionSettings
from xero_client.store.database import Store

logger = logging.getLogger("target-xero")

# What singer-sdk lets through from expressions of ``stream_maps`` that do not fit a record.
MAPPING_ERRORS = (
    MappingError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
)


class TargetXero(MessageTarget):
    """Publishes records to a Xero organisation."""

    name = "target-xero"
    package_name = "target-xero"
    default_sink_class = XeroSink
    config_jsonschema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {**CONNECTION_PROPERTIES, **TARGET_PROPERTIES},
    }

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # singer-sdk's own options
        self.run_id = new_run_id()
        self._began = time.monotonic()
        self._closed = False
        self._unheard: OSError | None = None
        self._handed_on = 0
        self._stream: str | None = None
        self._gathered: Counter[int] = Counter()
        self._whole: dict[str, int] = {}
        super().__init__(**options)

    # What a run needs

    def prepare(self) -> None:
        """Checks the settings, and that what becomes of records can be written down.

        Raises:
            SettingsError: A setting is missing or wrong.
        """
        _ = self.connection
        _ = self.results

    @cached_property
    def connection(self) -> ConnectionSettings:
        """The connection settings, checked.

        Raises:
            SettingsError: One is missing or wrong.
        """
        checked_streams(self.config)
        agent = f"{self.name}/{self.plugin_version}"
        return connection_settings(self.config, user_agent=agent)

    @cached_property
    def results(self) -> Results:
        """The results and rejects files."""
        return Results(
            self.run_id,
            file_of("results_path", self.config["results_path"], self.run_id),
            file_of("rejects_path", self.config["rejects_path"], self.run_id),
        )

    @cached_property
    def checkpoints(self) -> Checkpoints:
        """The STATE messages that wait."""
        return Checkpoints(self._emit_state)

    @cached_property
    def reporter(self) -> Reporter:
        """Ends records."""
        return Reporter(self.results, self.checkpoints, self.progress.tick)

    @cached_property
    def progress(self) -> Progress:
        """Tells how far the run is."""
        return Progress(self.results)

    @cached_property
    def organisation(self) -> Connected:
        """The organisation, connected when its first record comes.

        Raises:
            XeroError: The token or the organisation cannot be had.
        """
        organisation = connected(self.config, self.connection, self.run_id, self.reporter)
        self.results.tenant_id = organisation.tenant.tenant_id
        self.progress.transport = organisation.transport
        return organisation

    @cached_property
    def copier(self) -> Copier:
        """Copies an organisation, where ``references`` is ``translate``."""
        store = Store.of(self.connection)
        return Copier(self.organisation, store, self.reporter, self.run_id, self.config)

    @property
    def tenant_id(self) -> str:
        """The organisation that is published to."""
        return self.organisation.tenant.tenant_id

    # Messages

    def take(self, stream: str, record: Record, source: Source) -> None:
        """Takes a record, as ``stream_maps`` make it.

        Raises:
            StoppedError: The run cannot go on.
        """
        maps = self.mapper.stream_maps[stream]
        if len(maps) > 1:
            # Each of them settles its own share of the record.
            for _ in maps[1:]:
                self.checkpoints.take()
        for stream_map in maps:
            try:
                mapped = _mapped(stream_map, record)
            except InvalidRecordError as error:
                self.refuse(source, stream_map.stream_alias, error.problems)
                continue
            if mapped is None:
                for epoch in source.epochs:
                    self.checkpoints.settle(epoch)
                continue
            alias = stream_map.stream_alias
            if alias != self._stream:
                self.finish_stream()
                self._stream = alias
            if self.config["references"] == "translate":
                self._gather(stream, mapped, source, as_it_came=mapped is record)
                continue
            sink = self._sinks_active[alias]
            assert isinstance(sink, XeroSink)  # noqa: S101  # the only class there is
            own = source if alias == stream else _renamed(source, alias)
            sink.take(mapped, own)

    def _gather(self, stream: str, record: Record, source: Source, *, as_it_came: bool) -> None:
        """Keeps a record of an organisation that is copied, until all have come."""
        line = source.rows[0]
        if not as_it_came:
            message = {"type": "RECORD", "stream": stream, "record": record}
            line = wire.encode(message)
        self._gathered.update(source.epochs)
        self.copier.take(stream, record, line)

    def _copy(self) -> None:
        """Copies what was gathered; STATE goes on when every record has its outcome."""
        if "copier" not in self.__dict__:
            return
        self.copier.run(self._whole)
        if not self.results.total("unknown"):
            for epoch in self._gathered.elements():
                self.checkpoints.settle(epoch)

    def _process_activate_version_message(self, message_dict: dict[str, Any]) -> None:
        """Notes that a list came whole, for copying.

        Elsewhere what a tap no longer has is not removed from Xero.
        """
        version = message_dict.get("version")
        if isinstance(version, int):
            self._whole[str(message_dict.get("stream"))] = version

    def _emit_state(self, value: Any) -> None:  # noqa: ANN401  # any JSON
        if self._unheard is not None:
            return
        # A kill after this line must find the results that the state stands for.
        self.results.flush()
        try:
            say(wire.encode(value).decode())
        except OSError as error:
            # Raised where records are handed on: here some of a batch have no result yet.
            self._unheard = error

    # What becomes of records

    def publish(self, sink: XeroSink, publication: Publication, source: Source) -> None:
        """Hands a publication on.

        Raises:
            StoppedError: The run cannot go on.
        """
        if sink.stream_name != self._stream:
            self._stream = sink.stream_name
        # Of a document that is made of rows, a key names a row only.
        follows_key = not sink.rule.group_by
        item = item_of(publication, source, self.tenant_id, follows_key=follows_key)
        self._handed_on += 1
        self.organisation.publish(item)
        self._check_stop()

    def refuse(self, source: Source, entity: str, problems: Sequence[str]) -> None:
        """Ends a record that cannot be sent.

        Raises:
            StoppedError: ``on_reject`` is ``fail_fast``.
        """
        self.reporter.invalid(source, entity, None, problems)
        self._check_stop()

    def _check_stop(self) -> None:
        self._check_heard()
        if self.config["on_reject"] == "fail_fast" and self.reporter.failed.is_set():
            message = "a record was not published, and on_reject is fail_fast"
            raise StoppedError(message)

    def _check_heard(self) -> None:
        if self._unheard is not None:
            message = (
                f"STATE cannot be handed on, since nobody takes standard output ({self._unheard}): "
                "run the same input again; what was published is unchanged then"
            )
            raise StoppedError(message)

    def finish_stream(self) -> None:
        """Ends everything of the present stream, before another one begins."""
        for sink in self._sinks_active.values():
            if isinstance(sink, XeroSink):
                sink.finish()
        if "organisation" in self.__dict__:
            self.organisation.pipeline.flush()
        self._check_stop()

    # The end

    def process_endofpipe(self) -> None:
        """Ends everything, and says what it was.

        Raises:
            SingerSDKError: Something was not published.
        """
        self.finish_stream()
        self._copy()
        self.close()
        self._judge()

    def close(self) -> None:
        """Ends what is in flight, closes the files, and writes the summary; once."""
        if self._closed:
            return
        self._closed = True
        unsent = 0
        transport = None
        if "organisation" in self.__dict__:
            self.organisation.pipeline.abandon()
            unsent = self._handed_on - self.reporter.ended
            transport = self.organisation.transport
        self.results.close()
        for sink in self._sinks_active.values():
            sink.clean_up()
        for line in summary(self.results, transport, time.monotonic() - self._began):
            self.logger.info(line)
        if unsent > 0:
            self.logger.error("%d records were read and not sent: run again", unsent)
        if self.results.rejects_path.exists():
            self.logger.info(
                "Not published: %s; correct what is wrong, and feed the file back",
                self.results.rejects_path,
            )

    def _judge(self) -> None:
        self._check_heard()
        if self.protocol_error is not None:
            raise self.protocol_error
        if self.config["on_reject"] == "skip":
            return
        bad = self.results.total("rejected", "invalid", "unknown")
        if bad:
            message = (
                f"{bad:,} of {self.results.total():,} records were not published; see "
                f"{self.results.results_path}, and feed {self.results.rejects_path} back"
            )
            raise RejectsError(message)

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  # a signal handler's arguments
        """Leaves the loop; what is in flight is ended on the way out."""
        raise SystemExit(128 + signum)


def _mapped(stream_map: StreamMap, record: Record) -> Record | None:
    """What ``stream_maps`` make of a record: itself where they say nothing, None to leave it out.

    Raises:
        InvalidRecordError: An expression does not fit the record.
    """
    if isinstance(stream_map, SameRecordTransform):
        return record
    try:
        mapped: Record | None = stream_map.transform(dict(record))
    except MAPPING_ERRORS as error:
        why = f"{error} {error.__cause__ or ''}".rstrip()
        raise InvalidRecordError([f"stream_maps cannot map the record: {why}"]) from None
    return mapped


def _renamed(source: Source, alias: str) -> Source:
    return replace(source, stream=alias)
