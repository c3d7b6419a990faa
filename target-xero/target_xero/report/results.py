"""The results file, a line a record, and the rejects file, which is Singer again."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import msgspec

from target_xero.build.records import Source
from xero_client.errors import SettingsError
from xero_client.http import wire

CREATED = "created"
UPDATED = "updated"
UNCHANGED = "unchanged"
REMOVED = "removed"
REJECTED = "rejected"
INVALID = "invalid"
UNKNOWN = "unknown"
DRY_RUN = "dry_run"
TO_FEED_BACK = frozenset({REJECTED, INVALID, UNKNOWN})

_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=str)


@dataclass(frozen=True)
class Sending:
    """The call that carried a record."""

    http_status: int | None = None
    correlation_id: str | None = None
    sent_at: str | None = None


@dataclass(frozen=True)
class Result:
    """One line of the results file, but for the run and the source.

    Attributes:
        entity: What it was published to.
        method: The HTTP method.
        status: One of the statuses above.
        key: What names the record.
        xero_id: Its id in Xero.
        errors: Why it was not published.
        warnings: What Xero remarked.
        sending: The call.
        response: Xero's answer for this record.
        would: In a dry run, what would have been done.
    """

    entity: str
    method: str | None
    status: str
    key: Mapping[str, Any] = field(default_factory=dict)
    xero_id: str | None = None
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    sending: Sending = Sending()
    response: Any = field(default=None, repr=False)
    would: str | None = None


def now() -> str:
    """This instant, as results have it."""
    return wire.format_instant(datetime.now(timezone.utc))


def file_of(setting: str, template: str, run_id: str) -> Path:
    """The file that a setting names, which can be written; its folder is made where it is missing.

    The file itself is not made: one of rejects is there only if there are any.

    Raises:
        SettingsError: It cannot be written.
    """
    path = Path(template.replace("{run_id}", run_id)).expanduser()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() or path.is_dir():
            path.open("ab").close()
        elif not path.exists():
            TemporaryFile(dir=path.parent).close()
    except OSError as error:
        message = f"Setting {setting!r} is {template!r}, which cannot be written: {error}"
        raise SettingsError(message) from None
    return path


class Results:
    """Writes results and rejects as they come; safe to share between threads.

    Attributes:
        counts: Results by stream and status.
        rejects_path: Where rejects go.
    """

    def __init__(self, run_id: str, results_path: Path, rejects_path: Path) -> None:
        """Opens the results file; the rejects file is made with the first reject."""
        self.run_id = run_id
        self.tenant_id: str | None = None
        self.counts: Counter[tuple[str, str]] = Counter()
        self.would: Counter[tuple[str, str]] = Counter()
        self.results_path = results_path
        self.rejects_path = rejects_path
        self._files = ExitStack()
        self._results: IO[bytes] = self._files.enter_context(results_path.open("ab"))
        self._rejects: IO[bytes] | None = None
        self._schemas: dict[str, bytes] = {}
        self._written_schema: tuple[str, bytes] | None = None
        self._lock = threading.Lock()

    def schema(self, stream: str, message: bytes) -> None:
        """Keeps a stream's SCHEMA message, as it came, for its rejects."""
        with self._lock:
            self._schemas[stream] = message

    def write(self, source: Source, result: Result) -> None:
        """Writes one record's result, and the record itself where it shall come again."""
        sending = result.sending
        line = {
            "run_id": self.run_id,
            "stream": source.stream,
            "entity": result.entity,
            "tenant_id": self.tenant_id,
            "method": result.method,
            "key": result.key or source.key,
            "status": result.status,
            "xero_id": result.xero_id,
            "http_status": sending.http_status,
            "errors": result.errors,
            "warnings": result.warnings,
            "correlation_id": sending.correlation_id,
            "sent_at": sending.sent_at,
            "response": result.response,
        }
        if result.would is not None:
            line["would"] = result.would
        encoded = _encoder.encode(line) + b"\n"
        with self._lock:
            self._results.write(encoded)
            self.counts[source.stream, result.status] += 1
            if result.would is not None:
                self.would[source.stream, result.would] += 1
            if result.status in TO_FEED_BACK:
                self._reject(source)

    def flush(self) -> None:
        """Hands everything to the operating system, so that a kill loses nothing of it."""
        with self._lock:
            self._results.flush()
            if self._rejects is not None:
                self._rejects.flush()

    def close(self) -> None:
        """Closes both files."""
        with self._lock:
            self._files.close()

    def total(self, *statuses: str) -> int:
        """Records with one of these statuses; all without any."""
        with self._lock:
            return sum(
                count
                for (_, status), count in self.counts.items()
                if not statuses or status in statuses
            )

    def _reject(self, source: Source) -> None:
        if self._rejects is None:
            self._rejects = self._files.enter_context(self.rejects_path.open("ab"))
        origin = source.origin or source.stream
        if origin:
            schema = self._schemas.get(origin) or _encoder.encode(
                {"type": "SCHEMA", "stream": origin, "schema": {"properties": {}}}
            )
            if self._written_schema != (origin, schema):
                self._rejects.write(schema.rstrip(b"\r\n") + b"\n")
                self._written_schema = (origin, schema)
        for row in source.rows:
            self._rejects.write(_with_occurrence(row, source.occurrence).rstrip(b"\r\n") + b"\n")


def _with_occurrence(row: bytes, occurrence: int | None) -> bytes:
    """The message with its number among identical ones, where it is not the first."""
    if not occurrence:
        return row
    return wire.encode({**wire.decode(row), "occurrence": occurrence})
