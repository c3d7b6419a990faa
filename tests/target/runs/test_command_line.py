"""The command target-xero: what its help lists, and what it says about a wrong command line."""

import os
import subprocess

import pytest
from target_runner import TARGET


def target_xero(*arguments):
    environ = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(
        [TARGET, *arguments], capture_output=True, text=True, env=environ, check=False
    )


def test_the_help_lists_the_options_of_the_target_and_the_commands():
    shown = target_xero("--help")
    assert shown.returncode == 0
    options, _, commands = shown.stdout.partition("Commands:")
    assert {"--config", "--input", "--about", "--yes"} <= set(options.split())
    assert [line.split()[0] for line in commands.strip().splitlines()] == [
        "import",
        "plan",
        "apply",
        "verify",
        "opening-balances",
    ]


@pytest.mark.parametrize("command", ["verify", "opening-balances"])
def test_each_command_has_a_help_of_its_own(command):
    shown = target_xero(command, "--help")
    assert shown.returncode == 0
    assert shown.stdout.startswith(f"Usage: target-xero {command} [OPTIONS]")


def test_a_command_that_does_not_exist_is_refused_by_name():
    refused = target_xero("verfiy")
    assert refused.returncode == 2
    assert "No such command 'verfiy'" in refused.stderr


def test_a_command_after_the_options_of_the_target_is_refused_with_the_right_order(tmp_path):
    config = tmp_path / "config.json"
    config.write_text("{}")
    refused = target_xero("--config", str(config), "verify")
    assert refused.returncode == 2
    assert "write the command first: target-xero verify, then its options" in refused.stderr
