"""Runs `xero fleet` as an engine does: each command is a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loaders import tool

from tap_runner import catalog_of

XERO = Path(sys.executable).parent / "xero"
STREAMS = ("accounts", "contacts", "invoices")


@dataclass
class Finished:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass
class Fleet:
    """A fleet in a folder, with the sandbox as Xero and target-jsonl as the loader."""

    folder: Path
    xero: Any
    store_uri: str
    config: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def at(
        cls,
        folder: Path,
        xero: Any,
        *,
        store_uri: str = "",
        streams: Iterable[str] = STREAMS,
        **settings: Any,
    ) -> Fleet:
        (folder / "rows").mkdir()
        app = xero.apps["sandbox-web"]
        fleet = cls(folder, xero, store_uri or f"sqlite:///{folder / 'fleet.db'}")
        fleet.config = {
            "base_uri": xero.base_uri,
            "authorize_uri": xero.authorize_uri,
            "token_uri": xero.token_uri,
            "client_id": app.client_id,
            "client_secret": app.secret,
            "refresh_token": xero.grant(app.client_id)["refresh_token"],
            "store_uri": fleet.store_uri,
        }
        loader = tool("target-jsonl", "target-jsonl")
        fleet.settings = {
            "pipelines": {
                "warehouse": {
                    "config": "tap.json",
                    "catalog": "catalog.json",
                    "loader": [str(loader), "--config", "loader.json"],
                }
            }
        } | settings
        fleet.write("catalog.json", catalog_of(streams))
        fleet.write("loader.json", {"destination_path": str(folder / "rows")})
        fleet.save()
        return fleet

    def write(self, name: str, content: object) -> None:
        (self.folder / name).write_text(json.dumps(content))

    def save(self) -> None:
        self.write("tap.json", self.config)
        self.write("fleet.json", self.settings)

    @property
    def environment(self) -> dict[str, str]:
        return {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TAP_XERO_", "TARGET_XERO_", "XERO_"))
        }

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(XERO), "fleet", *arguments],
            cwd=self.folder,
            env=self.environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *arguments: str, code: int | None = 0, **variables: str) -> Finished:
        process = self.start(*arguments, **variables)
        out, err = process.communicate(timeout=170)
        assert code is None or process.returncode == code, f"{arguments}\n{out}\n{err}"
        return Finished(process.returncode, out, err)

    def plan(self) -> list[str]:
        """The ids of the batches of a new plan."""
        return self.call("plan").lines

    def cycle(self) -> None:
        """What an engine does in one round."""
        self.call("sync")
        for batch in self.plan():
            self.call("run", batch)
        self.call("settle")

    def status(self) -> dict[str, Any]:
        return json.loads(self.call("status", "--json").out)

    def organisation(self, tenant_id: str) -> dict[str, Any]:
        [found] = [
            each for each in self.status()["organisations"] if each["tenant_id"] == tenant_id
        ]
        return found

    def keys(self, stream: str, id_field: str) -> Counter[tuple[str, str]]:
        """How often each record was loaded."""
        files = (self.folder / "rows").glob(f"{stream}*.jsonl")
        rows = [json.loads(line) for file in files for line in file.read_text().splitlines()]
        return Counter((row["_tenant_id"], row[id_field]) for row in rows)
