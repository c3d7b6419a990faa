"""The scopes that a login asks for, from what is selected, configured and named."""

import json

import pytest
from login_runner import asked

WEB, PKCE, CUSTOM = "sandbox-web", "sandbox-pkce", "sandbox-custom"

pytestmark = pytest.mark.sandbox(companies=["empty", "empty"])


SELECT = '["*.*", "!journals.*"]'
SELECTED = [{"metadata": {"selected": True}}]
CATALOG = {"streams": [{"tap_stream_id": "quotes", "metadata": SELECTED}]}
WITH_CUSTOM = {
    "streams": [*CATALOG["streams"], {"tap_stream_id": "my_files", "metadata": SELECTED}]
}
MY_FILES = json.dumps({"my_files": {"path": "/files.xro/1.0/Files", "records": "Items"}})
TRIAL_BALANCE = "accounting.reports.trialbalance.read"
USUAL = (
    "accounting.banktransactions.read accounting.contacts.read accounting.invoices.read "
    "accounting.manualjournals.read accounting.payments.read accounting.settings.read"
)


@pytest.mark.parametrize(
    ("options", "variables", "scopes"),
    [
        (
            ["invoices", "contacts", "--read-only"],
            {},
            "accounting.contacts.read accounting.invoices.read",
        ),
        (["invoices", "--for", "tap-xero"], {}, "accounting.invoices.read"),
        (["invoices"], {}, "accounting.invoices.read"),
        (["invoices", "--write"], {}, "accounting.invoices"),
        ([], {}, USUAL),
        (["--catalog", "catalog.json", "--read-only"], {}, "accounting.invoices.read"),
        (
            ["--for", "read", "--catalog", "custom.json", "--read-only"],
            {"TAP_XERO_CUSTOM_STREAMS": MY_FILES},
            "accounting.invoices.read files.read",
        ),
        (["--for", "tap-xero"], {"TAP_XERO__SELECT": SELECT}, USUAL),
        (["--for", "tap-xero"], {"TAP_XERO__SELECT": '["users.*"]'}, "accounting.settings.read"),
        (
            ["--for", "tap-xero"],
            {"TAP_XERO__SELECT": '["bank_summaries.*", "budget_lines.*"]'},
            "accounting.budgets.read accounting.reports.banksummary.read accounting.settings.read",
        ),
        (
            ["--for", "tap-xero"],
            {"TAP_XERO__SELECT": '["*.*", "trial_balances.*"]'},
            USUAL.replace("accounting.settings", f"{TRIAL_BALANCE} accounting.settings"),
        ),
        (
            ["--for", "tap-xero"],
            {"TAP_XERO__SELECT": '["users.*"]', "TAP_XERO_INCLUDE": "journals,trial_balances"},
            f"accounting.journals.read {TRIAL_BALANCE} accounting.settings.read",
        ),
        (
            ["--for", "target-xero"],
            {"TARGET_XERO_STREAMS": '{"bills": {"entity": "Payments"}}'},
            "accounting.payments",
        ),
        (["--scopes", "files"], {"XERO_SCOPES": "projects"}, "files"),
        ([], {"XERO_SCOPES": "projects"}, "projects"),
    ],
)
def test_only_the_scopes_that_are_needed_are_asked_for(machine, options, variables, scopes):
    (machine.home / "catalog.json").write_text(json.dumps(CATALOG))
    (machine.home / "custom.json").write_text(json.dumps(WITH_CUSTOM))
    with machine.logging_in(*options, **variables) as login:
        visitor = login.visitor()
        visitor.enter_app(PKCE)
        assert asked(visitor.to_consent())["scope"] == f"offline_access {scopes}"
