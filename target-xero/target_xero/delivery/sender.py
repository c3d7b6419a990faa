"""Sending one request, again under the same key where its outcome is not known (xero-facts.md: Idempotency)."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

import backoff

from target_xero.build.publication import Publication
from target_xero.build.routes import Action
from target_xero.delivery.outcomes import (
    Outcome,
    Verdict,
    outcomes_of_refusal,
    outcomes_of_response,
    unknown,
)
from target_xero.delivery.publish_log import Intent
from target_xero.report.results import Sending, now
from xero_client.errors import (
    AccessDeniedError,
    DeadlineExceededError,
    NoResponseError,
    NotFoundError,
    RequestRefusedError,
    ScopeMissingError,
    StoppedError,
    UnexpectedResponseError,
    XeroError,
)
from xero_client.http.transport import Request, Response, Transport
from xero_client.settings.connection_settings import ConnectionSettings

logger = logging.getLogger("target-xero")

# Xero keeps a key for 6 minutes from the first call (xero-facts.md: Idempotency); the margin is for clocks and the wire.
KEY_LIFETIME_SECONDS = 330.0
MAX_TRIES = 6
LONGEST_WAIT_SECONDS = 30.0
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500


class NotAcceptedError(Exception):
    """Xero did not take the request on, for a reason that is not its records'.

    Attributes:
        error: The reason.
        bars: Whether the reason bars only this stream's destination; else it ends the run.
        maybe_sent: Whether an earlier try, of which no answer was seen, may have been.
    """

    def __init__(self, error: XeroError, *, bars: bool, maybe_sent: bool = False) -> None:
        super().__init__(str(error))
        self.error = error
        self.bars = bars
        self.maybe_sent = maybe_sent


@dataclass(frozen=True)
class Reply:
    """What came of a request: an outcome for each of its records, and the call itself."""

    outcomes: Sequence[Outcome]
    sending: Sending


@dataclass(frozen=True)
class Loss:
    """A try that told nothing.

    Attributes:
        reason: What happened.
        lasts: Whether it is likely to happen again under the same key.
    """

    reason: str
    lasts: bool = False


class Sender:
    """Sends requests of one organisation."""

    def __init__(self, transport: Transport, settings: ConnectionSettings) -> None:
        self._transport = transport
        self._origin = settings.origin

    def send(
        self,
        intent: Intent,
        publications: Sequence[Publication],
        subject: str,
        *,
        repeats: bool = False,
    ) -> Reply:
        """Sends a request until it has an answer, or until its key is no longer safe.

        Args:
            intent: The request, which stands in the publish log.
            publications: What its body holds, in order.
            subject: What the call is counted under.
            repeats: Whether an earlier run may have sent it: it must not come too late then.

        Raises:
            NotAcceptedError: This time nothing was done, and the records are not to blame.
        """
        waits = backoff.expo(base=2, factor=0.5, max_value=LONGEST_WAIT_SECONDS)
        next(waits)
        losses = [Loss("its answer was not seen")] if repeats else []
        sent_at = now()
        while True:
            try:
                reply = self._once(intent, publications, subject, losses, sent_at)
            except NotAcceptedError as error:
                if not (error.bars and error.maybe_sent):
                    raise
                # Rights that went after a try was lost say nothing of what that try did.
                return _unknown(publications, [Loss(str(error))], sent_at)
            if reply is not None:
                return reply
            too_late = time.time() > intent.first_sent_at + KEY_LIFETIME_SECONDS
            if len(losses) >= MAX_TRIES or too_late or sum(loss.lasts for loss in losses) > 1:
                return _unknown(publications, losses, sent_at)
            wait = backoff.full_jitter(next(waits)) + 0.1
            reason = losses[-1].reason
            logger.warning("%s; asking again under the same key in %.1f s", reason, wait)
            try:
                self._transport.pause(wait)
            except StoppedError as error:
                raise NotAcceptedError(error, bars=False, maybe_sent=True) from None

    def _once(
        self,
        intent: Intent,
        publications: Sequence[Publication],
        subject: str,
        losses: list[Loss],
        sent_at: str,
    ) -> Reply | None:
        """Sends once; None where the answer was lost, which is added to ``losses``."""
        try:
            answer = self._transport.send(self._request(intent, publications[0], subject, losses))
            reply = _reply(publications, answer, sent_at)
        except DeadlineExceededError:
            return _unknown(publications, losses, sent_at)
        except RequestRefusedError as error:
            return _refused(error, outcomes_of_refusal(publications, error), sent_at)
        except NotFoundError as error:
            return _refused(error, _of_absence(publications, error, losses), sent_at)
        except (NoResponseError, UnexpectedResponseError) as error:
            if error.status == TOO_MANY_REQUESTS:
                raise NotAcceptedError(error, bars=False, maybe_sent=bool(losses)) from None
            # Xero keeps its own errors under the key as well (xero-facts.md: Idempotency): asking on is no use.
            lasts = isinstance(error, UnexpectedResponseError) or error.status == SERVER_ERROR
            losses.append(Loss(str(error), lasts=lasts))
            return None
        except XeroError as error:
            bars = isinstance(error, (ScopeMissingError, AccessDeniedError))
            raise NotAcceptedError(error, bars=bars, maybe_sent=bool(losses)) from None
        strange = [o for o in reply.outcomes if o.verdict is Verdict.UNKNOWN]
        if not strange or any(loss.lasts for loss in losses):
            return reply
        # Asked again once: what was garbled on its way comes whole the next time.
        losses.append(Loss(strange[0].errors[0], lasts=True))
        return None

    def _request(
        self, intent: Intent, first: Publication, subject: str, losses: Sequence[Loss]
    ) -> Request:
        target = intent.path
        if ".xro/" in target and not target.startswith("http"):
            target = f"{self._origin}/{target.lstrip('/')}"
        headers = {}
        if intent.method != "DELETE":
            headers["Idempotency-Key"] = intent.key
        remaining = intent.first_sent_at + KEY_LIFETIME_SECONDS - time.time()
        return Request(
            intent.method,
            target,
            dict(intent.params),
            body=intent.body,
            content_type=intent.content_type,
            headers=headers,
            subject=subject,
            scope=first.destination.scope,
            retry=False,
            not_after=time.monotonic() + remaining if losses else None,
        )


def _reply(publications: Sequence[Publication], answer: Response, sent_at: str) -> Reply:
    content = answer.json if answer.body.strip() else None
    sending = Sending(answer.status, answer.correlation_id, sent_at)
    return Reply(outcomes_of_response(publications, answer.status, content), sending)


def _refused(error: XeroError, outcomes: Sequence[Outcome], sent_at: str) -> Reply:
    return Reply(outcomes, Sending(error.status, error.correlation_id, sent_at))


def _of_absence(
    publications: Sequence[Publication], error: NotFoundError, losses: Sequence[Loss]
) -> list[Outcome]:
    """What a 404 means: the record is gone, or nobody knows the path."""
    removing = publications[0].action is Action.REMOVE
    if removing and losses:
        # An earlier try, whose answer was lost, has done it.
        return [Outcome(Verdict.PUBLISHED, publications[0].record_id)]
    return [Outcome(Verdict.REJECTED, errors=(str(error),), response=error.body)] * len(
        publications
    )


def _unknown(publications: Sequence[Publication], losses: Sequence[Loss], sent_at: str) -> Reply:
    reason = losses[-1].reason if losses else "the request could not be repeated in time"
    return Reply([unknown(reason)] * len(publications), Sending(sent_at=sent_at))
