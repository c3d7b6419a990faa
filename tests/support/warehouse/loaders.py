"""Singer loaders of other authors, each in its own environment, and the rows that they loaded."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

TOOLS = Path(__file__).parents[3] / ".tools"

# The loader needs an old DuckDB, so the tests' own environment has none.
ROWS_OF_DUCKDB = """
import json, sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as database:
    relation = database.table(sys.argv[2])
    rows = [dict(zip(relation.columns, row)) for row in relation.fetchall()]
print(json.dumps(rows, default=str))
"""


def tool(name: str, program: str) -> Path:
    """A program of an environment that `make tools` makes; skips the test if it is not there."""
    path = TOOLS / name / "bin" / program
    if not (TOOLS / name / ".installed").exists():
        pytest.skip(f"{path} is not installed (make tools)")
    return path


@dataclass(frozen=True)
class Loader:
    """A loader with its settings."""

    name: str
    settings: Mapping[str, Any]
    folder: Path

    def load(self, messages: bytes) -> dict[str, Any]:
        """Loads messages; returns the last state that the loader emits."""
        config = self.folder / f"{self.name}.json"
        config.write_text(json.dumps(self.settings))
        command = [tool(self.name, self.name), "--config", config]
        finished = subprocess.run(command, input=messages, capture_output=True, check=False)
        assert finished.returncode == 0, finished.stderr.decode()[-2000:]
        states = [line for line in finished.stdout.splitlines() if line.startswith(b"{")]
        return json.loads(states[-1])

    def rows(self, stream: str) -> list[dict[str, Any]]:
        """The loaded rows of a stream, with lower-case names and exact numbers."""
        return [{name.lower(): value for name, value in row.items()} for row in self._rows(stream)]

    def _rows(self, stream: str) -> list[dict[str, Any]]:
        raise NotImplementedError


class JsonLines(Loader):
    """target-jsonl: a file for each stream."""

    @classmethod
    def into(cls, folder: Path) -> JsonLines:
        settings = {"destination_path": str(folder / "lines"), "do_timestamp_file": False}
        return cls("target-jsonl", settings, folder)

    def _rows(self, stream: str) -> list[dict[str, Any]]:
        lines = (self.folder / "lines" / f"{stream}.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line, parse_float=Decimal) for line in lines]


class DuckDb(Loader):
    """target-duckdb: a table for each stream, in one file."""

    @classmethod
    def into(cls, folder: Path) -> DuckDb:
        settings = {
            "filepath": str(folder / "loaded.duckdb"),
            "default_target_schema": "main",
            "add_metadata_columns": True,
        }
        return cls("target-duckdb", settings, folder)

    def _rows(self, stream: str) -> list[dict[str, Any]]:
        python = tool(self.name, "python")
        command = [python, "-c", ROWS_OF_DUCKDB, self.settings["filepath"], stream]
        printed = subprocess.run(command, capture_output=True, check=True).stdout
        return json.loads(printed, parse_float=Decimal)


class PostgreSql(Loader):
    """meltanolabs-target-postgres: a table for each stream, in one schema."""

    @classmethod
    def into(cls, folder: Path, uri: str) -> PostgreSql:
        settings = {"sqlalchemy_url": uri, "default_target_schema": "xero", "hard_delete": True}
        return cls("target-postgres", settings, folder)

    def _rows(self, stream: str) -> list[dict[str, Any]]:
        uri = self.settings["sqlalchemy_url"].replace("+psycopg", "")
        with psycopg.connect(uri, row_factory=dict_row) as connection:
            return connection.execute(f'SELECT * FROM xero."{stream}"').fetchall()  # noqa: S608  # the test names the stream
