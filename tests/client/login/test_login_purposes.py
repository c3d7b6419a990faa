"""``xero login --for``: what each word requests."""

import json

import pytest
import requests
from click.testing import CliRunner
from connections import web_config
from login_here import log_in, requested
from stored_login import INVOICES, PKCE, WEB
from target_runner import run_with

from tap_runner import read as read_here
from target_xero.copy.command import command as opening_balances
from target_xero.verify.command import verify
from xero_client.cli import main
from xero_client.entities.access.purposes import PURPOSES

pytestmark = pytest.mark.sandbox(companies=["empty", "empty"])
READ = (
    "accounting.banktransactions.read accounting.contacts.read accounting.invoices.read "
    "accounting.manualjournals.read accounting.payments.read accounting.settings.read"
)
WRITE = READ.replace(".read", "")
PAYROLL = (
    "payroll.employees.read payroll.payruns.read payroll.payslip.read payroll.settings.read "
    "payroll.timesheets.read"
)
TRIAL_BALANCE = "accounting.reports.trialbalance.read"
PROFIT_AND_BALANCE = "accounting.reports.profitandloss.read accounting.reports.balancesheet.read"
VERIFY = f"{READ} {TRIAL_BALANCE} {PROFIT_AND_BALANCE}"
COPY = f"{WRITE} accounting.attachments {TRIAL_BALANCE}"
REPORTS = (
    "accounting.contacts.read accounting.invoices.read accounting.payments.read "
    "accounting.settings.read "
) + " ".join(
    f"accounting.reports.{name}.read"
    for name in (
        *("aged", "balancesheet", "banksummary", "budgetsummary"),
        *("executivesummary", "profitandloss", "trialbalance"),
    )
)


@pytest.mark.parametrize(
    ("arguments", "scopes"),
    [
        (["--for", "read"], READ),
        (["--for", "tap-xero"], READ),
        (["--for", "publish"], WRITE),
        (["--for", "target-xero"], WRITE),
        (["--for", "verify"], VERIFY),
        (["--for", "copy"], COPY),
        (["--for", "copy", "--read-only"], f"{READ} accounting.attachments.read {TRIAL_BALANCE}"),
        (["--for", "reports"], REPORTS),
        (["--for", "attachments"], "accounting.attachments.read"),
        (["--for", "attachments", "--write"], "accounting.attachments"),
        (["--for", "payroll"], PAYROLL),
        (["--for", "payroll", "--write"], PAYROLL.replace(".read", "")),
        (["--for", "projects,assets files"], "projects.read assets.read files.read"),
        (["--for", "projects", "--for", "Assets"], "projects.read assets.read"),
        (["--for", "projects", "invoices"], "projects.read accounting.invoices.read"),
        (["--for", "publish,projects", "invoices"], "projects.read accounting.invoices"),
        (["--for", "read,publish", "invoices"], "accounting.invoices"),
        (["--for", "copy, verify"], f"{COPY} {PROFIT_AND_BALANCE}"),
        (
            ["--for", "finance"],
            "finance.bankstatementsplus.read finance.cashvalidation.read finance.statements.read",
        ),
    ],
)
def test_login_and_scopes_take_the_same_words(machine, arguments, scopes):
    printed = CliRunner().invoke(main, ["scopes", *arguments])
    assert set(printed.stdout.split()) == {"offline_access", *scopes.split()}
    assert ("needs an agreement with Xero" in printed.stderr) == ("finance" in arguments)
    assert requested(machine, *arguments) == set(scopes.split())


