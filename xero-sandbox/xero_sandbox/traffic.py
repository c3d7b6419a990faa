"""What went over the wire: counters and the request log, without secrets."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from xero_sandbox.answers import Answer
from xero_sandbox.calls import Call

_HEADERS_OF_INTEREST = (
    "accept",
    "accept-encoding",
    "content-encoding",
    "content-type",
    "idempotency-key",
    "if-modified-since",
    "user-agent",
    "xero-tenant-id",
)
_NO_BODY = ("connect/", "identity/")


@dataclass
class Traffic:
    """Counters since the last reset, and the last calls.

    Attributes:
        log_bodies: whether the log keeps request bodies and the answers to writes (never of the
            identity endpoints).
    """

    log_bodies: bool = False
    calls: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    bytes_out: int = 0
    bytes_in: int = 0
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=20_000))

    def record(self, call: Call, answer: Answer, at: str, seconds: float, sent: int) -> None:
        """Notes one finished call.

        Args:
            call: what was asked.
            answer: what was answered, not compressed yet.
            at: when the call came.
            seconds: how long it took.
            sent: bytes of the body on the wire.
        """
        head = call.endpoint.split("/", 1)[0] if not call.path.startswith("/connect/") else ""
        self.calls[f"{call.method} {head or call.endpoint}"] += 1
        self.statuses[answer.status] += 1
        self.bytes_out += sent
        self.bytes_in += len(call.body)
        entry: dict[str, Any] = {
            "at": at,
            "method": call.method,
            "endpoint": call.endpoint,
            "query": {} if call.endpoint.startswith(_NO_BODY) else dict(call.query),
            "headers": {
                name: call.headers[name] for name in _HEADERS_OF_INTEREST if name in call.headers
            },
            "client_id": call.client_id,
            "status": answer.status,
            "bytes": sent,
            "milliseconds": round(seconds * 1000, 1),
            "correlation_id": answer.headers.get("Xero-Correlation-Id", ""),
            **call.notes,
        }
        if self.log_bodies and not call.endpoint.startswith(_NO_BODY):
            entry["body"] = call.body.decode("utf-8", "replace")
            if call.method != "GET":
                entry["answer"] = answer.body.decode("utf-8", "replace")
        self.log.append(entry)

    def reset(self) -> None:
        """Starts from nothing."""
        self.calls.clear()
        self.statuses.clear()
        self.bytes_out = self.bytes_in = 0
        self.log.clear()

    def counters(self) -> dict[str, Any]:
        """The counters as JSON values."""
        return {
            "calls": sum(self.calls.values()),
            "calls_by_endpoint": dict(self.calls),
            "statuses": {str(status): count for status, count in self.statuses.items()},
            "bytes_out": self.bytes_out,
            "bytes_in": self.bytes_in,
        }
