"""Items and accounts whose codes are changed, or given to others, after they were used."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sandbox_caller import Caller
from warehouse_streams import as_input, messages
from warehouses import Warehouse

from xero_sandbox.server import server

pytestmark = pytest.mark.timeout(900)


def put(caller, method, path, **body):
    response = caller.send(method, path, json=body)
    assert response.status_code == 200, response.text
    return response.json()


def item(caller, code, name):
    sold = {"UnitPrice": "10", "AccountCode": "200"}
    return put(caller, "PUT", "Items", Code=code, Name=name, SalesDetails=sold)["Items"][0]


def sell(caller, code, quantity, account):
    line = {"Description": "Sold", "Quantity": quantity, "UnitAmount": "10", "ItemCode": code}
    put(
        caller,
        "PUT",
        "Invoices",
        Type="ACCREC",
        Contact={"Name": "Ana"},
        Date="2026-05-01",
        DueDate="2026-05-20",
        LineItems=[{**line, "AccountCode": account}],
        Status="AUTHORISED",
    )


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """The item that was called A is B now, and A is another item; two accounts swapped codes."""
    warehouse = Warehouse.on_duckdb(tmp_path_factory.mktemp("renames"))
    with server(companies=["empty"]) as xero:
        caller = Caller(xero)
        first = item(caller, "A", "First")
        sell(caller, "A", 3, "200")
        put(caller, "POST", "Items", ItemID=first["ItemID"], Code="B", Name="First")
        item(caller, "A", "Second")
        sell(caller, "A", 5, "260")
        ids = {account.get("Code"): account["AccountID"] for account in xero.records("Accounts")}
        for code, new in (("200", "200-old"), ("260", "200"), ("200", "260")):
            put(caller, "POST", f"Accounts/{ids[code]}", AccountID=ids[code], Code=new)
        warehouse.loader.load(as_input(messages(xero, [xero.tenant_id], date(2026, 4, 1))))
        caller.close()
    warehouse.build()
    return warehouse


def test_sales_are_those_of_the_item_whatever_its_code(warehouse):
    found = warehouse.rows(
        "SELECT item_code, item_name, quantity, net_amount FROM analytics.sales_by_item ORDER BY 1"
    )
    assert found == [
        ("A", "Second", Decimal("5.000000"), Decimal("50.00")),
        ("B", "First", Decimal("3.000000"), Decimal("30.00")),
    ]


def test_lines_stand_on_their_account_whatever_its_code(warehouse):
    ledger = warehouse.rows(
        """
        SELECT account_code, account_name, -sum(net_amount) FROM analytics.general_ledger
        WHERE account_class = 'REVENUE' GROUP BY 1, 2 ORDER BY 3
        """
    )
    assert ledger == [
        ("260", "Sales", Decimal("30.00")),
        ("200", "Other Revenue", Decimal("50.00")),
    ]
    # dbt_xero finds the account of a line by its code.
    lines = warehouse.rows(
        """
        SELECT accounts.name, lines.line_amount FROM analytics_fivetran.invoice_line_item AS lines
        INNER JOIN analytics_fivetran.account AS accounts ON accounts.code = lines.account_code
        ORDER BY 2
        """
    )
    assert lines == [("Sales", Decimal("30.000000")), ("Other Revenue", Decimal("50.000000"))]