@pytest.mark.parametrize(
    ("options", "variables", "scopes"),
    [
        # Read reads what Meltano selects, publish the entities of the target.
        (
            ["--for", "read,publish"],
            {
                "TAP_XERO__SELECT": '["quotes.*"]',
                "TAP_XERO_STREAMS": '{"contacts": {"page_size": 100}}',
                "TARGET_XERO_STREAMS": '{"bills": {"entity": "Payments"}}',
            },
            "accounting.invoices.read accounting.payments",
        ),
        # The other words add to the setting, which replaces what reading and publishing need.
        (
            ["--for", "read", "--for", "projects"],
            {"XERO_SCOPES": INVOICES},
            f"{INVOICES} projects.read",
        ),
        (["--for", "projects", "--scopes", "files"], {}, "files projects.read"),
        (["--scopes", "files projects", "--read-only"], {}, "files.read projects.read"),
        # What a backup needs: the tap's setting selects reports beside the usual streams.
        (
            ["--for", "read"],
            {"TAP_XERO_REPORTS": '{"streams": ["trial_balances"], "from": "2025-03"}'},
            f"{READ} {TRIAL_BALANCE}",
        ),
        (
            ["--for", "read"],
            {"TAP_XERO_CUSTOM_STREAMS": '{"a": {"path": "/A", "scope": "files.read"}, "b": {}}'},
            f"{READ} files.read",
        ),
        # The path of another API says its scope.
        (
            ["--for", "read"],
            {"TAP_XERO_CUSTOM_STREAMS": '{"a": {"path": "/projects.xro/2.0/Projects"}}'},
            f"{READ} projects.read",
        ),
        (
            ["--for", "publish"],
            {"TARGET_XERO_STREAMS": '{"ok": {"path": "/payroll.xro/2.0/Timesheets/{id}/Approve"}}'},
            f"{WRITE} payroll.timesheets",
        ),
        (
            ["invoices"],
            {"TAP_XERO_CUSTOM_STREAMS": '{"a": {"path": "/A", "scope": "files.read"}}'},
            INVOICES,
        ),
        (
            ["--for", "read"],
            {"TAP_XERO_COPY_ATTACHMENTS": "true"},
            f"{READ} {COPY.split()[6]}.read",
        ),
    ],
)
def test_settings_say_what_reading_and_publishing_need(machine, options, variables, scopes):
    assert requested(machine, *options, **variables) == set(scopes.split())


@pytest.mark.parametrize("command", ["login", "scopes"])
def test_a_word_that_does_not_exist_is_refused_with_the_nearest(machine, command):
    refused = CliRunner().invoke(main, [command, "--for", "read,proyects"])
    assert refused.exit_code == 2
    assert "'proyects' is not a purpose: did you mean 'projects'?" in refused.stderr
    assert all(purpose in refused.stderr for purpose in PURPOSES)


def test_the_variables_of_one_plugin_are_chosen_by_either_spelling(machine):
    variables = {"TAP_XERO_CLIENT_ID": "of-the-tap", "TARGET_XERO_CLIENT_ID": "of-the-target"}
    for word in ("publish", "target-xero"):
        shown = machine.run("xero", "tenants", "--for", word, **variables)
        assert "'of-the-target'" in shown.stderr
    assert machine.run("xero", "tenants", "--for", "payroll").returncode == 2
    refused = machine.run("xero", "tenants", **variables)
    assert "differ: add --for read or --for publish" in refused.stderr


def test_one_login_is_enough_to_copy_and_to_compare(machine, xero, store_uri):
    _, out = log_in(machine, "--for", "copy,verify")
    assert '"references": "translate"' in out
    assert "target-xero verify --source source.json --target target.json" in out
    invoice = {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "Contact": {"Name": "Ada"},
        "Date": "2026-01-15",
        "DueDate": "2026-02-15",
        "LineItems": [{"Description": "Bread", "UnitAmount": 10, "AccountCode": "200"}],
    }
    headers = xero.headers(WEB, tenant_id=xero.tenant_ids[0])
    url = f"{xero.base_uri}/Invoices"
    assert requests.put(url, json=invoice, headers=headers, timeout=10).status_code == 200
    config = web_config(xero, store_uri, client_id=PKCE, client_secret=None)
    files = {}
    for name, tenant_id in zip(("source", "target"), xero.tenant_ids, strict=True):
        files[name] = machine.home / f"{name}.json"
        files[name].write_text(json.dumps({**config, "tenant_id": tenant_id}))
    balances = machine.home / "opening.json"

    options = ["--source", str(files["source"]), "--output", str(balances)]
    opened = CliRunner().invoke(opening_balances, options)
    assert opened.exit_code == 0, opened.output
    backup = read_here(xero, **{**config, "tenant_id": xero.tenant_ids[0]})
    assert backup.exit_code == 0, backup.log
    settings = {"references": "translate", "opening_balances": str(balances)}
    copied = run_with(
        {**config, **settings, "tenant_id": xero.tenant_ids[1]}, machine.home, backup.messages
    )
    assert copied.exit_code == 0, copied.log
    compared = CliRunner().invoke(
        verify, ["--source", str(files["source"]), "--target", str(files["target"])]
    )
    assert compared.exit_code == 0, compared.output
    assert "THE BOOKS AGREE" in compared.output
    assert len(xero.records("Invoices", xero.tenant_ids[1])) == 1
