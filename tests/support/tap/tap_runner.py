"""Runs tap-xero through its command line, and keeps its messages and its log."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from click.testing import CliRunner

from tap_xero.tap import TapXero

TAP = Path(sys.executable).parent / "tap-xero"


@dataclass
class Run:
    """One run of the tap: its messages, its log and its exit code."""

    exit_code: int
    messages: list[dict[str, Any]]
    log: str
    state: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, exit_code: int, stdout: bytes, log: str) -> Run:
        lines = stdout.split(b"\n")
        messages = [msgspec.json.decode(line) for line in lines[:-1] if line.startswith(b"{")]
        states = [message["value"] for message in messages if message["type"] == "STATE"]
        return cls(exit_code, messages, log, states[-1] if states else {})

    def records(self, stream: str) -> list[dict[str, Any]]:
        return [
            message["record"]
            for message in self.messages
            if message["type"] == "RECORD" and message["stream"] == stream
        ]

    def ids(self, stream: str, field_name: str) -> list[str]:
        return [record[field_name] for record in self.records(stream)]

    def partition(self, stream: str) -> dict[str, Any]:
        """The state of the only organisation; empty before the first run."""
        states = list(self.state["bookmarks"][stream].get("organisations", {}).values())
        assert len(states) <= 1
        return states[0] if states else {}

    @property
    def last_line(self) -> str:
        return self.log.strip().splitlines()[-1]


def settings_for(xero: Any, **settings: Any) -> dict[str, Any]:
    """A configuration that reaches the sandbox as a Custom Connection."""
    app = xero.apps["sandbox-custom"]
    return {
        "base_uri": xero.base_uri,
        "authorize_uri": xero.authorize_uri,
        "token_uri": xero.token_uri,
        "grant_type": "client_credentials",
        "client_id": app.client_id,
        "client_secret": app.secret,
    } | settings


def catalog_of(
    streams: Iterable[str],
    deselected: Mapping[str, Iterable[str]] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Any:
    """A catalog that selects only these streams, without some of their properties."""
    adding = sorted(
        {"copy_attachments", "copy_history", "copy_file_contents"} & (settings or {}).keys()
    )
    catalog = json.loads(_discovered(tuple((name, settings[name]) for name in adding)))
    wanted = set(streams)
    for entry in catalog["streams"]:
        for breadcrumb in entry["metadata"]:
            if not breadcrumb["breadcrumb"]:
                breadcrumb["metadata"]["selected"] = entry["tap_stream_id"] in wanted
            elif breadcrumb["breadcrumb"][-1] in (deselected or {}).get(entry["tap_stream_id"], ()):
                breadcrumb["metadata"]["selected"] = False
    return catalog


@cache
def _discovered(settings: tuple[tuple[str, Any], ...]) -> str:
    tap = TapXero(config=dict(settings), validate_config=False, setup_mapper=False)
    return tap.catalog_json_text


def arguments(
    folder: Path,
    settings: Mapping[str, Any],
    streams: Iterable[str] | None,
    state: Mapping[str, Any] | None,
    catalog: Any = None,
) -> list[str]:
    files = {"config": settings}
    if streams is not None or catalog is not None:
        files["catalog"] = catalog or catalog_of(streams or (), settings=settings)
    if state is not None:
        files["state"] = state
    command = []
    for name, content in files.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(content))
        command += [f"--{name}", str(path)]
    return command


def read(
    xero: Any,
    selection: Iterable[str] | None = None,
    /,
    *,
    state: Mapping[str, Any] | None = None,
    catalog: Any = None,
    **settings: Any,
) -> Run:
    """Runs the tap's command in this process."""
    with TemporaryDirectory() as folder, own_logging() as log:
        command = arguments(Path(folder), settings_for(xero, **settings), selection, state, catalog)
        result = CliRunner().invoke(TapXero.cli, command)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Run.of(result.exit_code, result.stdout_bytes, log.getvalue())


@contextmanager
def own_logging() -> Iterator[StringIO]:
    """Collects the log, and undoes what singer-sdk changes in the whole process."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    log = StringIO()
    collector = logging.StreamHandler(log)
    collector.setLevel(logging.INFO)
    root.addHandler(collector)
    try:
        with warnings.catch_warnings():
            yield log
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:] = handlers
        root.setLevel(level)
        sys.excepthook = hook


def start(
    folder: Path,
    settings: Mapping[str, Any],
    streams: Iterable[str],
    state: Mapping[str, Any] | None = None,
) -> subprocess.Popen[bytes]:
    """Starts the tap as a separate process, for tests that kill it."""
    return subprocess.Popen(
        [str(TAP), *arguments(folder, settings, streams, state)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
