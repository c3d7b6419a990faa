"""A backup in place of its organisation: opening balances and the proof, without Xero's source."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from copy_pair import completed_process

from target_xero.copy.command import command as opening_balances
from target_xero.verify.command import verify

REPORTS = {"streams": ["trial_balances"], "from": "2026-02"}


@pytest.fixture
def whole(pair):
    """A backup with trial balances, compressed."""
    path = pair.folder / "backup.jsonl.gz"
    path.write_bytes(gzip.compress(pair.tap(reports=REPORTS).read_bytes()))
    return path


def run(command, *options):
    # An environment without settings: the source does not exist any more.
    return completed_process(CliRunner().invoke(command, [*map(str, options)]), "")


def restore(pair, backup, **settings):
    plain = pair.folder / "plain.jsonl"
    plain.write_bytes(gzip.decompress(backup.read_bytes()))
    ended = pair.copy(plain, **settings)
    assert ended.returncode == 0, ended.stderr[-3000:]


def verify_backup(pair, backup, *options):
    target = ("--target", pair.config("target", pair.target))
    return run(verify, "--source-backup", backup, *target, *options)


def test_opening_balances_of_a_backup_are_those_of_the_organisation(pair, whole):
    path = pair.folder / "from-backup.json"

    ended = run(opening_balances, "--backup", whole, "--output", path)

    assert ended.returncode == 0, ended.stderr
    live = Path(pair.opening_balances())
    assert json.loads(path.read_text()) == json.loads(live.read_text())


def test_a_restore_is_proved_with_the_backup_alone(pair, whole):
    opening = pair.folder / "opening.json"
    assert run(opening_balances, "--backup", whole, "--output", opening).returncode == 0
    restore(pair, whole, opening_balances=str(opening))
    pair.xero.reset()

    ended = verify_backup(pair, whole)

    assert ended.returncode == 0, ended.stdout[-3000:]
    assert "Trial balance at 2026-04-30: the same" in ended.stdout
    assert f"read from the backup {whole}" in ended.stdout
    assert "Not compared: Profit and loss from" in ended.stdout
    asked = {call["headers"].get("xero-tenant-id") for call in pair.xero.log}
    assert pair.target in asked
    assert pair.source not in asked


def test_a_difference_from_the_backup_is_found(pair, whole):
    restore(pair, whole, opening_balances=pair.opening_balances())
    [theirs] = [each for each in pair.records("Invoices") if each["InvoiceNumber"] == "INV-3"]
    pair.post("Invoices", {"InvoiceID": theirs["InvoiceID"], "Status": "AUTHORISED"}, pair.target)

    ended = verify_backup(pair, whole)

    assert ended.returncode == 1
    assert "Invoices ACCREC INV-3 5.75: differs" in ended.stdout
    assert "Trial balance at 2026-03-31: the same" not in ended.stdout


def test_a_backup_without_trial_balances_proves_the_records_and_says_what_it_cannot(pair, backup):
    ended = pair.copy(backup, opening_balances=pair.opening_balances())
    assert ended.returncode == 0, ended.stderr[-3000:]

    same = verify_backup(pair, backup, "--json", "-")

    assert same.returncode == 2, same.stdout[-3000:]
    found = json.loads(same.stdout)
    assert found["same"] is False
    assert found["verdict"].startswith("NOT PROVED, because no balance was compared: Of ")
    assert [m for m in found["mismatches"] if m["judged"]] == []
    [balances] = found["not_held"]
    assert 'reports {"streams": ["trial_balances"]' in balances

    [theirs] = [each for each in pair.records("Invoices") if each["InvoiceNumber"] == "INV-3"]
    pair.post("Invoices", {"InvoiceID": theirs["InvoiceID"], "Status": "AUTHORISED"}, pair.target)
    assert verify_backup(pair, backup).returncode == 1


def without(path, *streams):
    """A backup without some streams."""
    lines = [
        line
        for line in path.read_bytes().splitlines(keepends=True)
        if json.loads(line).get("stream") not in streams
    ]
    path = path.with_name("part.jsonl")
    path.write_bytes(b"".join(lines))
    return path


def test_streams_that_a_backup_does_not_have_are_named_and_not_called_missing(pair):
    full = pair.tap(reports=REPORTS)
    ended = pair.copy(full, opening_balances=pair.opening_balances())
    assert ended.returncode == 0, ended.stderr[-3000:]
    part = without(full, "contacts", "quotes")

    verdict = verify_backup(pair, part)

    assert verdict.returncode == 0, verdict.stdout[-3000:]
    assert f"Not compared: Contacts: the backup {part} does not have them" in verdict.stdout
    assert "Not compared: Quotes:" in verdict.stdout
    assert "only in the target" not in verdict.stdout
    needed = verify_backup(pair, without(full, "accounts", "organisations"))
    assert needed.returncode == 2
    assert "does not have organisations, accounts, which every comparison needs" in needed.stderr


def test_a_month_that_the_backup_does_not_have_is_named(pair, backup):
    late = pair.tap(reports={**REPORTS, "from": "2026-04"})

    ended = run(opening_balances, "--backup", late)
    assert ended.returncode == 1
    assert "does not have the trial balance at 2026-02-28" in ended.stderr
    verdict = verify_backup(pair, late)
    assert "Not compared: Trial balance at 2026-03-31" in verdict.stdout


def test_what_is_not_a_backup_is_refused(pair):
    path = pair.folder / "letter.txt"
    path.write_text("Dear Ana\n")

    ended = verify_backup(pair, path)
    assert ended.returncode == 2
    assert f"{path} is not a backup that tap-xero has written" in ended.stderr
