"""The Finance API: rows of facts (xero-facts.md: Finance).

What it answers is what a test stored; the sandbox does not compute it.
"""

from __future__ import annotations

from xero_sandbox.resources.model import Api, Resource, Shape, Style


def _statement(path: str, **content: object) -> Resource:
    path = f"FinancialStatements/{path}"
    return Resource(path, "", "finance.statements", shape=Shape.OBJECT, defaults=content)


FINANCE = Api(
    "finance",
    "/finance.xro/1.0/",
    Style.FINANCE,
    (
        _statement("TrialBalance", accounts=[]),
        _statement("BalanceSheet", asset={}, liability={}, equity={}),
        _statement("ProfitAndLoss", netProfitLoss=0),
        _statement("Cashflow", cashBalance={}),
        _statement("contacts/revenue", contacts=[]),
        _statement("contacts/expense", contacts=[]),
        Resource("CashValidation", "accountId", "finance.cashvalidation", shape=Shape.ARRAY),
        Resource(
            "BankStatementsPlus/statements",
            "statementId",
            "finance.bankstatementsplus",
            key="statements",
            shape=Shape.ARRAY,
            needs={"BankAccountID": (), "FromDate": (), "ToDate": ()},
            equals={"BankAccountID": "bankAccountId"},
        ),
    ),
)
