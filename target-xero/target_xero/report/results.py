"""The results file, with one line for each record, and the rejects file of Singer messages."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from target_xero.build.records import PrivateStruct, Provenance
from target_xero.report.connections import Connections
from target_xero.report.private_files import open_private
from target_xero.report.record_names import name_as_key
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
NOT_PUBLISHED = frozenset({REJECTED, INVALID, UNKNOWN})

# The column of a record in the rejects file that says why it was not published. The target leaves
# it out when it reads the file again.
ERROR_COLUMN = "_xero_error"

_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=str)


class CallInfo(Struct, frozen=True):
    """The call that carried a record."""

    http_status: int | None = None
    correlation_id: str | None = None
    sent_at: str | None = None


class Result(PrivateStruct, frozen=True):
    """The result of one record, without its run and its stream.

    Attributes:
        entity: The destination that it was meant for.
        method: The HTTP method.
        status: One of the statuses above.
        key: The fields that identify the record, with their values.
        xero_id: Its id in Xero.
        errors: The reasons why it was not published.
        warnings: Xero's warnings.
        call: The call that carried it.
        response: Xero's element for this record.
        would: What a run would do, in a dry run.
        changes: The fields that it would change, with the old and the new value of each.
    """

    entity: str
    method: str | None
    status: str
    key: Mapping[str, Any] = {}
    xero_id: str | None = None
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    call: CallInfo = CallInfo()
    response: Any = None
    would: str | None = None
    changes: Mapping[str, Any] | None = None


class _Line(Struct):
    """A line of the results file; what is not set is left out."""

    run_id: str
    stream: str
    entity: str
    tenant_id: str | None
    method: str | None
    key: Mapping[str, Any]
    status: str
    xero_id: str | None
    http_status: int | None
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    correlation_id: str | None
    sent_at: str | None
    response: Any
    would: str | UnsetType = UNSET
    changes: Mapping[str, Any] | UnsetType = UNSET


def now() -> str:
    """The present time in the format of the results file."""
    return wire.format_instant(datetime.now(timezone.utc))


def writable_path(setting: str, template: str, run_id: str) -> Path:
    """The path in a setting, after a check that it can be written. A missing folder is made.

    The file itself is not made, since there is a rejects file only if there are rejects.

    Args:
        setting: The setting's name, for the error message.
        template: The path, with ``{run_id}`` as a placeholder.
        run_id: This run.

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
        would: Results of a dry run by stream and action.
        results_path: The results file.
        rejects_path: The rejects file.
    """

    def __init__(
        self, run_id: str, results_path: Path, rejects_path: Path, connections: Connections
    ) -> None:
        """Opens the results file. The rejects file is made with the first reject.

        Args:
            run_id: This run.
            results_path: The results file.
            rejects_path: The rejects file.
            connections: The organisations that the run has connected to.
        """
        self.run_id = run_id
        self._connections = connections
        self.counts: Counter[tuple[str, str]] = Counter()
        self.would: Counter[tuple[str, str]] = Counter()
        self.results_path = results_path
        self.rejects_path = rejects_path
        self._files = ExitStack()
        self._results = self._files.enter_context(open_private(results_path, "ab"))
        self._rejects: IO[bytes] | None = None
        self._schemas: dict[str, bytes] = {}
        self._written_schema: tuple[str, bytes] | None = None
        self._lock = threading.Lock()

    def remember_schema(self, stream: str, message: bytes) -> None:
        """Keeps a stream's SCHEMA message for its rejects."""
        with self._lock:
            self._schemas[stream] = message

    def write(self, provenance: Provenance, result: Result) -> None:
        """Writes a record's result, and the record itself if it was not published."""
        call = result.call
        line = _Line(
            self.run_id,
            provenance.stream,
            result.entity,
            provenance.tenant or self._connections.tenant_id,
            result.method,
            _shown_key(provenance, result),
            result.status,
            result.xero_id,
            call.http_status,
            result.errors,
            result.warnings,
            call.correlation_id,
            call.sent_at,
            result.response,
            UNSET if result.would is None else result.would,
            UNSET if result.changes is None else result.changes,
        )
        encoded = _encoder.encode(line) + b"\n"
        with self._lock:
            self._results.write(encoded)
            self.counts[provenance.stream, result.status] += 1
            if result.would is not None:
                self.would[provenance.stream, result.would] += 1
            if result.status in NOT_PUBLISHED and provenance.messages:
                self._reject(provenance, result.errors)

    def flush(self) -> None:
        """Hands everything to the operating system, so that a kill loses nothing."""
        with self._lock:
            self._results.flush()
            if self._rejects is not None:
                self._rejects.flush()

    def close(self) -> None:
        """Closes both files."""
        with self._lock:
            self._files.close()

    def total(self, *statuses: str) -> int:
        """The number of records with one of these statuses, or of all records."""
        with self._lock:
            return sum(
                count
                for (_, status), count in self.counts.items()
                if not statuses or status in statuses
            )

    def _reject(self, provenance: Provenance, errors: Sequence[str]) -> None:
        if self._rejects is None:
            self._rejects = self._files.enter_context(open_private(self.rejects_path, "ab"))
        stream = provenance.tap_stream or provenance.stream
        if stream:
            schema = self._schemas.get(stream) or _encoder.encode(
                {"type": "SCHEMA", "stream": stream, "schema": {"properties": {}}}
            )
            if self._written_schema != (stream, schema):
                self._rejects.write(schema.rstrip(b"\r\n") + b"\n")
                self._written_schema = (stream, schema)
        for message in provenance.messages:
            line = _annotated(message, provenance.occurrence, errors).rstrip(b"\r\n")
            self._rejects.write(line + b"\n")


def _shown_key(provenance: Provenance, result: Result) -> Mapping[str, Any]:
    """What identifies a record; of a child, or if it was not published, what people call it too."""
    key = result.key or provenance.key
    # An id that only Xero knows does not say which record came. The names are read from the message
    # again: that takes time, so it is not done for the many records that are published.
    is_child_or_path = "/" in result.entity and not provenance.key
    is_found = result.status not in NOT_PUBLISHED and not is_child_or_path
    if is_found or any(not name.endswith("ID") for name in key):
        return key
    return {**key, **name_as_key(provenance)}


def _annotated(message: bytes, occurrence: int | None, errors: Sequence[str]) -> bytes:
    """Adds why a record was not published, and its number among identical records.

    A line that is not a RECORD message stays as it came.
    """
    try:
        decoded = wire.decode(message)
    except (ValueError, RecursionError, ArithmeticError):
        return message
    record = decoded.get("record") if isinstance(decoded, dict) else None
    if not isinstance(record, dict):
        return message
    number = {"occurrence": occurrence} if occurrence else {}
    explained = {**record, ERROR_COLUMN: "; ".join(errors)}
    try:
        return wire.encode({**decoded, "record": explained, **number})
    except (ValueError, TypeError, RecursionError):
        return message
