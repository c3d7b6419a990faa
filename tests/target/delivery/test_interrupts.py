"""Runs that are stopped by a signal, progress on a terminal, and a closed standard output."""

import json
import os
import pty
import re
import signal
import subprocess
import time

import pytest
from target_runner import TARGET, config_in, lines_in, lines_of, publish, records, start, state


def test_a_run_that_is_stopped_waits_for_calls_in_flight(tmp_path, xero):
    rows = records("contacts", [{"Name": f"Contact {n}"} for n in range(500)])
    xero.fault("latency", "Contacts", method="P*", seconds=0.3, times=None)
    config = config_in(tmp_path, xero, batch_size=10, max_concurrency=2)
    process = start(tmp_path, config, rows)
    deadline = time.monotonic() + 60
    while not xero.calls("Contacts", "P*"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 128 + signal.SIGTERM
    results = lines_in(tmp_path / "results.jsonl")
    assert {result["status"] for result in results} == {"created"}
    assert len(results) == len(xero.records("Contacts")) < 500
    assert b"have no result: run the same input again" in (tmp_path / "stderr").read_bytes()
    xero.reset()
    run = publish(tmp_path, xero, rows)
    assert run.statuses == {"unchanged": len(results), "created": 500 - len(results)}


@pytest.mark.parametrize("terminal", ["xterm", "dumb"])
def test_a_terminal_shows_progress_and_what_the_run_waits_for(tmp_path, xero, terminal):
    rows = records("contacts", [{"Name": f"Contact {n}"} for n in range(60)])
    xero.fault("rate_limited", "Contacts", method="P*", nth=2, retry_after=7)
    (tmp_path / "in.jsonl").write_bytes(lines_of(rows))
    config = tmp_path / "config.json"
    settings = config_in(tmp_path, xero, batch_size=10, max_concurrency=1)
    config.write_text(json.dumps(settings))
    ours, theirs = pty.openpty()
    command = [str(TARGET), "--config", str(config), "--input", str(tmp_path / "in.jsonl")]
    with subprocess.Popen(
        command,
        stderr=theirs,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"TERM": terminal, "COLUMNS": "80"},
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
        os.close(ours)
        assert process.wait(60) == 0
    assert b"records done, 0 rejected" in shown
    assert re.search(rb"waiting \d s until Xero takes calls again; \d+ records done", shown)
    # What stays on the terminal, line by line: the log, and of a dumb terminal all of it.
    left = [line.rpartition(b"\x1b[K")[2] for line in shown.split(b"\r\n")]
    assert any(b"records done" in line for line in left) is (terminal == "dumb")
    assert any(line.endswith(b"contacts: 60 created") for line in left)
    drawn = re.findall(rb"\x1b\[K([^\r\n]*records done[^\r\n]*)", shown)
    assert all(len(line) < 80 for line in drawn)


def test_a_state_that_was_passed_on_has_its_results_and_rejects_on_disk(tmp_path, xero):
    config = config_in(tmp_path, xero)
    (tmp_path / "config.json").write_text(json.dumps(config))
    bad = {"InvoiceNumber": "S-1", "Type": "ACCREC", "Date": "31/01/2026"}
    command = [str(TARGET), "--config", str(tmp_path / "config.json")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(lines_of([*records("invoices", [bad]), state(1)]))
        process.stdin.flush()
        assert process.stdout.readline() == b"1\n"
        process.kill()
    [result] = lines_in(tmp_path / "results.jsonl")
    assert result["status"] == "invalid"
    [rejects] = tmp_path.glob("rejects-*")
    assert [message["type"] for message in lines_in(rejects)] == ["SCHEMA", "RECORD"]


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_waits_for_a_limit_can_be_stopped(tmp_path, xero, told):
    rows = records("contacts", [{"Name": f"Contact {n}"} for n in range(60)])
    xero.fault("rate_limited", "Contacts", method="P*", problem="day", retry_after=3600, nth=2)
    config = config_in(tmp_path, xero, batch_size=20, max_concurrency=1, on_daily_limit="wait")
    process = start(tmp_path, config, rows)
    _until(lambda: len(xero.calls("Contacts", "P*")) > 1)
    process.send_signal(told)
    assert process.wait(60) == 128 + told
    assert b"Traceback" not in (tmp_path / "stderr").read_bytes()
    results = lines_in(tmp_path / "results.jsonl")
    assert [result["status"] for result in results] == ["created"] * 20
    xero.reset()
    run = publish(tmp_path, xero, rows)
    assert run.statuses == {"unchanged": 20, "created": 40}


@pytest.mark.parametrize("was_done", [True, False])
def test_a_run_stopped_while_responses_are_lost_keeps_the_intents(tmp_path, xero, was_done):
    line = {"Description": "Work", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
    bill = {"Type": "ACCPAY", "Contact": {"Name": "Ana"}, "Date": "2026-10-01"}
    rows = records("invoices", [bill | {"DueDate": "2026-10-31", "LineItems": [line]}])
    xero.fault("unavailable", "Invoices", method="P*", times=None, after_work=was_done)
    process = start(tmp_path, config_in(tmp_path, xero), rows)
    # After the third loss the waits are long enough to be met.
    _until(lambda: len(xero.calls("Invoices", "P*")) > 2)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 128 + signal.SIGTERM
    assert [result["status"] for result in lines_in(tmp_path / "results.jsonl")] == ["unknown"]
    xero.reset()
    run = publish(tmp_path, xero, rows)
    assert run.statuses == {"created": 1}, run.log
    assert len(xero.records("Invoices")) == 1


def _until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("end", ["closed", "none", "full"])
def test_a_closed_standard_output_ends_the_run_with_its_reason(tmp_path, xero, end):
    rows = records("contacts", [{"Name": f"Contact {n}"} for n in range(210)])
    given = lines_of([*rows, state("a"), *rows, state("b"), *rows])
    (tmp_path / "config.json").write_text(json.dumps(config_in(tmp_path, xero)))
    command = [str(TARGET), "--config", str(tmp_path / "config.json")]
    if end == "none":
        command = ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *command]
    reading, writing = os.pipe()
    os.close(reading)
    with open("/dev/full", "wb") as full, os.fdopen(writing, "wb", buffering=0) as closed:  # noqa: PTH123  # a device
        done = subprocess.run(
            command,
            input=given,
            stdout=full if end == "full" else closed,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    last = done.stderr.decode().strip().splitlines()[-1]
    assert done.returncode == 1, last
    assert "STATE cannot be passed on, because standard output is closed" in last
    assert b"Traceback" not in done.stderr
    # Records that come again before the run ends have the result "unchanged".
    statuses = [result["status"] for result in lines_in(tmp_path / "results.jsonl")]
    assert statuses.count("created") == len(xero.records("Contacts")) == 210
    assert set(statuses) <= {"created", "unchanged"}
    assert len(statuses) < 630
