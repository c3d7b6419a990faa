"""Conversion balances: what an organisation had before its first document in Xero."""

from __future__ import annotations

from datetime import date

import pytest
from sandbox_caller import Caller
from warehouse_streams import as_input, messages
from warehouses import Warehouse

from xero_sandbox.server import server

pytestmark = pytest.mark.timeout(900)

SETUP = {
    "ConversionDate": {"Month": 6, "Year": 2026},
    "ConversionBalances": [
        {"AccountCode": "090", "Balance": "10000"},
        {"AccountCode": "200", "Balance": "-2000"},
        {"AccountCode": "960", "Balance": "-8000"},
    ],
}


def test_they_are_the_cause_also_if_months_before_them_are_read(tmp_path):
    warehouse = Warehouse.on_duckdb(tmp_path)
    with server(companies=["empty"]) as xero:
        caller = Caller(xero)
        response = caller.send("POST", "Setup", json=SETUP)
        assert response.status_code == 200, response.text
        caller.close()
        warehouse.loader.load(as_input(messages(xero, [xero.tenant_id], date(2026, 3, 1))))
    warehouse.build()
    found = warehouse.rows(
        """
        SELECT account_code, split_part(likely_cause, ':', 1) FROM analytics.reconciliation
        WHERE not_in_documents <> 0 ORDER BY 1
        """
    )
    assert found == [(code, "Opening balance") for code in ("090", "200", "960")]
