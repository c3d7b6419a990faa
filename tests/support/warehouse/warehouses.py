"""Databases that a loader filled and dbt built, and queries on them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from loaders import DuckDb, Loader, PostgreSql, tool

PROJECT = Path(__file__).parents[3] / "warehouse"

# dbt's own environment has the DuckDB that wrote the file.
QUERY_OF_DUCKDB = """
import json, sys, duckdb
with duckdb.connect(sys.argv[1]) as database:
    rows = database.execute(sys.stdin.read()).fetchall()
print(json.dumps(rows, default=str))
"""


@dataclass(frozen=True)
class Warehouse:
    """A database with the tables of a loader, in which dbt builds the project."""

    database: str
    loader: Loader
    folder: Path

    @classmethod
    def on_duckdb(cls, folder: Path) -> Warehouse:
        return cls("duckdb", DuckDb.into(folder), folder)

    @classmethod
    def on_postgres(cls, folder: Path, uri: str) -> Warehouse:
        return cls("postgres", PostgreSql.into(folder, uri), folder)

    def dbt(self, command: str, *arguments: str, **variables: Any) -> subprocess.CompletedProcess:
        """Runs dbt; dbt's exit code is 1 if a test of the project fails."""
        if self.database == "postgres":
            variables = {"xero_schema": "xero", **variables}
        words = [tool("dbt", "dbt"), command, "--project-dir", PROJECT, "--profiles-dir", PROJECT]
        words += ["--target", self.database, "--target-path", self.folder / "target"]
        words += ["--log-path", self.folder / "logs", "--vars", json.dumps(variables), *arguments]
        return subprocess.run(
            words, env=self._environment(), capture_output=True, text=True, check=False
        )

    def build(self, *arguments: str, **variables: Any) -> None:
        """`dbt build`, with all tests of the project."""
        ended = self.dbt("build", *arguments, **variables)
        assert ended.returncode == 0, ended.stdout[-4000:]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query; amounts are decimals, days and moments are text."""
        if self.database == "postgres":
            with psycopg.connect(self._plain_uri) as connection:
                found = connection.execute(query)  # type: ignore[call-overload]  # queries are ours
                rows: Sequence[Sequence[Any]] = found.fetchall() if found.description else []
                return [tuple(_plain(value) for value in row) for row in rows]
        python = tool("dbt", "python")
        command = [python, "-c", QUERY_OF_DUCKDB, self.loader.settings["filepath"]]
        ended = subprocess.run(command, input=query, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        return [tuple(_exact(value) for value in row) for row in json.loads(ended.stdout)]

    @property
    def _plain_uri(self) -> str:
        return str(self.loader.settings["sqlalchemy_url"]).replace("+psycopg", "")

    def _environment(self) -> Mapping[str, str]:
        own = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "NO_COLOR": "1"}
        if self.database == "duckdb":
            own["XERO_DUCKDB"] = self.loader.settings["filepath"]
        else:
            uri = urlsplit(self._plain_uri)
            own |= {
                "PGHOST": uri.hostname or "",
                "PGPORT": str(uri.port),
                "PGUSER": uri.username or "",
                "PGPASSWORD": uri.password or "",
                "PGDATABASE": uri.path.lstrip("/"),
            }
        return {**os.environ, **own}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (Decimal, int, str)) else str(value)


def _exact(value: Any) -> Any:
    """A decimal if DuckDB had one: JSON keeps them as text."""
    if isinstance(value, str) and value.lstrip("-").replace(".", "", 1).isdigit() and "." in value:
        return Decimal(value)
    return value
