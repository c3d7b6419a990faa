"""A xero-sandbox in a separate process, controlled over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from rows import Stretch

SANDBOX = Path(sys.executable).parent / "xero-sandbox"
SECONDS = 60
AT_ONCE = 5
# Xero's sixty calls a minute are a wall that every program hits alike: only five at once is kept.
NO_WALL = ("minute=1000000", "day=10000000", "app_minute=10000000")


class SandboxProcess:
    """A running sandbox."""

    def __init__(self, addresses: dict[str, Any]) -> None:
        self.addresses = addresses
        self.base_uri: str = addresses["base_uri"]
        self.token_uri: str = addresses["token_uri"]
        self.tenant_id: str = addresses["tenants"][0]["tenant_id"]

    @property
    def settings(self) -> dict[str, Any]:
        """Connection settings of tap-xero and target-xero: a Custom Connection."""
        return {
            "base_uri": self.base_uri,
            "authorize_uri": self.addresses["authorize_uri"],
            "token_uri": self.token_uri,
            "grant_type": "client_credentials",
            "client_id": "sandbox-custom",
            "client_secret": "sandbox-custom-secret",
        }

    def control(self, path: str, content: object = None) -> Any:
        """Calls one of the sandbox's own controls."""
        body = None if content is None else json.dumps(content).encode()
        url = self.addresses["control_uri"] + path
        with urlopen(Request(url, body), timeout=SECONDS) as answer:  # noqa: S310  # our own server
            return json.load(answer)

    def grant(self) -> dict[str, Any]:
        """Tokens of the app sandbox-web, without a browser."""
        return self.control("/grants", {})

    def behave(self, **behaviour: float) -> None:
        """Changes how it answers, such as its latency in seconds."""
        self.control("/behaviour", behaviour)

    def forget_calls(self) -> None:
        """Empties counters and log."""
        self.control("/reset", {})

    def calls(self, method: str = "GET") -> list[dict[str, Any]]:
        """The Accounting API's calls since they were forgotten, in the order of their start."""
        found = [
            call
            for call in self.control("/log")
            if call["method"] == method and "connect" not in call["endpoint"].lower()
        ]
        return sorted(found, key=lambda call: call["at"])

    def stretch(self, ended: float, method: str = "GET") -> Stretch:
        """These calls, of a process that ended at a time of the wall clock."""
        calls = self.calls(method)
        first = datetime.fromisoformat(calls[0]["at"]).timestamp()
        took = sum(call["milliseconds"] for call in calls) / 1000
        return Stretch(ended - first, len(calls), took, AT_ONCE)


@contextmanager
def sandbox(*options: str) -> Iterator[SandboxProcess]:
    """Runs a sandbox for as long as the block lasts.

    Args:
        options: Of ``xero-sandbox serve``, such as ``--generate`` and ``invoices=20000``.
    """
    limits = [part for limit in NO_WALL for part in ("--limit", limit)]
    command = [str(SANDBOX), "serve", "--port", "0", "--json", *limits, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield SandboxProcess(json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(SECONDS)
