"""SIGTERM and SIGINT end a run between whole messages, with a state to resume from."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time

import pytest
from contacts import add_contacts

from tap_runner import TAP, arguments, read, settings_for


def start_tap(xero, tmp_path):
    settings = settings_for(xero, page_size=100)
    command = [str(TAP), *arguments(tmp_path, settings, ["contacts"], None)]
    log = (tmp_path / "log").open("w")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
    log.close()
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_run_with_its_own_exit_code_and_the_state_of_whole_pages(
    xero, tmp_path, number
):
    add_contacts(xero, 3000)  # so many that it cannot end before the signal
    xero.sandbox.behaviour.latency = 0.3
    process = start_tap(xero, tmp_path)
    lines = []
    while not any(b'"STATE"' in line for line in lines):
        lines.append(process.stdout.readline())
        assert lines[-1]
    process.send_signal(number)
    # Not communicate(): it does not return what the file object has read in advance.
    lines += process.stdout.read().splitlines(keepends=True)
    process.stdout.close()
    assert process.wait(60) == 128 + number
    assert "Interrupted" in (tmp_path / "log").read_text()
    messages = [json.loads(line) for line in lines]
    state = next(message["value"] for message in reversed(messages) if message["type"] == "STATE")
    written = {
        message["record"]["ContactID"] for message in messages if message["type"] == "RECORD"
    }

    xero.sandbox.behaviour.latency = 0
    after = read(xero, ["contacts"], state=state, page_size=100)
    every = set(xero.organisation().collections["Contacts"])
    assert written | set(after.ids("contacts", "ContactID")) == every


def test_a_signal_while_nobody_reads_cuts_no_message_off(xero, tmp_path):
    add_contacts(xero, 600, Name="x" * 2000)
    process = start_tap(xero, tmp_path)
    first = os.read(process.stdout.fileno(), 10_000)
    time.sleep(1.5)  # the pipe is full by now
    process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    rest = []
    reader = threading.Thread(target=lambda: rest.append(process.stdout.read()))
    reader.start()
    reader.join(60)
    process.stdout.close()
    assert process.wait(60) == 128 + signal.SIGTERM
    output = first + rest[0]
    assert output.endswith(b"\n"), output[-300:]
    for line in output.splitlines():
        json.loads(line)


def test_a_program_that_closes_the_pipe_is_not_called_an_unhandled_error(tmp_path, xero):
    add_contacts(xero, 600, Name="x" * 2000)
    process = start_tap(xero, tmp_path)
    os.read(process.stdout.fileno(), 10_000)
    process.stdout.close()
    assert process.wait(60) == 1
    log = (tmp_path / "log").read_text()
    assert "unhandled" not in log
    assert "Traceback" not in log
