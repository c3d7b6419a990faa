"""A fault and the calls that it applies to, as tests and the command line define them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal, get_args

import msgspec

from xero_sandbox.http.calls import Call

ErrorKind = Literal[
    "status",
    "unavailable",
    "server_error",
    "reset",
    "latency",
    "rate_limited",
    "token_expired",
    "insufficient_scope",
    "not_connected",
    "forbidden",
    "order_refused",
]
RequestChange = Literal["page_repeated", "page_size_ignored", "order_ignored", "since_ignored"]
ResponseChange = Literal[
    "truncated",
    "slow_body",
    "missing_key",
    "fewer",
    "more",
    "null_ids",
    "zero_ids",
    "html",
    "empty",
    "no_pagination",
]
Kind = Literal[ErrorKind, RequestChange, ResponseChange]
REQUEST_CHANGES: tuple[str, ...] = get_args(RequestChange)
RESPONSE_CHANGES: tuple[str, ...] = get_args(ResponseChange)

_UNAVAILABLE = "The Xero API is temporarily unavailable"


class Trigger(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which calls something happens to.

    Attributes:
        endpoint: A shell-style pattern on the path after the base URI, for example ``Invoices``,
            ``Contacts/*``, ``connect/token``, ``connections``.
        method: A pattern in the same style: ``POST``, ``P*`` for POST and PUT, ``*`` for any.
        tenant_id: One organisation, or empty for every call.
        query: Parameters that the call must have, with these values.
        containing: A text that the call's body or one of its parameters must have.
        nth: The first matching call that it happens to, counted from when the trigger was set.
        times: How many calls in a row; None for every call from then on.
    """

    endpoint: str = "*"
    method: str = "*"
    tenant_id: str = ""
    query: dict[str, str] = msgspec.field(default_factory=dict)
    containing: str = ""
    nth: int = 1
    times: int | None = 1

    def matches(self, call: Call) -> bool:
        """Whether this call is counted."""
        return (
            fnmatchcase(call.endpoint, self.endpoint)
            and fnmatchcase(call.method, self.method)
            and self.tenant_id in ("", call.tenant_id)
            and all(call.parameter(name) == value for name, value in self.query.items())
            and self._is_contained(call)
        )

    def _is_contained(self, call: Call) -> bool:
        return self.containing.encode() in call.body or any(
            self.containing in value for value in call.query.values()
        )

    def applies_to(self, count: int) -> bool:
        """Whether it happens to the ``count``-th matching call."""
        return self.nth <= count and (self.times is None or count < self.nth + self.times)


class Fault(Trigger, kw_only=True, forbid_unknown_fields=True):
    """One thing that goes wrong.

    Attributes:
        kind: What goes wrong.
        after_work: For ``status``, ``unavailable``, ``server_error`` and ``reset``: the call is
            carried out before its response is lost.
        status: The status of a ``status`` fault.
        body: The body of a ``status`` fault; plain text unless ``content_type`` is set.
        content_type: The type of that body.
        headers: Further headers of the response.
        seconds: The delay of ``latency``, or how long a ``slow_body`` takes.
        problem: The X-Rate-Limit-Problem of ``rate_limited``; empty for no such header.
        retry_after: The Retry-After of ``rate_limited``; None for no such header.
        detail: The Detail of ``forbidden``.
        exception: ``QueryParseException`` or ``HighVolumeException`` of ``order_refused``.
    """

    kind: Kind
    after_work: bool = False
    status: int = 503
    body: str = _UNAVAILABLE
    content_type: str = "text/plain; charset=utf-8"
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    seconds: float = 1.0
    problem: str = "minute"
    retry_after: int | None = None
    detail: str = "The user's role does not allow this"
    exception: Literal["QueryParseException", "HighVolumeException"] = "QueryParseException"
