"""Runs target-xero through its command line, and keeps its output and its files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from click.testing import CliRunner

from tap_runner import own_logging, settings_for
from target_xero.files.command import import_file as import_command
from target_xero.target import TargetXero

TARGET = Path(sys.executable).parent / "target-xero"


@dataclass
class Run:
    """One run of the target: its results, rejects, states, log and exit code."""

    exit_code: int
    states: list[Any]
    log: str
    results: list[dict[str, Any]]
    rejects: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    rejects_path: Path | None = None

    @property
    def statuses(self) -> Counter[str]:
        return Counter(result["status"] for result in self.results)

    @property
    def last_line(self) -> str:
        return self.log.strip().splitlines()[-1]

    def errors(self, status: str) -> list[str]:
        return [
            text
            for result in self.results
            if result["status"] == status
            for text in result["errors"]
        ]


def schema(stream: str, *properties: str, key: Iterable[str] = (), **types: Any) -> dict[str, Any]:
    """A SCHEMA message; properties have any type, unless a keyword gives one."""
    named: dict[str, Any] = {name: {} for name in properties}
    return {
        "type": "SCHEMA",
        "stream": stream,
        "key_properties": list(key),
        "schema": {"type": "object", "properties": named | types},
    }


def record(stream: str, **fields: Any) -> dict[str, Any]:
    return {"type": "RECORD", "stream": stream, "record": fields}


def records(stream: str, rows: Iterable[Mapping[str, Any]], key: Iterable[str] = ()) -> list[Any]:
    """The messages of a stream: its SCHEMA and its records."""
    return [schema(stream, key=key), *(record(stream, **row) for row in rows)]


def state(value: Any) -> dict[str, Any]:
    return {"type": "STATE", "value": value}


def lines_of(messages: Iterable[Any]) -> bytes:
    """Messages as lines of Singer input; bytes stay as they are."""
    return b"".join(
        message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n"
        for message in messages
    )


def config_in(folder: Path, xero: Any, **settings: Any) -> dict[str, Any]:
    """A configuration with all of its files in one folder."""
    own = {
        "store_uri": f"sqlite:///{folder / 'xero.db'}",
        "results_path": str(folder / "results.jsonl"),
        "rejects_path": str(folder / "rejects-{run_id}.jsonl"),
    }
    return settings_for(xero) | own | settings


def publish(folder: Path, xero: Any, messages: Iterable[Any] | bytes, **settings: Any) -> Run:
    """Runs the target's command in this process."""
    return run_with(config_in(folder, xero, **settings), folder, messages)


def publish_in_subprocess(folder: Path, xero: Any, messages: Iterable[Any], **settings: Any) -> Run:
    """Runs the target's command in a separate process.

    This is for input that is nested as deeply as the interpreter allows. At that depth, the
    garbage of earlier runs in the same process could not be finalized.
    """
    before = _FilesBefore(folder)
    process = start(folder, config_in(folder, xero, **settings), messages)
    exit_code = process.wait(timeout=60)
    log = (folder / "stderr").read_text()
    return before.run(exit_code, (folder / "stdout").read_bytes(), log)


def run_with(config: Mapping[str, Any], folder: Path, messages: Iterable[Any] | bytes) -> Run:
    """Runs the target with a configuration."""
    before = _FilesBefore(folder)
    (folder / "config.json").write_text(json.dumps(config))
    lines = messages if isinstance(messages, bytes) else lines_of(messages)
    (folder / "input.jsonl").write_bytes(lines)
    command = ["--config", str(folder / "config.json"), "--input", str(folder / "input.jsonl")]
    with own_logging() as log:
        result = CliRunner().invoke(TargetXero.cli, command)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return before.run(result.exit_code, result.stdout_bytes, log.getvalue())


def import_file(
    folder: Path, xero: Any, file: Path | str, entity: str, *options: str, **settings: Any
) -> Run:
    """Runs `target-xero import` in this process."""
    (folder / "config.json").write_text(json.dumps(config_in(folder, xero, **settings)))
    config = ["--config", str(folder / "config.json")]
    return run_import(folder, [str(file), "--entity", entity, *config, *options])


def run_import(folder: Path, arguments: list[str]) -> Run:
    """Runs `target-xero import` with its arguments."""
    before = _FilesBefore(folder)
    with own_logging() as log:
        result = CliRunner().invoke(import_command, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return before.run(result.exit_code, b"", log.getvalue() + result.stderr)


class _FilesBefore:
    """The files of a folder before a run, so that those of the run can be told from them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._results = len(lines_in(folder / "results.jsonl"))
        self._rejects = set(folder.glob("rejects-*.jsonl"))

    def run(self, exit_code: int, stdout: bytes, log: str) -> Run:
        """The run, which has ended."""
        new = sorted(set(self._folder.glob("rejects-*.jsonl")) - self._rejects)
        return Run(
            exit_code,
            [msgspec.json.decode(line) for line in stdout.splitlines()],
            log,
            lines_in(self._folder / "results.jsonl")[self._results :],
            *_rejects_in(new),
            new[0] if new else None,
        )


def _rejects_in(files: list[Path]) -> tuple[list[Any], list[str]]:
    """The messages of a rejects file as they came to the target, and the reasons in them."""
    messages = lines_in(files[0]) if files else []
    reasons = [
        message["record"].pop("_xero_error")
        for message in messages
        if isinstance(message, dict) and "_xero_error" in (message.get("record") or {})
    ]
    return messages, reasons


def lines_in(path: Path) -> list[Any]:
    """The JSON lines of a file; none if it does not exist."""
    if not path.exists():
        return []
    return [_decoded(line) for line in path.read_bytes().splitlines()]


def _decoded(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return line


def start(
    folder: Path, config: Mapping[str, Any], messages: Iterable[Any]
) -> subprocess.Popen[bytes]:
    """Starts the target as a separate process, for tests that kill it or time it."""
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "input.jsonl").write_bytes(lines_of(messages))
    with (
        (folder / "input.jsonl").open("rb") as stdin,
        (folder / "stdout").open("wb") as stdout,
        (folder / "stderr").open("wb") as log,
    ):
        return subprocess.Popen(
            [str(TARGET), "--config", str(folder / "config.json")],
            stdin=stdin,
            stdout=stdout,
            stderr=log,
        )
