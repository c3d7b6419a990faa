"""The demo: Meltano loads a local Xero into DuckDB, and copies one organisation into another.

`make demo` runs it with the Python of target-duckdb, which has DuckDB.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import copying
import duckdb
import statements

ROOT = Path(__file__).resolve().parent.parent
SANDBOX = ROOT / ".venv/bin/xero-sandbox"
MELTANO = ROOT / ".tools/meltano/bin/meltano"
STOP_SECONDS = 10
LOG = "meltano.log"
LINES_OF_A_FAILURE = 10
# What the statements are made of, and the profit and loss of Xero to compare them with.
SELECTED = json.dumps(
    ["*.*"]
    + [
        f"!{streams}.*"
        for streams in (
            # Journals, services and expenses are not in every subscription, and the other reports
            # are not shown here.
            *("journal*", "payment_services", "receipts", "expense_claims", "aged_*", "b*_sheets"),
            *("*_summaries", "profit_and_loss_by_tracking", "report_1099", "tax_reports"),
            # Nor are the other APIs, and what costs a call for each invoice.
            *("asset*", "file*", "finance_*", "folders", "payroll_*", "project*"),
            *("cis_settings", "connections", "online_invoices", "organisation_actions"),
        )
    ]
)

# Tables that `target-xero verify` does not compare.
NOT_COMPARED = (
    *("organisations", "users", "branding_themes", "invoice_reminders"),
    *("trial_balances", "profit_and_loss", "budgets", "budget_lines"),
)

MONEY_OWED = """
    SELECT contact ->> 'Name' AS customer, currencycode AS currency, count(*) AS invoices,
           printf('%.2f', sum(amountdue)) AS owed, min(duedate) AS due_since
    FROM invoices
    WHERE type = 'ACCREC' AND status = 'AUTHORISED'
    GROUP BY ALL
    ORDER BY sum(amountdue) DESC
    LIMIT 8
"""


def main() -> None:
    """Runs the demo, from an empty folder to the comparison of the books."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "output/demo")
    folder = emptied_folder(parser.parse_args().folder.resolve())
    # On a signal, exit normally, so that the local Xero is stopped.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(1))

    with sandbox(folder / "sandbox.log") as xero:
        print_paragraph(
            f"1. A local Xero runs at {xero['base_uri']}, with two invented organisations: "
            + " and ".join(f'"{tenant["name"]}"' for tenant in xero["tenants"])
            + "."
        )
        print_paragraph(
            f'2. Meltano reads "{xero["tenants"][0]["name"]}" with tap-xero and loads it into '
            "DuckDB: meltano run load"
        )
        variables = environment(xero, folder)
        show_calls(meltano("load", {**variables, "TAP_XERO__SELECT": SELECTED}, folder / LOG))
        counts = show_database(folder / "demo.duckdb")
        show_profit(folder / "demo.duckdb")
        show_copy(xero, variables, folder, counts)
    print_paragraph(f"The database is kept in {folder / 'demo.duckdb'} for your own queries.")


def emptied_folder(folder: Path) -> Path:
    """Empties the folder, unless it has files that are not from this demo."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / LOG).exists():
            sys.exit(f"{folder} has files that are not from this demo; name an empty folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def sandbox(log: Path) -> Iterator[dict[str, Any]]:
    """Runs a local Xero on a free port during the block; yields its addresses."""
    companies = ["--company", "demo", "--company", "empty"]
    # Xero does not apply the minute and day limits in the first half hour of a new connection.
    limits = ["--limit", "rapid_sync_seconds=1800"]
    command = [SANDBOX, "serve", "--port", "0", *companies, *limits, "--json"]
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, encoding="utf-8")
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            sys.exit(f"{end_of(log)}\nThe local Xero did not start; its log is {log}")
        yield json.loads(line)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment(xero: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """The environment for Meltano: no settings of a real Xero, and all files in the folder."""
    other_settings = ("TAP_XERO_", "TARGET_", "MELTANO_")
    inherited = {
        name: text for name, text in os.environ.items() if not name.startswith(other_settings)
    }
    app = next(app for app in xero["apps"] if app["client_id"] == "sandbox-custom")
    return inherited | {
        "MELTANO_ENVIRONMENT": "dev",
        "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
        "MELTANO_SYS_DIR_ROOT": str(folder / "meltano"),
        "NO_COLOR": "1",
        "TAP_XERO_AUTHORIZE_URI": xero["authorize_uri"],
        "TAP_XERO_BASE_URI": xero["base_uri"],
        "TAP_XERO_CLIENT_ID": app["client_id"],
        "TAP_XERO_CLIENT_SECRET": app["client_secret"],
        "TAP_XERO_STORE_URI": f"sqlite:///{folder / 'store.db'}",
        "TAP_XERO_TENANT_ID": xero["tenants"][0]["tenant_id"],
        "TAP_XERO_TOKEN_URI": xero["token_uri"],
        "TARGET_DUCKDB_FILEPATH": str(folder / "demo.duckdb"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
    }


def meltano(job: str, variables: Mapping[str, str], log: Path) -> str:
    """Runs one of Meltano's jobs and returns its log; ends the demo if it fails."""
    with log.open("wb") as stdout:
        result = subprocess.run(
            [MELTANO, "run", job],
            cwd=ROOT,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if result.returncode:
        sys.exit(f"{end_of(log)}\nMeltano failed; its log is {log}")
    return log.read_text("utf-8")


def end_of(log: Path) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text("utf-8").splitlines()[-LINES_OF_A_FAILURE:])


