"""Publishes the messages of one input: makes the parts of the run, and ends it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, Any, cast

from singer_sdk import Target

from target_xero.build.streams.stream_names import check_stream_name
from target_xero.report.errors import RejectsError
from target_xero.run.ending import log_summary, raise_for_rejects
from target_xero.run.holding_publisher import HoldingPublisher
from target_xero.run.run import Run
from target_xero.singer.intake import Intake
from target_xero.singer.messages.protocol_errors import ProtocolErrors
from target_xero.singer.messages.reader import MessageReader
from target_xero.singer.mirrored_streams import MirroredStreams
from target_xero.singer.receivers import PublishingReceiver, RecordReceiver
from target_xero.singer.sink import SinkContext, XeroSink
from target_xero.singer.streams import Streams

logger = logging.getLogger("target-xero")


class MessageRun:
    """Publishes the records of one input of Singer messages.

    Attributes:
        intake: Takes the messages.
    """

    def __init__(
        self,
        target: Target,
        run: Run,
        copying: Callable[[Run], RecordReceiver] | None = None,
        *,
        logs_summary: bool = True,
    ) -> None:
        """Makes the parts; each is given what it needs, and none knows the run as a whole.

        Args:
            target: The SDK's target, which the SDK's sinks need.
            run: The run.
            copying: Makes what takes the records instead of the sinks, if they are copied.
            logs_summary: Whether the end of the run says what it did.
        """
        self._run = run
        self._logs_summary = logs_summary
        sinks: dict[str, XeroSink] = {}
        self._publisher = HoldingPublisher(run, sinks)
        self._errors = ProtocolErrors()
        context = SinkContext(run.config, run.settings.origin, self._publisher, self._errors)

        def make_sink(
            name: str, schema: dict[str, Any], key_properties: Sequence[str] | None
        ) -> XeroSink:
            check_stream_name(name, "streams", run.config.get("streams") or {}, sinks)
            return XeroSink(target, name, schema, key_properties, context)

        self._streams = Streams(target.mapper, sinks, make_sink)
        self._receiver: RecordReceiver = (
            copying(run) if copying else PublishingReceiver(sinks, self._publisher)
        )
        self._mirrored = MirroredStreams.of(run)
        self.intake = Intake(
            run,
            self._streams,
            self._receiver,
            self._publisher.refuse,
            self._errors,
            self._mirrored,
        )
        self._is_closed = False

    @property
    def schemas(self) -> Mapping[str, bytes]:
        """The SCHEMA message of each stream that has come."""
        return self.intake.schemas

    def read(self, lines: Iterable[str] | Iterable[bytes] | None) -> None:
        """Takes all messages.

        Args:
            lines: A text file, or other lines; None for standard input.

        Raises:
            InvalidInputLine: The input is UTF-16.
            RunStoppedError: The run could not go on.
        """
        MessageReader(lambda: self.intake).process_lines(cast("IO[str] | None", lines), {})

    def publish_rest(self) -> None:
        """Publishes all that is left, at the end of the input.

        Raises:
            RunStoppedError: The run could not go on.
        """
        self._receiver.finish()

    def finish(self) -> None:
        """Publishes all that is left, and closes the run.

        Raises:
            RunStoppedError: The run could not go on.
            SingerSDKError: The input has an error, or a record was not published.
        """
        self.publish_rest()
        self._remove_mirrored()
        self._run.organisations.forget_old()
        self.close()
        for line in self._receiver.closing_words():
            logger.info(line)
        self._run.organisations.check_stopped()
        if self._mirrored.problems:
            raise RejectsError("; ".join(self._mirrored.problems))
        self._run.states.check()
        if self._errors.first is not None:
            raise self._errors.first
        raise_for_rejects(self._run)
        if not self.intake.has_schema:
            logger.warning(
                "The input had no SCHEMA message, so nothing was published: the tap may have "
                "failed, or no stream is selected in it"
            )

    def _remove_mirrored(self) -> None:
        """Removes what mirrored streams published and that did not come again."""
        if self._errors.first is not None or self._run.organisations.has_stopped:
            return
        self._publisher.publish_in_order(self._mirrored.removals())
        self._mirrored.finish()

    def close(self) -> None:
        """Waits for calls in flight, closes everything and logs the summary; runs only once."""
        if self._is_closed:
            return
        self._is_closed = True
        self._run.stop()
        self._receiver.close()
        self._run.close()
        self._streams.close()
        if self._logs_summary:
            log_summary(self._run, self._publisher.not_sent)
