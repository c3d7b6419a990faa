"""The command ``tap-xero-deletes``: SQL that deletes the rows of records that Xero deleted.

An ACTIVATE_VERSION message is about a whole table. If several runs load the organisations of one
table, or if one of a run's organisations could not be read, loaders get none. Then these statements
do the same for each organisation and stream that was read to its end: every row of it that is still
in Xero was written again, with a ``_read_at`` of this run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from tap_xero.run.outcomes import ALL, COMPLETE

# By loader: a statement that comes first, and the form of a DELETE. All compare in UTC.
LOADERS: Mapping[str, tuple[str, str]] = {
    "target-postgres": (
        "SET TIME ZONE 'UTC';",
        (
            """DELETE FROM {schema}"{stream}" WHERE "_tenant_id" = '{tenant}' """
            """AND CAST("_read_at" AS TIMESTAMP) < TIMESTAMP '{began}';"""
        ),
    ),
    "target-duckdb": (
        "",
        (
            """DELETE FROM {schema}"{stream}" WHERE "_tenant_id" = '{tenant}' """
            """AND CAST("_read_at" AS TIMESTAMP) < TIMESTAMP '{began}';"""
        ),
    ),
    # Its tables and columns have names in capitals, as names without quotes mean.
    "target-snowflake": (
        "ALTER SESSION SET TIMEZONE = 'UTC';",
        (
            "DELETE FROM {schema}{stream} WHERE _tenant_id = '{tenant}' "
            "AND _read_at::TIMESTAMP_NTZ < '{began}'::TIMESTAMP_NTZ;"
        ),
    ),
    "target-bigquery": (
        "",
        (
            "DELETE FROM {schema}`{stream}` WHERE `_tenant_id` = '{tenant}' "
            "AND TIMESTAMP(`_read_at`) < TIMESTAMP '{began}+00';"
        ),
    ),
}
QUOTES = {"target-snowflake": "", "target-bigquery": "`"}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
TENANT = re.compile(r"[0-9A-Za-z-]+", re.ASCII)
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d\.\d{3})Z", re.ASCII)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("outcome", type=click.File(encoding="utf-8"))
@click.option(
    "--loader", type=click.Choice(tuple(LOADERS)), required=True, help="What loaded the rows."
)
@click.option("--schema", help="The schema or data set of the tables.")
@click.version_option(package_name="singer-tap-xero")
def main(outcome: Any, loader: str, schema: str | None) -> None:  # noqa: ANN401  # click's file
    """Prints SQL that deletes the rows of records that Xero deleted.

    OUTCOME is the file of the setting outcome_path of a run, or - for standard input. Run the SQL
    after the loader has loaded that run.
    """
    first, statement = LOADERS[loader]
    quote = QUOTES.get(loader, '"')
    if schema is not None and not NAME.fullmatch(schema):
        message = f"--schema is {schema!r}: use letters, digits and underscores"
        raise click.ClickException(message)
    place = f"{quote}{schema}{quote}." if schema else ""
    try:
        deletes = [statement.format(schema=place, **part) for part in whole_reads(outcome)]
    except (KeyError, TypeError, ValueError) as error:
        message = f"{Path(outcome.name)} is not a file of outcome_path: {error}"
        raise click.ClickException(message) from None
    for line in filter(None, [first, *deletes] if deletes else []):
        click.echo(line)
    if not deletes:
        click.echo("No stream of this run was read from its beginning to its end.", err=True)


def whole_reads(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    """The organisations and streams of which all records were read.

    Raises:
        KeyError, TypeError, ValueError: A line does not have the form of an outcome.
    """
    for line in lines:
        outcome = json.loads(line)
        if (outcome["end"], outcome["read"]) != (COMPLETE, ALL) or outcome["began"] is None:
            continue
        tenant, stream = str(outcome["tenant_id"]), str(outcome["stream"])
        began = INSTANT.fullmatch(outcome["began"])
        if not (TENANT.fullmatch(tenant) and NAME.fullmatch(stream) and began):
            message = f"a line has an invalid tenant_id, stream or began: {line.strip()[:200]}"
            raise ValueError(message)
        yield {"tenant": tenant, "stream": stream, "began": f"{began[1]} {began[2]}"}
