"""Runs xero-local, an emulator of four Accounting endpoints by another author, as a process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

PROGRAM = Path(sys.executable).parent / "xero-local"
START_SECONDS = 30
STOP_SECONDS = 10
SECONDS = 30


@dataclass(frozen=True)
class XeroLocal:
    """A running emulator. It accepts any credentials and has one organisation."""

    origin: str

    @property
    def base_uri(self) -> str:
        return f"{self.origin}/api.xro/2.0"

    @property
    def settings(self) -> dict[str, Any]:
        """Connection settings for the tap and the target."""
        return {
            "base_uri": self.base_uri,
            "authorize_uri": f"{self.origin}/identity/connect/authorize",
            "token_uri": f"{self.origin}/connect/token",
            "grant_type": "client_credentials",
            "client_id": "any",
            "client_secret": "any",
        }

    def create(self, entity: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Creates records through the emulator's API, and returns them as it stores them."""
        response = requests.post(
            f"{self.base_uri}/{entity}",
            json={entity: records},
            headers={"Authorization": "Bearer any"},
            timeout=SECONDS,
        )
        response.raise_for_status()
        return response.json()[entity]


@contextmanager
def emulator(log: Path) -> Iterator[XeroLocal]:
    """Runs xero-local on a free port for as long as the block lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"XERO_HOST": "127.0.0.1", "XERO_PORT": str(port)}
    with log.open("wb") as lines:
        process = subprocess.Popen([PROGRAM], env=environment, stdout=lines, stderr=lines)
    try:
        running = XeroLocal(f"http://127.0.0.1:{port}")
        _await(running, process, log)
        yield running
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _await(running: XeroLocal, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_up(running):
        if process.poll() is not None or time.monotonic() > deadline:
            message = f"xero-local did not start: {log.read_text('utf-8')}"
            raise RuntimeError(message)
        time.sleep(0.05)


def _is_up(running: XeroLocal) -> bool:
    try:
        return requests.get(f"{running.origin}/_xero/health", timeout=SECONDS).ok
    except requests.ConnectionError:
        return False
