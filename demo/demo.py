"""The main job on a laptop: Meltano reads a local Xero with tap-xero into DuckDB.

`make demo` runs this with the Python of target-duckdb, which has DuckDB.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import copying
import duckdb

ROOT = Path(__file__).resolve().parent.parent
SANDBOX = ROOT / ".venv/bin/xero-sandbox"
MELTANO = ROOT / ".tools/meltano/bin/meltano"
STOP_SECONDS = 10
LOG = "meltano.log"
LINES_OF_A_FAILURE = 10

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
    """Tells the story from an empty folder to the first query."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "output/demo")
    folder = emptied(parser.parse_args().folder.resolve())
    # Ended by a signal, the demo still has a local Xero to stop.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(1))

    with sandbox(folder / "sandbox.log") as xero:
        say(
            f"1. A local Xero runs at {xero['base_uri']}, with made-up organisations: "
            + " and ".join(f'"{tenant["name"]}"' for tenant in xero["tenants"])
            + "."
        )
        say(
            f'2. Meltano reads "{xero["tenants"][0]["name"]}" with tap-xero and loads it into '
            "DuckDB: meltano run load"
        )
        own = environment(xero, folder)
        show_calls(meltano("load", own, folder / LOG))
        show_database(folder / "demo.duckdb")
        show_copy(xero, own, folder)
    say(f"The database stays in {folder / 'demo.duckdb'} for your own queries.")


def emptied(folder: Path) -> Path:
    """The folder with nothing in it; nobody else's files are removed."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / LOG).exists():
            sys.exit(f"{folder} holds other files than this demo's; name an empty folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def sandbox(log: Path) -> Iterator[dict[str, Any]]:
    """A local Xero on a free port for as long as the block lasts; yields its addresses."""
    companies = ["--company", "demo", "--company", "empty"]
    # Xero lifts the minute and day limits for a new connection's first half hour.
    limits = ["--limit", "rapid_sync_seconds=1800"]
    command = [SANDBOX, "serve", "--port", "0", *companies, *limits, "--json"]
    with log.open("wb") as complaints:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=complaints, encoding="utf-8"
        )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            sys.exit(f"{end_of(log)}\nThe local Xero did not start; what it said is in {log}")
        yield json.loads(line)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment(xero: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """The environment for Meltano: nothing of a real Xero in it, everything kept in the folder."""
    foreign = ("TAP_XERO_", "TARGET_", "MELTANO_")
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(foreign)}
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


def meltano(job: str, own: Mapping[str, str], log: Path) -> str:
    """Runs one of Meltano's jobs, and returns what it logged; ends the demo where it fails."""
    with log.open("wb") as lines:
        ended = subprocess.run(
            [MELTANO, "run", job],
            cwd=ROOT,
            env=own,
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if ended.returncode:
        sys.exit(f"{end_of(log)}\nMeltano failed; its whole log is {log}")
    return log.read_text("utf-8")


def end_of(log: Path) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text("utf-8").splitlines()[-LINES_OF_A_FAILURE:])


def show_calls(log: str) -> None:
    """Prints the last line of tap-xero's own summary: records, calls, bytes, limits left."""
    summary = [line for line in log.splitlines() if "limits left" in line]
    say("3. What it took, in tap-xero's own words:")
    for line in summary:
        print("   " + line.partition("tap-xero")[2].strip())


def show_database(path: Path) -> None:
    """Prints the tables, and who owes how much."""
    with duckdb.connect(str(path), read_only=True) as database:
        names = database.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        counts = {name: database.table(name).count("*").fetchall()[0][0] for (name,) in names}
        say(f"4. {sum(counts.values()):,} rows in {len(counts)} tables:")
        for name, count in counts.items():
            if count:
                print(f"   {name:<22}{count:>8,}")
        empty = [name for name, count in counts.items() if not count]
        if empty:
            print(f"   empty: {', '.join(empty)}")
        owed = database.sql(MONEY_OWED)
        say("5. Who owes money, most first:")
        rows = [[str(cell) for cell in row] for row in [owed.columns, *owed.fetchall()]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print(
            "   "
            + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def show_copy(xero: Mapping[str, Any], own: Mapping[str, str], folder: Path) -> None:
    """Copies the first organisation into the empty one, and prints whether the books agree."""
    source, target = (tenant["name"] for tenant in xero["tenants"])
    say(
        f'6. Meltano copies "{source}" into "{target}" with tap-xero and target-xero, and the '
        "books of both are compared: meltano run copy-organisation"
    )
    both = {**own, **copying.variables(xero, folder)}
    copying.save_opening_balances(both, folder)
    log = meltano("copy-organisation", both, folder / "copy.log")
    for line in log.splitlines():
        _, plugin, said = line.partition("target-xero-copy ")
        if plugin and " records in " in said:
            print(f"   {said.strip()}")
    print("   " + copying.verdict(both, folder))
    print(f"   Account by account: {folder / 'verdict.html'}")


def say(text: str) -> None:
    """Prints a paragraph."""
    print(f"\n{text}", flush=True)


if __name__ == "__main__":
    main()
