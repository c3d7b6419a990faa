"""A request without a clear response, of which records may be sent again."""

from __future__ import annotations

from dataclasses import dataclass

from target_xero.delivery.publish_log import Intent
from target_xero.report.results import CallInfo

# A record that was lost is sent once more under a new key, if Xero does not have it.
MAX_SENDS = 2
BAD_REQUEST = 400


@dataclass(frozen=True)
class Attempt:
    """A request without a clear response.

    Attributes:
        intent: The request.
        size: The number of records in it.
        call: The call that carried it last.
        send_count: How often this run has sent its records under new keys.
    """

    intent: Intent
    size: int
    call: CallInfo
    send_count: int

    @property
    def was_refused(self) -> bool:
        """Whether Xero refused the request for some of its records."""
        return self.call.http_status == BAD_REQUEST and self.size > 1

    @property
    def may_be_sent_again(self) -> bool:
        """Whether a record that Xero does not have is sent again, in a smaller request."""
        return self.size > 1 or self.send_count < MAX_SENDS
