"""Sends one request, and again under the same key if its outcome is not known."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import backoff

from target_xero.build.destinations.routes import Action
from target_xero.build.publications.publication import Publication
from target_xero.delivery.publish_log import Intent
from target_xero.delivery.responses.outcomes import (
    Outcome,
    OutcomeKind,
    outcomes_of_refusal,
    outcomes_of_response,
    refused_repeat,
    unknown_outcome,
)
from target_xero.delivery.retry_policy import (
    KEY_LIFETIME_SECONDS,
    MAX_TRIES,
    FailedTry,
    key_seconds_left,
    lies_in_stream,
    status_of_failures,
    wait_before_next_try,
)
from target_xero.report.results import CallInfo, now
from xero_client.errors import (
    AccessDeniedError,
    DeadlineExceededError,
    NoResponseError,
    NotFoundError,
    RequestRefusedError,
    StoppedError,
    UnexpectedResponseError,
    XeroError,
)
from xero_client.http.access import with_needs
from xero_client.http.server_clock import elapsed_seconds
from xero_client.http.transport import Request, Response, Transport
from xero_client.settings.connection_settings import ConnectionSettings

logger = logging.getLogger("target-xero")


class NotAcceptedError(Exception):
    """Xero did not accept the request, for a reason that does not lie in its records.

    Attributes:
        error: The reason.
        blocks_stream: Whether the reason concerns only this stream's destination; otherwise it
            ends the run.
        maybe_sent: Whether an earlier try without a response may have been saved.
    """

    def __init__(self, error: XeroError, *, blocks_stream: bool, maybe_sent: bool = False) -> None:
        super().__init__(str(error))
        self.error = error
        self.blocks_stream = blocks_stream
        self.maybe_sent = maybe_sent


@dataclass(frozen=True)
class SendResult:
    """An outcome for each record of a request, and the call that carried it."""

    outcomes: Sequence[Outcome]
    call: CallInfo


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
        sent_before: bool = False,
        is_part: bool = False,
    ) -> SendResult:
        """Sends a request until it has a response, or until its key is not safe any more.

        Args:
            intent: The request, as it is in the publish log.
            publications: The publications in its body, in order.
            subject: The name that the call is counted under.
            sent_before: Whether an earlier run may have sent it. It is not sent then after Xero
                may have forgotten its key.
            is_part: Whether it is a part of a request that has failed often enough.

        Raises:
            NotAcceptedError: Xero did not accept it, for a reason that is not in the records.
        """
        failures = [FailedTry("its response was not seen")] if sent_before else []
        seconds = self.seconds_left(intent) if sent_before else KEY_LIFETIME_SECONDS
        deadline = elapsed_seconds() + seconds
        sent_at = now()
        while True:
            try:
                result = self._try(intent, publications, subject, failures, sent_at, deadline)
            except NotAcceptedError as error:
                if not (error.blocks_stream and error.maybe_sent):
                    raise
                # Access was lost after a try whose outcome is not known.
                return _unknown(publications, [FailedTry(str(error))], sent_at)
            if result is not None:
                return result
            longest = wait_before_next_try(
                failures,
                is_part=is_part,
                is_too_late=elapsed_seconds() > deadline,
                max_tries=MAX_TRIES,
            )
            if longest is None:
                return _unknown(publications, failures, sent_at)
            wait = backoff.full_jitter(longest) + 0.1
            reason = failures[-1].reason
            logger.warning("%s; sending it again under the same key in %.1f s", reason, wait)
            try:
                self._transport.pause(wait)
            except StoppedError as error:
                raise NotAcceptedError(error, blocks_stream=False, maybe_sent=True) from None

    def send_change(self, change: Publication, subject: str) -> str | None:
        """Sends a change that may be sent twice, and that the publish log does not know.

        Args:
            change: The change.
            subject: The name that the call is counted under.

        Returns:
            Why Xero refuses it; None if Xero takes it.

        Raises:
            XeroError: It failed for a reason that does not lie in the record.
        """
        request = Request(
            change.method,
            change.path,
            dict(change.params),
            body=change.content,
            content_type=change.content_type,
            subject=subject,
            scope=change.destination.scope,
            retry=True,
        )
        try:
            self._transport.send(request)
        except RequestRefusedError as error:
            return str(error)
        return None

    def seconds_left(self, intent: Intent) -> float:
        """How long Xero certainly keeps the key of a request of an earlier run; 0 if it may not."""
        return key_seconds_left(intent.first_sent_at, self._transport.server_clock.latest())

    def _try(
        self,
        intent: Intent,
        publications: Sequence[Publication],
        subject: str,
        failures: list[FailedTry],
        sent_at: str,
        deadline: float,
    ) -> SendResult | None:
        """Sends once. If the outcome is not known, adds to ``failures`` and returns None."""
        maybe_sent = bool(failures)
        try:
            request = self._request(
                intent, publications[0], subject, deadline if failures else None
            )
            result = _send_result(publications, self._transport.send(request), sent_at)
        except DeadlineExceededError:
            return _unknown(publications, failures, sent_at)
        except RequestRefusedError as error:
            denied = with_needs(error, publications[0].destination.needs)
            if isinstance(denied, AccessDeniedError):
                raise NotAcceptedError(denied, blocks_stream=True, maybe_sent=maybe_sent) from None
            outcomes = outcomes_of_refusal(publications, error, is_repeat=maybe_sent)
            return _refused(error, outcomes, sent_at)
        except NotFoundError as error:
            return _refused(error, _outcomes_of_404(publications, error, failures), sent_at)
        except (NoResponseError, UnexpectedResponseError) as error:
            if error.status == HTTPStatus.TOO_MANY_REQUESTS:
                raise NotAcceptedError(error, blocks_stream=False, maybe_sent=maybe_sent) from None
            failures.append(FailedTry.from_error(error))
            return None
        except XeroError as error:
            blocks_stream = lies_in_stream(error)
            raise NotAcceptedError(
                with_needs(error, publications[0].destination.needs),
                blocks_stream=blocks_stream,
                maybe_sent=maybe_sent,
            ) from None
        unclear = [o for o in result.outcomes if o.kind is OutcomeKind.UNKNOWN]
        if not unclear or any(failure.repeats for failure in failures):
            return result
        # The response may have been damaged on its way: Xero repeats it under the same key.
        failures.append(FailedTry(unclear[0].errors[0], repeats=True))
        return None

    def _request(
        self, intent: Intent, first: Publication, subject: str, deadline: float | None
    ) -> Request:
        target = intent.path
        if ".xro/" in target and not target.startswith("http"):
            target = f"{self._origin}/{target.lstrip('/')}"
        headers = {}
        if intent.method != "DELETE":
            headers["Idempotency-Key"] = intent.key
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
            deadline=deadline,
        )


def _send_result(
    publications: Sequence[Publication], response: Response, sent_at: str
) -> SendResult:
    content = response.json if response.body.strip() else None
    call = CallInfo(response.status, response.correlation_id, sent_at)
    return SendResult(outcomes_of_response(publications, response.status, content), call)


def _refused(error: XeroError, outcomes: Sequence[Outcome], sent_at: str) -> SendResult:
    return SendResult(outcomes, CallInfo(error.status, error.correlation_id, sent_at))


def _outcomes_of_404(
    publications: Sequence[Publication], error: NotFoundError, failures: Sequence[FailedTry]
) -> list[Outcome]:
    if publications[0].action is Action.REMOVE and failures:
        # An earlier try without a response has deleted the record.
        return [Outcome(OutcomeKind.PUBLISHED, publications[0].record_id)]
    if failures:
        return [refused_repeat(error)] * len(publications)
    rejected = Outcome(OutcomeKind.REJECTED, errors=(str(error),), response=error.body)
    return [rejected] * len(publications)


def _unknown(
    publications: Sequence[Publication], failures: Sequence[FailedTry], sent_at: str
) -> SendResult:
    reason = failures[-1].reason if failures else "the request could not be repeated in time"
    outcomes = [unknown_outcome(reason)] * len(publications)
    return SendResult(outcomes, CallInfo(status_of_failures(failures), sent_at=sent_at))
