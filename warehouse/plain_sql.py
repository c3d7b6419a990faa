"""Writes the project as plain SQL, for people without dbt: `sql/DATABASE.sql`, run after each load.

    python plain_sql.py [--check] [duckdb postgres snowflake bigquery]

With `--check` nothing is written; the exit code is 1 if a file is not what the project says now.
The files are compiled without a database. They suppose all streams that are not named below, in the
schema that the project's variables name, under the names that the usual loaders give.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner

PROJECT = Path(__file__).parent
DATABASES = ("duckdb", "postgres", "snowflake", "bigquery")
# Journals need Xero's Advanced tier: the plain ledger is made of documents.
NOT_LOADED = (
    "journal_line_tracking",
    "journal_lines",
    "journals",
    "journals_cash",
    "journals_cash_line_tracking",
    "journals_cash_lines",
)
PLACEHOLDER = "databaseofthetarget"
HEADER = """\
-- Made by warehouse/plain_sql.py from the dbt project: change that, not this.
-- Views in Fivetran's shape, the ledger and its marts, made of the documents that tap-xero loaded.
"""


def main() -> None:
    """Writes or checks the files of the databases that the command line names, else of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("databases", nargs="*", choices=[[], *DATABASES])
    arguments = parser.parse_args()
    for database in arguments.databases or DATABASES:
        path = PROJECT / "sql" / f"{database}.sql"
        sql = plain_sql(database)
        if not arguments.check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(sql, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != sql:
            sys.exit(f"{path} is not current; write it again: python {Path(__file__).name}")


def plain_sql(database: str) -> str:
    """The project's models as statements of one database, in an order in which they can be run."""
    with tempfile.TemporaryDirectory() as folder:
        compile_project(database, Path(folder))
        manifest = json.loads((Path(folder) / "manifest.json").read_text("utf-8"))
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    by_id = {model["unique_id"]: model for model in models}
    parts = [HEADER]
    schemas = dict.fromkeys(_schema(model) for model in models)
    parts += [f"create schema if not exists {schema};\n" for schema in schemas]
    for model in _in_order(by_id):
        parts += _statements(database, model)
    functions = [node for node in manifest["nodes"].values() if node["resource_type"] == "analysis"]
    for function in sorted(functions, key=lambda node: str(node["name"])):
        parts.append(f"{_without_database(function['compiled_code'])};\n")
    return "\n".join(parts)


def compile_project(database: str, folder: Path) -> None:
    """Compiles the project for a database that need not be there.

    Raises:
        SystemExit: if dbt refuses.
    """
    variables = {"xero_streams_not_loaded": list(NOT_LOADED), "xero_ledger_source": "documents"}
    # No connection is made. The name of the database is left out again: it is like no other name.
    os.environ |= {
        "BIGQUERY_METHOD": "oauth-secrets",
        "BIGQUERY_PROJECT": PLACEHOLDER,
        "BIGQUERY_TOKEN": "none",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "PGDATABASE": PLACEHOLDER,
        "SNOWFLAKE_DATABASE": PLACEHOLDER,
        "XERO_DUCKDB": str(folder / f"{PLACEHOLDER}.duckdb"),
    }
    options = {
        "--exclude": "resource_type:test",
        "--project-dir": PROJECT,
        "--profiles-dir": PROJECT,
        "--target": database,
        "--target-path": folder,
        "--log-path": folder,
        "--vars": json.dumps(variables),
    }
    words = ["compile", "--no-introspect", "--no-populate-cache", "--quiet"]
    words += [str(word) for option in options.items() for word in option]
    # In this process, because dbt takes longer to start than to compile.
    ended = dbtRunner().invoke(words)
    if not ended.success:
        sys.exit(f"dbt could not compile the project for {database}: {ended.exception or ''}")


def _in_order(models: Mapping[str, Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Each model after those that it reads; by name among equals."""
    left = dict(sorted(models.items()))
    while left:
        ready = [
            model
            for model in left.values()
            if not any(needed in left for needed in model["depends_on"]["nodes"])
        ]
        for model in ready:
            yield model
            del left[model["unique_id"]]


def _schema(model: Mapping[str, Any]) -> str:
    return str(model["schema"])


def _statements(database: str, model: Mapping[str, Any]) -> Iterator[str]:
    name = f"{_schema(model)}.{model['alias']}"
    select = _without_database(model["compiled_code"])
    if model["config"]["materialized"] == "view":
        if database == "postgres":
            yield f"drop view if exists {name} cascade;\n"
        yield f"create or replace view {name} as\n{select};\n"
        return
    if database == "postgres":
        yield f"drop table if exists {name} cascade;\n"
        yield f"create table {name} as\n{select};\n"
    else:
        yield f"create or replace table {name} as\n{select};\n"


def _without_database(sql: str) -> str:
    """The statement with names of schema and table only, so that it runs in any database."""
    lines = (line.rstrip() for line in sql.strip().splitlines())
    text = "\n".join(line for line in lines if line)
    text = re.sub(rf'["`]?{PLACEHOLDER}["`]?\.', "", text)
    return re.sub(r'"(\w+)"\."(\w+)"(?= as |\s|$|\))', r"\1.\2", text)


if __name__ == "__main__":
    main()
