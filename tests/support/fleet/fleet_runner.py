"""Runs `xero fleet`: in this process, or in one of its own if the test kills it or needs several.

The tap and the loader of a batch are always processes of their own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from connections import put_grant
from loaders import tool
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tap_runner import catalog_of, own_logging
from xero_client.auth.stored_logins import Login, Logins
from xero_client.cli import main as xero_command
from xero_client.store.database import Store

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
    variables: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(
        cls,
        folder: Path,
        xero: Any,
        *,
        store_uri: str = "",
        streams: Iterable[str] = STREAMS,
        log_in: bool = True,
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
            "store_uri": fleet.store_uri,
        }
        if log_in:
            fleet.config["refresh_token"] = xero.grant(app.client_id)["refresh_token"]
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

    def log_in(
        self,
        name: str,
        user: int,
        tenant_ids: Iterable[str],
        *,
        is_old: bool = False,
        scopes: Iterable[str] = (),
    ) -> None:
        """Leaves what `xero login --grant NAME` of a user leaves in the state database."""
        chosen = list(tenant_ids)
        app = self.xero.apps["sandbox-web"]
        tokens = self.xero.grant(app.client_id, scopes, tenant_ids=chosen, user=user)
        minutes_left = -1 if is_old else 30
        put_grant(
            self.xero,
            self.store_uri,
            app.client_id,
            minutes_left=minutes_left,
            tokens=tokens,
            name=name,
        )
        names = {tenant_id: self.xero.organisation(tenant_id).name for tenant_id in chosen}
        store, now = Store(self.store_uri), datetime.now(timezone.utc)
        Logins(store).save(Login(app.client_id, app.secret, {}, names, now, name))
        store.close()

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
            env=self.environment | self.variables | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run_process(self, *arguments: str, **variables: str) -> Finished:
        """A command in a process of its own, whose output has what the tap and loader print."""
        process = self.start(*arguments, **variables)
        out, err = process.communicate(timeout=170)
        assert process.returncode == 0, f"{arguments}\n{out}\n{err}"
        return Finished(process.returncode, out, err)

    def call(self, *arguments: str, code: int | None = 0, **variables: str) -> Finished:
        """A command in this process, which saves the time that a new one takes to start."""
        environment: dict[str, str | None] = dict.fromkeys(os.environ)
        environment |= self.environment | self.variables | variables
        environment["XERO_FLEET_CONFIG"] = str(self.folder / "fleet.json")
        with own_logging() as log:
            result = CliRunner().invoke(xero_command, ["fleet", *arguments], env=environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        finished = Finished(result.exit_code, result.stdout, log.getvalue() + result.stderr)
        assert code is None or finished.code == code, f"{arguments}\n{finished}"
        return finished

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

    def states(self) -> dict[str, tuple[int, str]]:
        """The generation and the state of each organisation, as the state database has them."""
        engine = create_engine(self.store_uri)
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT tenant_id, generation, state FROM fleet_states"))
            found = {row.tenant_id: (row.generation, row.state) for row in rows}
        engine.dispose()
        return found

    def change(self, statement: str, **values: Any) -> None:
        """Changes the state database, for example to let time pass."""
        engine = create_engine(self.store_uri)
        with engine.begin() as connection:
            connection.execute(text(statement), values)
        engine.dispose()

    def can_be_written(self) -> bool:
        """Whether no other process has a transaction open that writes."""
        is_sqlite = self.store_uri.startswith("sqlite")
        patience = {"timeout": 0.5} if is_sqlite else {"options": "-c lock_timeout=500"}
        engine = create_engine(self.store_uri, connect_args=patience, isolation_level="AUTOCOMMIT")
        tables = "fleet_batches, fleet_states, fleet_work"
        statements = (
            ("BEGIN IMMEDIATE", "ROLLBACK")
            if is_sqlite
            else (f"BEGIN; LOCK TABLE {tables} IN EXCLUSIVE MODE; ROLLBACK",)
        )
        try:
            with engine.connect() as connection:
                for statement in statements:
                    connection.exec_driver_sql(statement)
        except OperationalError:
            return False
        finally:
            engine.dispose()
        return True

    def let_pass(self, seconds: float) -> None:
        """Makes all times of work and batches so many seconds older."""
        for table, names in (
            ("fleet_work", ("due_at", "fresh_at", "ended_at", "day_left_at")),
            ("fleet_batches", ("planned_at", "began_at", "ended_at")),
        ):
            older = ", ".join(f"{name} = {name} - :seconds" for name in names)
            self.change(f"UPDATE {table} SET {older}", seconds=seconds)  # noqa: S608  # the names above

    def keys(self, stream: str, id_field: str) -> Counter[tuple[str, str]]:
        """How often each record was loaded."""
        files = (self.folder / "rows").glob(f"{stream}*.jsonl")
        rows = [json.loads(line) for file in files for line in file.read_text().splitlines()]
        return Counter((row["_tenant_id"], row[id_field]) for row in rows)
