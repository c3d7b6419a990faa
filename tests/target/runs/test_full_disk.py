"""A full disk: which file could not be written, and what to do."""

import json
import os
import subprocess

import pytest
from target_runner import TARGET, config_in, lines_of, publish, records

pytestmark = pytest.mark.skipif(
    not os.path.exists("/dev/full"),  # noqa: PTH110  # a device
    reason="needs a device that is full",
)


def last_lines(tmp_path, arguments, messages, **settings):
    """The log of a run that fails."""
    config = tmp_path / "config.json"
    config.write_text(json.dumps(settings))
    command = [str(TARGET), *arguments, "--config", str(config)]
    done = subprocess.run(
        command, input=lines_of(messages), capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 1
    return done.stderr.decode().strip().splitlines()


@pytest.mark.parametrize("setting", ["results_path", "rejects_path"])
def test_a_file_that_is_full_is_named(tmp_path, xero, setting):
    messages = records("contacts", [{"Name": "Ana"}, {"Name": "Bo", "Mood": "x"}])
    settings = config_in(tmp_path, xero, **{setting: "/dev/full"})
    log = last_lines(tmp_path, [], messages, **settings)
    assert log[-1].endswith("No space left on device: '/dev/full'")
    run = publish(tmp_path, xero, messages)
    assert run.statuses["invalid"] == 1
    assert len(xero.records("Contacts")) == 1


def test_a_plan_that_does_not_fit_is_named(tmp_path, xero):
    arguments = ["plan", "--plan", "/dev/full", "--html", str(tmp_path / "plan.html")]
    settings = config_in(tmp_path, xero)
    log = last_lines(tmp_path, arguments, records("contacts", [{"Name": "Ana"}]), **settings)
    assert log[-1].endswith("No space left on device: '/dev/full'")
