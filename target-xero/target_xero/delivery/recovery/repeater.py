"""Repeats requests of earlier runs under their keys, to learn the outcomes of their records."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from target_xero.delivery.publish_log import PublishLog
from target_xero.delivery.recovery.rebuilding import rebuild_publications
from target_xero.delivery.responses.outcomes import Outcome, settled_record
from target_xero.delivery.sender import Sender
from target_xero.report.results import CallInfo


@dataclass(frozen=True)
class Recovered:
    """The outcome of a record from an earlier run, whose request was repeated.

    Attributes:
        outcome: The outcome.
        call: The call that repeated the request.
        known: Whether the publish log had its id in Xero before.
    """

    outcome: Outcome
    call: CallInfo
    known: bool


class Repeater:
    """Repeats each request once a run; safe to share between threads."""

    def __init__(self, sender: Sender, log: PublishLog) -> None:
        self._sender = sender
        self._log = log
        self._lock = threading.Lock()
        self._repeated: set[str] = set()
        self._recovered: dict[str, Recovered] = {}

    def repeat(self, request_key: str) -> None:
        """Sends a request again, unless this run has done so or Xero has forgotten its key.

        Afterwards the log has the outcomes that the response gives.

        Raises:
            NotAcceptedError: Xero did not accept it, for a reason that is not in the records.
        """
        with self._lock:
            if request_key in self._repeated:
                return
            logged = self._log.intent(request_key)
            if logged is None or not logged[1]:
                return
            self._repeated.add(request_key)
            intent, entries = logged
            if self._sender.seconds_left(intent) <= 0:
                return
            entity = entries[0].entity
            publications = rebuild_publications(intent, entity)
            result = self._sender.send(intent, publications, entity, sent_before=True)
            final = [
                (entry, result.outcomes[entry.position])
                for entry in entries
                if entry.position < len(result.outcomes)
                and result.outcomes[entry.position].is_final
            ]
            is_shared = publications[0].destination.id_is_shared
            settled = [settled_record(*pair, id_is_shared=is_shared) for pair in final]
            known = self._log.settle(request_key, entity, settled)
            for entry, outcome in final:
                is_known = entry.fingerprint in known
                self._recovered[entry.fingerprint] = Recovered(outcome, result.call, is_known)

    def take_recovered(self, fingerprint: str) -> Recovered | None:
        """The outcome of a record that a repeated request gave; the first time only."""
        return self._recovered.pop(fingerprint, None)