def show_calls(log: str) -> None:
    """Prints the last line of tap-xero's summary: records, calls, bytes, limits left."""
    summary = [line for line in log.splitlines() if "limits left" in line]
    print_paragraph("3. The summary that tap-xero logged:")
    for line in summary:
        print("   " + line.partition("tap-xero")[2].strip())


def show_database(path: Path) -> Mapping[str, int]:
    """Prints the tables, and which customers owe most; returns the number of rows by table."""
    with duckdb.connect(str(path), read_only=True) as database:
        names = database.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        counts = {name: database.table(name).count("*").fetchall()[0][0] for (name,) in names}
        print_paragraph(f"4. {sum(counts.values()):,} rows in {len(counts)} tables:")
        for name, count in counts.items():
            if count:
                print(f"   {name:<22}{count:>8,}")
        empty = [name for name, count in counts.items() if not count]
        if empty:
            print(f"   empty: {', '.join(empty)}")
        owed = database.sql(MONEY_OWED)
        print_paragraph("5. The customers who owe most:")
        rows = [[str(cell) for cell in row] for row in [owed.columns, *owed.fetchall()]]
    print_table(rows)
    return counts


def show_profit(path: Path) -> None:
    """Makes the statements in the database, and prints the profit of each month beside Xero's."""
    print_paragraph(
        "6. Profit and loss by month: warehouse/sql/duckdb.sql makes it in DuckDB out of what was "
        "loaded. Beside it is the profit in Xero's own report:"
    )
    statements.make_statements(path)
    rows, are_equal = statements.profit_by_month(path)
    print_table(rows)
    if not are_equal:
        sys.exit("The profit of a month differs from Xero's")
    print(f"   All {len(rows) - 1} months equal Xero's profit and loss to the cent.")


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Prints rows of cells in columns, the first row as headings."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("   " + "  ".join(cells).rstrip())


def show_copy(
    xero: Mapping[str, Any],
    variables: Mapping[str, str],
    folder: Path,
    counts: Mapping[str, int],
) -> None:
    """Copies the first organisation into the empty one, and prints whether their books agree."""
    source, target = (tenant["name"] for tenant in xero["tenants"])
    print_paragraph(
        f'7. Meltano copies "{source}" into "{target}" with tap-xero and target-xero, and '
        "their books are compared: meltano run copy-organisation"
    )
    both = {**variables, **copying.variables(xero, folder)}
    copying.save_opening_balances(both, folder)
    log = meltano("copy-organisation", both, folder / "copy.log")
    for line in log.splitlines():
        _, plugin, message = line.partition("target-xero-copy ")
        if plugin and re.search(" records (in|came)|Left out: ", message):
            print(f"   {message.strip()}")
    verdict = copying.compare(both, folder)
    print(f"   {verdict.text}")
    rows = sum(counts.values())
    compared = sum(count for name, count in counts.items() if name in verdict.tables)
    others = {name: counts[name] for name in NOT_COMPARED if counts.get(name)}
    inside = sum(
        count
        for name, count in counts.items()
        if name not in verdict.tables and name not in NOT_COMPARED
    )
    print(
        f"   Of the {rows:,} rows in DuckDB, {compared:,} are compared, and {inside:,} are lists "
        "inside those records. The others are not compared: "
        f"{', '.join(f'{count:,} {name}' for name, count in others.items())}."
    )
    print(f"   The comparison, account by account: {folder / 'verdict.html'}")


def print_paragraph(text: str) -> None:
    """Prints a text, with an empty line before it."""
    print(f"\n{text}", flush=True)


if __name__ == "__main__":
    main()
