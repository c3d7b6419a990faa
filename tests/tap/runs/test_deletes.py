"""``tap-xero-deletes``: rows of records that Xero deleted, if several runs load one table."""

from __future__ import annotations

import subprocess

import psycopg
import pytest
from click.testing import CliRunner
from loaders import DuckDb, PostgreSql, tool

from tap_runner import TAP, arguments, read
from tap_xero.deletes import main
from xero_sandbox.http.limits import GENEROUS
from xero_sandbox.server import server

WEB = "sandbox-web"
RUN_ON_DUCKDB = "import sys, duckdb; duckdb.connect(sys.argv[1]).execute(sys.stdin.read())"


def sql_of(path, loader, *options):
    result = CliRunner().invoke(main, [str(path), "--loader", loader, *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def settings_of(xero, tenants, path):
    app = xero.apps[WEB]
    return {
        "base_uri": xero.base_uri,
        "authorize_uri": xero.authorize_uri,
        "token_uri": xero.token_uri,
        "client_id": app.client_id,
        "access_token": xero.grant(WEB)["access_token"],
        "tenant_ids": [tenants] if isinstance(tenants, str) else tenants,
        "outcome_path": str(path),
    }


def tapped(xero, tenants, path, **options):
    settings = settings_of(xero, tenants, path) | options
    command = [TAP, *arguments(path.parent, settings, ["items", "contacts"], None)]
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.mark.parametrize("name", ["target-postgres", "target-duckdb"])
def test_rows_of_deleted_records_go_and_those_of_other_organisations_stay(name, tmp_path, request):
    if name == "target-postgres":
        uri = request.getfixturevalue("fresh_postgres_uri")
        loader, schema = PostgreSql.into(tmp_path, uri), "xero"
    else:
        loader, schema = DuckDb.into(tmp_path), "main"
    path = tmp_path / "outcome.jsonl"
    with server(companies=["empty", "empty"], limits=GENEROUS) as xero:
        first, second = xero.tenant_ids
        kept = {
            tenant: [xero.add("Items", {"Code": f"C{n}"}, tenant) for n in range(3)]
            for tenant in xero.tenant_ids
        }
        for tenant in xero.tenant_ids:
            xero.add("Contacts", {"Name": "Ana"}, tenant)
        for tenant in xero.tenant_ids:  # a run of its own for each
            loader.load(tapped(xero, tenant, path))
        xero.remove("Items", kept[first].pop(), first)
        xero.remove("Items", kept[second].pop(), second)
        loader.load(tapped(xero, first, path))
    sql = sql_of(path, name, "--schema", schema)
    if name == "target-postgres":
        with psycopg.connect(uri.replace("+psycopg", "")) as connection:
            connection.execute(sql)
    else:
        command = [tool(name, "python"), "-c", RUN_ON_DUCKDB, loader.settings["filepath"]]
        subprocess.run(command, input=sql, text=True, check=True)
    left = {(row["_tenant_id"], row["itemid"]) for row in loader.rows("items")}
    of_first = {item for tenant, item in left if tenant == first}
    of_second = {item for tenant, item in left if tenant == second}
    assert of_first == set(kept[first])
    assert len(of_second) == 3  # it was not read in the last run
    assert len(loader.rows("contacts")) == 2


def test_by_default_no_run_deletes_rows_of_organisations_that_it_does_not_read(
    tmp_path, fresh_postgres_uri
):
    """With a loader that deletes what an ACTIVATE_VERSION message says."""
    loader = PostgreSql.into(tmp_path, fresh_postgres_uri)
    assert loader.settings["hard_delete"]
    path = tmp_path / "outcome.jsonl"
    with server(companies=["empty", "empty"], limits=GENEROUS) as xero:
        first, second = xero.tenant_ids
        added = {tenant: xero.add("Items", {"Code": "LOAF"}, tenant) for tenant in xero.tenant_ids}
        loader.load(tapped(xero, [first, second], path))
        loader.load(tapped(xero, first, path))  # second is taken out of tenant_ids
        loader.load(tapped(xero, second, path))  # a run of its own for each
    assert {(row["_tenant_id"], row["itemid"]) for row in loader.rows("items")} == set(
        added.items()
    )


def test_a_run_of_the_only_organisation_has_the_loader_delete(tmp_path, fresh_postgres_uri):
    loader = PostgreSql.into(tmp_path, fresh_postgres_uri)
    path = tmp_path / "outcome.jsonl"
    with server(companies=["empty"], limits=GENEROUS) as xero:
        [tenant] = xero.tenant_ids
        kept, removed = (xero.add("Items", {"Code": code}) for code in ("LOAF", "BUN"))
        loader.load(tapped(xero, tenant, path))
        xero.remove("Items", removed)
        loader.load(tapped(xero, tenant, path))
    assert [row["itemid"] for row in loader.rows("items")] == [kept]


def test_only_what_was_read_from_beginning_to_end_is_deleted_from(tmp_path):
    path = tmp_path / "outcome.jsonl"
    with server(companies=["empty", "empty"], limits=GENEROUS) as xero:
        _first, second = xero.tenant_ids
        xero.fault("forbidden", "Items", tenant_id=second, times=None)
        token = xero.grant(WEB)["access_token"]
        streams = ["items", "contacts", "invoices"]
        for tenant in xero.tenant_ids:
            xero.add("Contacts", {"Name": "Ana"}, tenant)
        options = {"access_token": token, "tenant_ids": "all", "outcome_path": str(path)}
        state = read(xero, ["contacts"], **options).state
        read(xero, streams, state=state, **options)
    sql = sql_of(path, "target-snowflake", "--schema", "xero")
    deletes = [line for line in sql.splitlines() if line.startswith("DELETE")]
    assert {line.split()[2] for line in deletes} == {"xero.items", "xero.invoices"}
    assert [line for line in deletes if "xero.items" in line and second in line] == []
    assert all("_read_at" in line and "_tenant_id" in line for line in deletes)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("no json\n", "is not a file of outcome_path"),
        ("[]\n", "is not a file of outcome_path"),
        (
            (
                '{"end": "complete", "read": "all", "began": "2026-01-31T09:30:00.123Z", '
                '"tenant_id": "x\' OR 1=1 --", "stream": "items"}\n'
            ),
            "invalid tenant_id",
        ),
    ],
)
def test_a_file_of_another_form_makes_no_sql(tmp_path, content, problem):
    path = tmp_path / "outcome.jsonl"
    path.write_text(content)
    result = CliRunner().invoke(main, [str(path), "--loader", "target-postgres"])
    assert result.exit_code == 1
    assert problem in result.output
    assert "DELETE" not in result.output
