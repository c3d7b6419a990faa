"""Looks up the records of publications; one that fails its look-up does not fail the others."""

from __future__ import annotations

from collections.abc import Sequence

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.delivery.retry_policy import (
    MAX_FAILED_LOOK_UPS,
    AfterLookUp,
    after_failed_look_up,
    looked_up_in_parts,
)
from target_xero.lookup.existing_records import existing_records
from xero_client.errors import NoResponseError, RequestRefusedError, XeroError
from xero_client.http.transport import Transport


def existing_or_refusal(
    destination: EntityDestination,
    publications: Sequence[Publication],
    transport: Transport,
    subject: str,
) -> list[list[Record] | RequestRefusedError]:
    """For each publication the records that Xero has under its id or name, or why none is read.

    Xero refuses a whole request because of one value, or answers it with a server error every time.
    The publications are halved until the value that fails is alone. If several fail alone with a
    server error, all others get it too, since each such call takes a while.

    Args:
        destination: The entity.
        publications: Publications to it.
        transport: The organisation's connection.
        subject: The name that the calls are counted under.

    Raises:
        XeroError: A call failed for a reason that does not lie in the records.
    """
    failures: list[RequestRefusedError] = []

    def look_up(part: Sequence[Publication]) -> Sequence[list[Record] | RequestRefusedError]:
        if len(failures) >= MAX_FAILED_LOOK_UPS:
            return [failures[-1]] * len(part)
        return existing_records(destination, part, transport, subject)

    def after_failure(
        error: XeroError, part: Sequence[Publication]
    ) -> Sequence[list[Record] | RequestRefusedError] | None:
        what = after_failed_look_up(error, len(part), len(failures))
        if what is AfterLookUp.HALVE:
            return None
        if what is AfterLookUp.REJECT and isinstance(error, (RequestRefusedError, NoResponseError)):
            return [_as_refusal(error, failures)]
        raise error

    return looked_up_in_parts(publications, look_up, after_failure)


def _as_refusal(
    error: RequestRefusedError | NoResponseError, failures: list[RequestRefusedError]
) -> RequestRefusedError:
    if isinstance(error, RequestRefusedError):
        return error
    refusal = RequestRefusedError(str(error), status=error.status, body=error.body)
    failures.append(refusal)
    return refusal
