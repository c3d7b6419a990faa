"""`target-xero --verify`: a copy that is compared with its source at its end."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from copy_pair import completed_process

from tap_runner import own_logging
from target_xero.cli import group

REPORTS = {"streams": ["trial_balances"], "from": "2026-02"}


def copied(pair, backup, *options, **settings):
    """Copies a backup by the whole program, with its options."""
    own = {"tenant_id": pair.target, "references": "translate", **settings}
    own |= {"results_path": str(pair.results_path), "rejects_path": str(pair.rejects_path)}
    config = pair.config("copy", **own)
    with own_logging() as log:
        arguments = ["--config", config, *map(str, options)]
        result = CliRunner().invoke(group(), arguments, input=backup.read_bytes())
    return completed_process(result, log.getvalue())


def approve(pair, number):
    """Edits an invoice of the copy."""
    [theirs] = [each for each in pair.records("Invoices") if each["InvoiceNumber"] == number]
    pair.post("Invoices", {"InvoiceID": theirs["InvoiceID"], "Status": "AUTHORISED"}, pair.target)


@pytest.mark.parametrize("given", ["option", "setting"])
@pytest.mark.parametrize("source", ["configuration", "backup"])
def test_a_copy_is_verified_at_its_end_and_a_later_edit_is_found(pair, source, given):
    backup = pair.tap(reports=REPORTS)
    file = backup if source == "backup" else pair.config("source", pair.source)
    opening = pair.opening_balances()
    config = {"tenant_id": pair.target, "opening_balances": opening}
    options = ("--verify", file) if given == "option" else ()
    if given == "setting":
        config["copy_verify"] = str(file)

    ended = copied(pair, backup, *options, **config)

    assert ended.returncode == 0, ended.stderr[-3000:]
    assert "THE BOOKS AGREE: Of " in ended.stderr
    assert "The books are not compared yet" not in ended.stderr
    # The standard output has nothing but STATE.
    assert all(json.loads(line) for line in ended.stdout.splitlines())

    approve(pair, "INV-3")
    again = copied(pair, backup, *options, **config)
    assert "They were not compared: what was edited in the target stays" in again.stderr
    assert again.returncode == 1
    assert "Invoices ACCREC INV-3 5.75: differs" in again.stderr
    assert "THE BOOKS DIFFER" in again.stderr


def test_the_option_is_refused_without_a_copy(pair, backup):
    for settings in ({"references": "keep"}, {"dry_run": True}):
        ended = copied(pair, backup, "--verify", backup, **settings)
        assert ended.returncode == 2
        assert "--verify is for a copy" in ended.stderr
    assert pair.writes == []


def test_the_source_may_be_in_the_variables_of_tap_xero(pair, backup, monkeypatch):
    settings = json.loads(Path(pair.config("source", pair.source)).read_text())
    for name, value in settings.items():
        monkeypatch.setenv(f"TAP_XERO_{name.upper()}", str(value))

    ended = copied(pair, backup, copy_verify="ENV", opening_balances=pair.opening_balances())

    assert ended.returncode == 0, ended.stderr[-3000:]
    assert "THE BOOKS AGREE: Of " in ended.stderr


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"references": "keep"}, "copy_verify is for a copy: set references to translate"),
        ({"copy_verify": "nowhere.json"}, "copy_verify is 'nowhere.json', which is not a file"),
    ],
)
def test_a_setting_that_cannot_be_met_is_refused_before_the_copy(pair, backup, settings, problem):
    ended = copied(pair, backup, **{"copy_verify": str(backup), **settings})
    assert ended.returncode == 1
    assert problem in ended.stderr
    assert pair.writes == []


def test_a_dry_run_is_not_verified(pair, backup):
    ended = copied(pair, backup, copy_verify=str(backup), dry_run=True)
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert "THE BOOKS" not in ended.stderr


def test_a_copy_that_was_not_published_is_not_verified(pair, backup):
    pair.xero.fault("status", "Contacts", method="P*", status=400, body="no", times=None)
    ended = copied(pair, backup, "--verify", backup)
    assert ended.returncode == 1
    assert "The copy is not verified" in ended.stderr
    assert "THE BOOKS" not in ended.stderr
