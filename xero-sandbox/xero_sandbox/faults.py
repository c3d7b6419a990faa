"""Faults on request: what may go wrong with a call, and when it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

import msgspec

from xero_sandbox.answers import HTML, Answer, Delivery, Refused, as_text, exception, problem
from xero_sandbox.calls import Call
from xero_sandbox.limits import too_many
from xero_sandbox.wire import ZERO_ID, decode, encode

BeforeWork = Literal[
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
RequestTwist = Literal["page_repeated", "page_size_ignored", "order_ignored", "since_ignored"]
AnswerTwist = Literal[
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
Kind = Literal[BeforeWork, RequestTwist, AnswerTwist]
KINDS: tuple[str, ...] = get_args(Kind)

_UNAVAILABLE = "The Xero API is temporarily unavailable"
_HTML = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


class Trigger(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which calls something happens to.

    Attributes:
        endpoint: a shell-style pattern on the path after the base URI, e.g. ``Invoices``,
            ``Contacts/*``, ``connect/token``, ``connections``.
        method: one method, or ``*``.
        query: parameters that the call must carry, with these values.
        nth: the first call that it happens to, counted from when the trigger was set.
        times: how many calls in a row; None for every one from then on.
    """

    endpoint: str = "*"
    method: str = "*"
    query: dict[str, str] = msgspec.field(default_factory=dict)
    nth: int = 1
    times: int | None = 1

    def matches(self, call: Call) -> bool:
        """Whether this is one of the calls that are counted."""
        return (
            fnmatchcase(call.endpoint, self.endpoint)
            and self.method in ("*", call.method)
            and all(call.parameter(name) == value for name, value in self.query.items())
        )

    def strikes(self, count: int) -> bool:
        """Whether it happens to the ``count``-th counted call."""
        return self.nth <= count and (self.times is None or count < self.nth + self.times)


class Fault(Trigger, kw_only=True, forbid_unknown_fields=True):
    """One thing that goes wrong.

    Attributes:
        kind: what goes wrong.
        after_work: for ``status``, ``unavailable``, ``server_error`` and ``reset``: the work is
            done before the answer is lost.
        status: of a ``status`` fault.
        body: of a ``status`` fault; plain text unless ``content_type`` says otherwise.
        content_type: of that body.
        headers: further headers of the faulty answer.
        seconds: of ``latency`` before the work, of ``slow_body`` while sending.
        problem: the X-Rate-Limit-Problem of ``rate_limited``; empty: no such header.
        retry_after: its Retry-After; None: no such header.
        detail: the Detail of a ``forbidden``.
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


@dataclass
class _Armed:
    trigger: Trigger
    effect: Callable[[], object] | None = None
    seen: int = 0


@dataclass
class FaultBook:
    """Faults and scheduled actions that wait for their call."""

    _armed: list[_Armed] = field(default_factory=list)
    struck: list[dict[str, Any]] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Sets a fault."""
        self._armed.append(_Armed(fault))

    def schedule(self, trigger: Trigger, effect: Callable[[], object]) -> None:
        """Has something done just before the calls that the trigger names."""
        self._armed.append(_Armed(trigger, effect))

    def clear(self) -> None:
        """Forgets all that is set."""
        self._armed.clear()
        self.struck.clear()

    def due(self, call: Call) -> list[Fault]:
        """Counts the call, does what is scheduled for it, and returns the faults it meets."""
        faults: list[Fault] = []
        for armed in list(self._armed):
            if not armed.trigger.matches(call):
                continue
            armed.seen += 1
            if not armed.trigger.strikes(armed.seen):
                continue
            if armed.effect is not None:
                armed.effect()
            elif isinstance(armed.trigger, Fault):
                faults.append(armed.trigger)
                self.struck.append({"kind": armed.trigger.kind, "endpoint": call.endpoint})
        return faults


def before_work(fault: Fault, call: Call, limit_headers: Mapping[str, str]) -> None:
    """What a fault does before the work: refuses the call, or twists its parameters.

    Raises:
        Refused: with the faulty answer.
    """
    if fault.kind in get_args(RequestTwist):
        _twist(fault, call)
        return
    if fault.after_work:
        return
    answer = _instead(fault, call, limit_headers)
    if answer is not None:
        answer.headers = {**limit_headers, **answer.headers, **fault.headers}
        raise Refused(answer)


