"""Takes items as a run does, reads Xero, writes nothing, and reports what a run would do."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from target_xero.build.publications.publication import Publication
from target_xero.delivery.admission.run_records import INBOX_SIZE, Admission, RunRecords
from target_xero.delivery.batches import Batcher, Fit
from target_xero.delivery.dry_run.prediction import LOOKUP_SIZE, Prediction, Predictor
from target_xero.delivery.item_results import dry_run_result, not_sent_result
from target_xero.delivery.items import Item
from target_xero.delivery.publish_log import LogEntry, PublishLog
from target_xero.report.errors import RunStoppedError
from target_xero.report.reporter import Reporter
from xero_client.errors import XeroError
from xero_client.http.access import with_needs
from xero_client.http.transport import Transport


class DryRunPipeline:
    """Reads the records that Xero has, and sends none.

    Attributes:
        look_ups: The calls that were made to look records up.
    """

    def __init__(
        self,
        transport: Transport,
        log: PublishLog,
        reporter: Reporter,
        tenant_id: str,
        on_prediction: Callable[[Item, Prediction], None] = lambda _item, _prediction: None,
        *,
        resend_unknown: bool = False,
    ) -> None:
        """Starts without items.

        Args:
            transport: The organisation's connection.
            log: The publish log; it is only read.
            reporter: Reports what a run would do.
            tenant_id: The organisation's id.
            on_prediction: Is called with each item as it came and its prediction.
            resend_unknown: Whether a run would send records again whose outcome cannot be found
                out.
        """
        records = RunRecords(tenant_id, has_old_fingerprints=log.has_old_fingerprints)
        self._admission = Admission(records, reporter)
        self._predictor = Predictor(transport, log, records, resend_unknown=resend_unknown)
        self._reporter = reporter
        self._transport = transport
        self._on_prediction = on_prediction
        self._inbox: list[Item] = []
        self._batcher = Batcher(_for_prediction)
        self.look_ups = 0

    @property
    def recognises_inputs(self) -> bool:
        """False: a dry run shows for each record what a run would do."""
        return False

    def recognise(self, digests: Iterable[str]) -> dict[str, LogEntry]:  # noqa: ARG002  # as of the other pipeline
        """Recognises no record."""
        return {}

    def add_recognised(self, items: Sequence[Item]) -> None:
        """Does nothing, since no record is recognised."""

    def add(self, item: Item) -> None:
        """Takes an item."""
        self._inbox.append(item)
        if len(self._inbox) >= INBOX_SIZE:
            self._process_inbox()

    def flush(self) -> None:
        """Reports what a run would do with the items taken so far.

        Raises:
            RunStoppedError: Xero cannot be read.
        """
        self._process_inbox()
        self._predict(self._batcher.take())

    def stop(self) -> None:
        """Drops the items that were not looked up."""
        self._inbox = []
        self._batcher.take()

    def _process_inbox(self) -> None:
        inbox, self._inbox = self._inbox, []
        for item in self._admission.admit(inbox, self._batcher.items):
            self._predict(self._batcher.add(item))

    def _predict(self, items: Sequence[Item]) -> None:
        if not items:
            return
        calls_before = self._calls()
        try:
            predictions = self._predictor.predict(items)
        except XeroError as error:
            error = with_needs(error, items[0].publication.destination.needs)
            raise RunStoppedError(str(error)) from error
        self.look_ups += self._calls() - calls_before
        for item, prediction in zip(items, predictions, strict=True):
            self._on_prediction(item, prediction)
            self._report(item, prediction)
        self._reporter.flush()

    def _calls(self) -> int:
        return sum(usage.calls for usage in self._transport.usage.values())

    def _report(self, item: Item, prediction: Prediction) -> None:
        if prediction.error is not None:
            result = not_sent_result(item, prediction.error, prediction.failed_as)
        else:
            result = dry_run_result(item, prediction.would, prediction.xero_id, prediction.changes)
        self._reporter.report(item.provenance, result)


def _for_prediction(publication: Publication) -> Fit:
    """Batches that are looked up together: neighbours of one destination."""
    return _fit_of(publication.destination.name)


@lru_cache(maxsize=128)
def _fit_of(name: str) -> Fit:
    return Fit(name, LOOKUP_SIZE, math.inf)
