"""An account whose type changes after the trial balances of old months were read."""

from __future__ import annotations

import pytest
from generated_company import generated_company
from sandbox_caller import Caller
from warehouse_streams import JOURNALS, STREAMS, as_input
from warehouses import Warehouse

from tap_runner import read
from xero_sandbox.server import server

pytestmark = pytest.mark.timeout(900)

TENANT = "11111111-2222-4333-8444-555555555555"
WARNING = "Warning in test trial_balances_know_the_accounts"


def test_months_that_were_read_with_another_type_are_warned_of(tmp_path):
    warehouse = Warehouse.on_duckdb(tmp_path)
    with server(companies=[generated_company(TENANT, 11, 60)]) as xero:

        def load(state, again):
            run = read(
                xero,
                [stream for stream in STREAMS if stream not in JOURNALS],
                state=state,
                access_token=xero.grant("sandbox-web")["access_token"],
                tenant_ids=[TENANT],
                reports={"from": "2025-09", "again": again},
            )
            assert run.exit_code == 0, run.log[-2000:]
            warehouse.loader.load(as_input(run.messages))
            ended = warehouse.dbt("build")
            assert ended.returncode == 0, ended.stdout[-3000:]
            return run, WARNING in ended.stdout

        first, is_warned = load(None, 3)
        assert not is_warned
        account_id = next(
            row["AccountID"]
            for row in first.records("trial_balances")
            if row["Date"] == "2026-01-31" and row["AccountClass"] == "EXPENSE"
        )
        caller = Caller(xero)
        response = caller.send(
            "POST", f"Accounts/{account_id}", json={"AccountID": account_id, "Type": "FIXED"}
        )
        assert response.status_code == 200, response.text
        caller.close()
        second, is_warned = load(first.state, 3)
        assert is_warned
        _, is_warned = load(second.state, 36)
        assert not is_warned
