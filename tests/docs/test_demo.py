"""The demo: its output, the files that it leaves, and its errors."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
import requests
from loaders import tool

ROOT = Path(__file__).parent.parent.parent


def processes_of(folder):
    """The processes that have the folder in their environment."""
    return [
        entry for entry in Path("/proc").glob("[0-9]*") if str(folder).encode() in environ(entry)
    ]


def number(text):
    return int(text.replace(",", ""))


def environ(process):
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


@pytest.fixture
def command():
    tool("meltano", "meltano")
    return [tool("target-duckdb", "python"), ROOT / "demo/demo.py", "--folder"]


@pytest.fixture
def home(tmp_path):
    """An environment whose home is empty, and with settings of a real Xero that must not count."""
    folder = tmp_path / "home"
    folder.mkdir()
    kept = {name: text for name, text in os.environ.items() if not name.startswith("XDG_")}
    return kept | {
        "HOME": str(folder),
        "TAP_XERO_CLIENT_ID": "of-a-real-app",
        "TAP_XERO_BASE_URI": "https://127.0.0.1:9/nothing",
        "MELTANO_ENVIRONMENT": "prod",
    }


# It loads a company and copies it: a minute or two on an idle machine.
@pytest.mark.timeout(560)
def test_it_tells_of_every_row_and_cleans_up(command, home, tmp_path):
    before = (ROOT / "meltano.yml").read_bytes()

    ended = subprocess.run(
        [*command, tmp_path / "demo"], env=home, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stderr
    records = re.findall(r"([\d,]+) records in \d+ calls", ended.stdout)[0]
    assert f"{records} rows in " in ended.stdout, "each record is a row"
    assert re.search(r"^ +invoices +1,\d\d\d$", ended.stdout, re.MULTILINE)
    [compared, same, left_out, different] = re.findall(
        r"THE BOOKS AGREE: Of ([\d,]+) records in .*?, ([\d,]+) are the same in .*?, "
        r"([\d,]+) are left out on purpose, ([\d,]+) differ\.",
        ended.stdout,
    )[0]
    assert number(same) + number(left_out) + number(different) == number(compared)
    [(rows, of_them, inside, others)] = re.findall(
        r"Of the ([\d,]+) rows in DuckDB, ([\d,]+) are compared, and ([\d,]+) are lists inside "
        r"those records. The others are not compared: (.*)\.",
        ended.stdout,
    )
    assert (rows, of_them) == (records, compared)
    not_compared = {name: number(count) for count, name in re.findall(r"(\d[\d,]*) (\w+)", others)}
    parts = number(compared) + number(inside) + sum(not_compared.values())
    assert number(rows) == parts
    [came] = re.findall(r"([\d,]+) records came", ended.stdout)
    only_loaded = ("trial_balances", "profit_and_loss", "budgets", "budget_lines")
    loaded = sum(not_compared.get(name, 0) for name in only_loaded)
    assert number(came) == parts - number(inside) - loaded
    [gives] = re.findall(r"that gives ([\d,]+) results", ended.stdout)
    assert f"{gives} records in " in ended.stdout, "the summary counts results"
    months = re.findall(r"^ +20\d\d-\d\d +.* ([-\d,.]+) +\1 +0\.00$", ended.stdout, re.MULTILINE)
    assert len(set(months)) == 13
    assert "All 13 months equal Xero's profit and loss to the cent" in ended.stdout
    [address] = re.findall(r"http://127\.0\.0\.1:\d+", ended.stdout)
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=5)
    assert list((tmp_path / "home").iterdir()) == [], "nothing is written outside its folder"
    assert (ROOT / "meltano.yml").read_bytes() == before


def test_ended_in_the_middle_it_leaves_no_process_behind(command, home, tmp_path):
    demo = subprocess.Popen([*command, tmp_path / "demo"], env=home, stdout=subprocess.PIPE)
    while b"2. " not in demo.stdout.readline():
        assert demo.poll() is None
    time.sleep(1)

    demo.send_signal(signal.SIGTERM)
    demo.communicate(timeout=120)

    assert demo.returncode == 1
    # The kernel may still be ending those that were killed.
    deadline = time.monotonic() + 10
    while processes_of(tmp_path / "home"):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_where_meltano_fails_it_shows_why_and_fails_too(command, home, tmp_path):
    demo = subprocess.Popen(
        [*command, tmp_path / "demo"],
        env=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while "2. " not in demo.stdout.readline():
        assert demo.poll() is None
    (tmp_path / "demo/demo.duckdb").mkdir()

    said = demo.communicate(timeout=150)[1]

    assert demo.returncode == 1
    assert "demo.duckdb" in said
    assert "Meltano failed; its log is" in said.splitlines()[-1]


def test_it_never_empties_a_folder_of_somebody_else(command, home, tmp_path):
    (tmp_path / "letter.txt").write_text("mine")

    ended = subprocess.run([*command, tmp_path], env=home, capture_output=True, check=False)

    assert ended.returncode == 1
    assert b"name an empty folder" in ended.stderr
    assert (tmp_path / "letter.txt").read_text() == "mine"