def after_work(fault: Fault, call: Call, answer: Answer) -> Answer:
    """What a fault makes of the answer that the work gave."""
    if fault.kind == "truncated":
        answer.delivery = Delivery.TRUNCATED
    elif fault.kind == "slow_body":
        answer.body_seconds = fault.seconds
    elif fault.kind in get_args(AnswerTwist):
        answer = _distorted(fault, answer)
    elif fault.after_work:
        answer = _instead(fault, call, {}) or answer
    answer.headers.update(fault.headers)
    return answer


def _instead(fault: Fault, call: Call, limit_headers: Mapping[str, str]) -> Answer | None:
    """The answer that a fault gives instead of the work's; None when it gives none."""
    make = _INSTEAD.get(fault.kind)
    return None if make is None else make(fault, call, limit_headers)


def _rate_limited(fault: Fault, _call: Call, limit_headers: Mapping[str, str]) -> Answer:
    answer = too_many(fault.problem, fault.retry_after, dict(limit_headers))
    if not fault.problem:
        del answer.headers["X-Rate-Limit-Problem"]
    return answer


def _order_refused(fault: Fault, call: Call, _headers: Mapping[str, str]) -> Answer | None:
    if call.parameter("order") is None:
        return None
    number = 16 if fault.exception == "QueryParseException" else 51
    return exception(400, fault.exception, number, "order is refused here").answer


def insufficient_scope() -> Refused:
    """401 for a scope that the token lacks, with Xero's spelling (xero-facts.md: OAuth)."""
    return problem(
        401, "Unauthorized", "AuthorizationUnsuccessful", WWW_Authenticate="insufficent_scope"
    )


def not_connected() -> Refused:
    """403 for a tenant that the token does not reach (xero-facts.md: OAuth)."""
    return problem(403, "Forbidden", "AuthenticationUnsuccessful")


def _twist(fault: Fault, call: Call) -> None:
    if fault.kind == "page_size_ignored":
        call.drop("pageSize")
    elif fault.kind == "order_ignored":
        call.drop("order")
    elif fault.kind == "since_ignored":
        call.headers.pop("if-modified-since", None)
    else:
        page = call.parameter("page") or "1"
        call.drop("page")
        call.query["page"] = str(max(1, int(page) - 1))


def _distorted(fault: Fault, answer: Answer) -> Answer:
    """An answer of another shape than the client may expect."""
    if fault.kind == "html":
        return Answer(200, _HTML.encode(), HTML, answer.headers)
    if fault.kind == "empty":
        return Answer(200, b"", answer.content_type, answer.headers)
    if not answer.body or "json" not in answer.content_type:
        return answer  # another fault has left nothing to distort
    content = decode(answer.body)
    key = next((name for name, value in content.items() if isinstance(value, list)), None)
    if fault.kind == "no_pagination":
        content.pop("pagination", None)
    elif key is not None:
        records = content[key]
        if fault.kind == "missing_key":
            del content[key]
        elif fault.kind == "fewer":
            del records[-1:]
        elif fault.kind == "more":
            records.extend(records[-1:])
        else:
            _without_ids(records, None if fault.kind == "null_ids" else ZERO_ID)
    return Answer(answer.status, encode(content), answer.content_type, answer.headers)


def _without_ids(records: list[dict[str, Any]], value: str | None) -> None:
    for record in records:
        own_id = next((name for name in record if name.endswith("ID")), None)
        if own_id is not None:
            record[own_id] = value


_INSTEAD: Mapping[str, Callable[[Fault, Call, Mapping[str, str]], Answer | None]] = {
    "reset": lambda *_: Answer(delivery=Delivery.RESET),
    "status": lambda fault, *_: as_text(fault.status, fault.body, fault.content_type),
    "unavailable": lambda fault, *_: as_text(503, fault.body),
    "server_error": lambda *_: as_text(500, "Internal Server Error"),
    "rate_limited": _rate_limited,
    "insufficient_scope": lambda *_: insufficient_scope().answer,
    "not_connected": lambda *_: not_connected().answer,
    "forbidden": lambda fault, *_: problem(403, "Forbidden", fault.detail).answer,
    "order_refused": _order_refused,
}
