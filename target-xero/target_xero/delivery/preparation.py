"""What is read from Xero before items are sent, and after Xero refused them for what exists."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from target_xero.build.destinations.destination import ChildDestination, EntityDestination
from target_xero.build.publications.publication import Publication
from target_xero.delivery.item_results import not_sent_result, unchanged_result
from target_xero.delivery.items import Item
from target_xero.delivery.overwriting import Decision, Overwriting
from target_xero.delivery.publish_log import PublishLog
from target_xero.lookup.parent_search import with_parents
from target_xero.lookup.reference_search import with_references
from target_xero.lookup.resolution import needs_completion, needs_lookup, resolve
from target_xero.report.reporter import Reporter
from target_xero.report.results import INVALID, REJECTED, CallInfo
from xero_client.errors import RequestRefusedError, XeroError
from xero_client.http.transport import Request, Transport

logger = logging.getLogger("target-xero")

# The statuses of answers that may be about records: what exists may be the reason.
VERDICTS = frozenset({200, 400, 404})


@dataclass(frozen=True)
class Prepared:
    """Items that are ready to be sent.

    Attributes:
        items: The items; those of one request are neighbours.
        fallbacks: What to send instead of an item that Xero refuses, by fingerprint.
    """

    items: Sequence[Item]
    fallbacks: dict[str, Item] = field(default_factory=dict)


def has_names(items: Sequence[Item]) -> bool:
    """Whether items name records that must be looked up before they are sent."""
    return any(item.publication.parent_key or item.publication.references for item in items)


class Preparation:
    """Reads what Xero has of the items of one organisation; safe to share between threads.

    It reports each item that is not to be sent.
    """

    def __init__(self, transport: Transport, log: PublishLog, reporter: Reporter) -> None:
        self._transport = transport
        self._reporter = reporter
        self._overwriting = Overwriting(transport, log)

    def prepare(self, items: Sequence[Item]) -> Prepared:
        """The items with what must be known of Xero before they are sent.

        Args:
            items: Items of one destination.

        Raises:
            XeroError: A look-up failed.
        """
        destination = items[0].publication.destination
        if has_names(items):
            items = self.with_named_records(items)
            if not items:
                return Prepared(items)
            if isinstance(destination, ChildDestination):
                # Children of one parent go out together.
                return Prepared(sorted(items, key=lambda item: item.publication.path))
        first = items[0].publication
        if not isinstance(destination, EntityDestination):
            return Prepared(items)
        if first.overwrite is not None:
            sendable = self._sendable(self._overwriting.prepare(destination, items))
            return Prepared(self._completed(destination, sendable))
        return self._resolved(destination, items) if needs_lookup(first) else Prepared(items)

    def as_sent(self, items: Sequence[Item]) -> list[Item]:
        """Items of an earlier run in the form in which they may be sent again."""
        destination = items[0].publication.destination
        if not isinstance(destination, EntityDestination):
            return list(items)
        return self._overwriting.as_sent(destination, items)

    def with_named_records(self, items: Sequence[Item], status: str = INVALID) -> list[Item]:
        """Items with the ids of their parents, and of other records that they name.

        Args:
            items: Items that name records by number, code or name.
            status: The status to report those with whose records are not found.

        Raises:
            XeroError: A look-up failed.
        """
        stream = items[0].provenance.stream
        children: list[Item] = []
        found = with_parents([item.publication for item in items], self._transport, stream)
        for item, parent in zip(items, found, strict=True):
            if parent.publication is None:
                self._report_not_sent(item, str(parent.problem), status)
            else:
                children.append(replace(item, publication=parent.publication))
        ready: list[Item] = []
        named = with_references([item.publication for item in children], self._transport, stream)
        for item, references in zip(children, named, strict=True):
            if references.publication is None:
                self._report_not_sent(item, str(references.problem), status)
            else:
                ready.append(replace(item, publication=references.publication))
        return ready

    def decisions_on(self, refused: Sequence[Item], call: CallInfo) -> dict[str, Decision]:
        """What is to be done with items that Xero refused because of what exists.

        Args:
            refused: Items that Xero refused.
            call: The call that carried them.

        Returns:
            Decisions by fingerprint. The refusals of the other items stand.
        """
        looked_up = [item for item in refused if item.publication.refusal_is_looked_up]
        if not looked_up or call.http_status not in VERDICTS:
            return {}
        destination = looked_up[0].publication.destination
        if not isinstance(destination, EntityDestination):
            return {}
        try:
            decisions = self._overwriting.after_refusal(destination, looked_up)
        except XeroError as error:
            logger.warning("Cannot read why %d records were refused: %s", len(looked_up), error)
            return {}
        return {
            item.fingerprint: decision
            for item, decision in zip(looked_up, decisions, strict=True)
            if decision is not None
        }

    def after_decisions(self, decisions: Sequence[Decision]) -> list[Item]:
        """The items to send again after a refusal; a second refusal of them stands."""
        return [
            replace(
                item.next_attempt(),
                publication=replace(item.publication, refusal_is_looked_up=False),
            )
            for item in self._sendable(decisions)
        ]

    def _sendable(self, decisions: Sequence[Decision]) -> list[Item]:
        """The items to send, creations apart from updates; the others are reported."""
        ready: list[Item] = []
        for decision in decisions:
            item = decision.item
            if decision.problem is not None:
                self._report_not_sent(item, decision.problem, INVALID)
            elif decision.is_unchanged:
                result = unchanged_result(item, decision.xero_id)
                self._reporter.report(item.provenance, result)
            else:
                ready.append(item)
        return sorted(ready, key=lambda item: item.publication.method)

    def _completed(self, destination: EntityDestination, items: Sequence[Item]) -> Sequence[Item]:
        """The items, with updates that leave nothing out where Xero would clear it."""
        incomplete = [item for item in items if needs_completion(item.publication)]
        if not incomplete:
            return items
        ready = {item.fingerprint: item for item in self._resolved(destination, incomplete).items}
        return [
            ready.get(item.fingerprint, item)
            for item in items
            if item.fingerprint in ready or not needs_completion(item.publication)
        ]

    def _resolved(self, destination: EntityDestination, items: Sequence[Item]) -> Prepared:
        stream = items[0].provenance.stream
        publications = [item.publication for item in items]
        resolutions = resolve(destination, publications, self._transport, stream)
        ready: list[Item] = []
        fallbacks: dict[str, Item] = {}
        for item, resolution in zip(items, resolutions, strict=True):
            if resolution.error is not None:
                self._report_not_sent(item, resolution.error, REJECTED)
            elif resolution.publication is None:
                result = unchanged_result(item, resolution.xero_id)
                self._reporter.report(item.provenance, result)
            elif resolution.before is not None and not self._is_sent(item, resolution.before):
                continue
            else:
                ready.append(replace(item, publication=resolution.publication))
                if resolution.fallback is not None:
                    fallbacks[item.fingerprint] = replace(item, publication=resolution.fallback)
        return Prepared(ready, fallbacks)

    def _is_sent(self, item: Item, change: Publication) -> bool:
        """Sends a change that may be sent twice; reports the item if Xero refuses it.

        Raises:
            XeroError: The change failed for a reason that does not lie in the record.
        """
        request = Request(
            change.method,
            change.path,
            dict(change.params),
            body=change.content,
            content_type=change.content_type,
            subject=item.provenance.stream,
            scope=change.destination.scope,
            retry=True,
        )
        try:
            self._transport.send(request)
        except RequestRefusedError as error:
            self._report_not_sent(item, str(error), REJECTED)
            return False
        return True

    def _report_not_sent(self, item: Item, reason: str, status: str) -> None:
        self._reporter.report(item.provenance, not_sent_result(item, reason, status))
