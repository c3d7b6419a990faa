"""Counters and the request log, without secrets."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from xero_sandbox.http.calls import Call
from xero_sandbox.http.responses import HttpResponse

_LOGGED_HEADERS = (
    "accept",
    "accept-encoding",
    "content-encoding",
    "content-type",
    "idempotency-key",
    "if-modified-since",
    "user-agent",
    "xero-tenant-id",
)
_WITHOUT_BODIES = ("connect/", "identity/")


@dataclass
class Traffic:
    """Counters since the last reset, and the last calls.

    Attributes:
        log_bodies: Whether the log keeps request bodies and the responses to writes (never those
            of the identity endpoints).
    """

    log_bodies: bool = False
    calls: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    bytes_out: int = 0
    bytes_in: int = 0
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=20_000))

    def record(
        self, call: Call, response: HttpResponse, at: str, seconds: float, sent_bytes: int
    ) -> None:
        """Records one finished call.

        Args:
            call: The request.
            response: The response, before compression.
            at: When the call arrived.
            seconds: How long it took.
            sent_bytes: The size of the body as sent.
        """
        head = call.endpoint.split("/", 1)[0] if not call.path.startswith("/connect/") else ""
        self.calls[f"{call.method} {head or call.endpoint}"] += 1
        self.statuses[response.status] += 1
        self.bytes_out += sent_bytes
        self.bytes_in += len(call.body)
        entry: dict[str, Any] = {
            "at": at,
            "method": call.method,
            "endpoint": call.endpoint,
            "query": {} if call.endpoint.startswith(_WITHOUT_BODIES) else dict(call.query),
            "headers": {
                name: call.headers[name] for name in _LOGGED_HEADERS if name in call.headers
            },
            "client_id": call.client_id,
            "status": response.status,
            "bytes": sent_bytes,
            "milliseconds": round(seconds * 1000, 1),
            "correlation_id": response.headers.get("Xero-Correlation-Id", ""),
            **call.notes,
        }
        if self.log_bodies and not call.endpoint.startswith(_WITHOUT_BODIES):
            entry["body"] = call.body.decode("utf-8", "replace")
            if call.method != "GET":
                entry["answer"] = response.body.decode("utf-8", "replace")
        self.log.append(entry)

    def reset(self) -> None:
        """Clears counters and log."""
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
