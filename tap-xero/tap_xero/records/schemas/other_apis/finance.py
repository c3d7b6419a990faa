"""The Finance API (xero-facts.md: Finance)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tap_xero.records.schemas.types import (
    BOOLEAN,
    DATE,
    INSTANT,
    INTEGER,
    NUMBER,
    STRING,
    Properties,
    array_of,
    list_of,
    object_of,
)

TRIAL_BALANCE_ENTRY: Properties = {
    "value": NUMBER,
    "entryType": STRING,
}
TRIAL_BALANCE_MOVEMENT: Properties = {
    "debits": NUMBER,
    "credits": NUMBER,
    "movement": object_of(TRIAL_BALANCE_ENTRY),
    "signedMovement": NUMBER,
}
TRIAL_BALANCE_ACCOUNT: Properties = {
    "accountId": STRING,
    "accountType": STRING,
    "accountCode": STRING,
    "accountClass": STRING,
    "status": STRING,
    "reportingCode": STRING,
    "accountName": STRING,
    "balance": object_of(TRIAL_BALANCE_ENTRY),
    "signedBalance": NUMBER,
    "accountMovement": object_of(TRIAL_BALANCE_MOVEMENT),
}
BALANCE_SHEET_ACCOUNT_DETAIL: Properties = {
    "code": STRING,
    "accountID": STRING,
    "name": STRING,
    "reportingCode": STRING,
    "total": NUMBER,
}
BALANCE_SHEET_ACCOUNT_TYPE: Properties = {
    "accountType": STRING,
    "accounts": array_of(BALANCE_SHEET_ACCOUNT_DETAIL),
    "total": NUMBER,
}
BALANCE_SHEET_ACCOUNT_GROUP: Properties = {
    "accountTypes": array_of(BALANCE_SHEET_ACCOUNT_TYPE),
    "total": NUMBER,
}
BALANCE_SHEET_RESPONSE: Properties = {
    "balanceDate": DATE,
    "asset": object_of(BALANCE_SHEET_ACCOUNT_GROUP),
    "liability": object_of(BALANCE_SHEET_ACCOUNT_GROUP),
    "equity": object_of(BALANCE_SHEET_ACCOUNT_GROUP),
}
PNL_ACCOUNT: Properties = {
    "accountID": STRING,
    "accountType": STRING,
    "code": STRING,
    "name": STRING,
    "reportingCode": STRING,
    "total": NUMBER,
}
PNL_ACCOUNT_TYPE: Properties = {
    "total": NUMBER,
    "title": STRING,
    "accounts": array_of(PNL_ACCOUNT),
}
PNL_ACCOUNT_CLASS: Properties = {
    "total": NUMBER,
    "accountTypes": array_of(PNL_ACCOUNT_TYPE),
}
PROFIT_AND_LOSS_RESPONSE: Properties = {
    "startDate": DATE,
    "endDate": DATE,
    "netProfitLoss": NUMBER,
    "revenue": object_of(PNL_ACCOUNT_CLASS),
    "expense": object_of(PNL_ACCOUNT_CLASS),
}
CASH_BALANCE: Properties = {
    "openingCashBalance": NUMBER,
    "closingCashBalance": NUMBER,
    "netCashMovement": NUMBER,
}
CASHFLOW_ACCOUNT: Properties = {
    "accountId": STRING,
    "accountType": STRING,
    "accountClass": STRING,
    "code": STRING,
    "name": STRING,
    "reportingCode": STRING,
    "total": NUMBER,
}
CASHFLOW_TYPE: Properties = {
    "name": STRING,
    "total": NUMBER,
    "accounts": array_of(CASHFLOW_ACCOUNT),
}
CASHFLOW_ACTIVITY: Properties = {
    "name": STRING,
    "total": NUMBER,
    "cashflowTypes": array_of(CASHFLOW_TYPE),
}
CASHFLOW_RESPONSE: Properties = {
    "startDate": DATE,
    "endDate": DATE,
    "cashBalance": object_of(CASH_BALANCE),
    "cashflowActivities": array_of(CASHFLOW_ACTIVITY),
}
CONTACT_TOTAL_DETAIL: Properties = {
    "totalPaid": NUMBER,
    "totalOutstanding": NUMBER,
    "totalCreditedUnApplied": NUMBER,
}
CONTACT_TOTAL_OTHER: Properties = {
    "totalOutstandingAged": NUMBER,
    "totalVoided": NUMBER,
    "totalCredited": NUMBER,
    "transactionCount": INTEGER,
}
CONTACT_DETAIL: Properties = {
    "contactId": STRING,
    "name": STRING,
    "total": NUMBER,
    "totalDetail": object_of(CONTACT_TOTAL_DETAIL),
    "totalOther": object_of(CONTACT_TOTAL_OTHER),
    "accountCodes": list_of(STRING),
}
STATEMENT_BALANCE_RESPONSE: Properties = {
    "value": NUMBER,
    "type": STRING,
}
DATA_SOURCE_RESPONSE: Properties = {
    "directBankFeed": NUMBER,
    "fileUpload": NUMBER,
    "manual": NUMBER,
    "directBankFeedPos": NUMBER,
    "fileUploadPos": NUMBER,
    "manualPos": NUMBER,
    "directBankFeedNeg": NUMBER,
    "fileUploadNeg": NUMBER,
    "manualNeg": NUMBER,
    "otherPos": NUMBER,
    "otherNeg": NUMBER,
    "other": NUMBER,
}
STATEMENT_LINES_RESPONSE: Properties = {
    "unreconciledAmountPos": NUMBER,
    "unreconciledAmountNeg": NUMBER,
    "unreconciledLines": INTEGER,
    "avgDaysUnreconciledPos": NUMBER,
    "avgDaysUnreconciledNeg": NUMBER,
    "earliestUnreconciledTransaction": DATE,
    "latestUnreconciledTransaction": DATE,
    "deletedAmount": NUMBER,
    "totalAmount": NUMBER,
    "dataSource": object_of(DATA_SOURCE_RESPONSE),
    "earliestReconciledTransaction": DATE,
    "latestReconciledTransaction": DATE,
    "reconciledAmountPos": NUMBER,
    "reconciledAmountNeg": NUMBER,
    "reconciledLines": INTEGER,
    "totalAmountPos": NUMBER,
    "totalAmountNeg": NUMBER,
}
CURRENT_STATEMENT_RESPONSE: Properties = {
    "startDate": DATE,
    "endDate": DATE,
    "startBalance": NUMBER,
    "endBalance": NUMBER,
    "importedDateTimeUtc": INSTANT,
    "importSourceType": STRING,
}
BANK_STATEMENT_RESPONSE: Properties = {
    "statementLines": object_of(STATEMENT_LINES_RESPONSE),
    "currentStatement": object_of(CURRENT_STATEMENT_RESPONSE),
}
CASH_ACCOUNT_RESPONSE: Properties = {
    "unreconciledAmountPos": NUMBER,
    "unreconciledAmountNeg": NUMBER,
    "startingBalance": NUMBER,
    "accountBalance": NUMBER,
    "balanceCurrency": STRING,
}
CASH_VALIDATION_RESPONSE: Properties = {
    "accountId": STRING,
    "statementBalance": object_of(STATEMENT_BALANCE_RESPONSE),
    "statementBalanceDate": DATE,
    "bankStatement": object_of(BANK_STATEMENT_RESPONSE),
    "cashAccount": object_of(CASH_ACCOUNT_RESPONSE),
}
CONTACT_RESPONSE: Properties = {
    "contactId": STRING,
    "contactName": STRING,
}
LINE_ITEM_RESPONSE: Properties = {
    "accountId": STRING,
    "reportingCode": STRING,
    "lineAmount": NUMBER,
    "accountType": STRING,
}
INVOICE_RESPONSE: Properties = {
    "invoiceId": STRING,
    "contact": object_of(CONTACT_RESPONSE),
    "total": NUMBER,
    "lineItems": array_of(LINE_ITEM_RESPONSE),
}
CREDIT_NOTE_RESPONSE: Properties = {
    "creditNoteId": STRING,
    "contact": object_of(CONTACT_RESPONSE),
    "total": NUMBER,
    "lineItems": array_of(LINE_ITEM_RESPONSE),
}
PREPAYMENT_RESPONSE: Properties = {
    "prepaymentId": STRING,
    "contact": object_of(CONTACT_RESPONSE),
    "total": NUMBER,
    "lineItems": array_of(LINE_ITEM_RESPONSE),
}
OVERPAYMENT_RESPONSE: Properties = {
    "overpaymentId": STRING,
    "contact": object_of(CONTACT_RESPONSE),
    "total": NUMBER,
    "lineItems": array_of(LINE_ITEM_RESPONSE),
}
PAYMENT_RESPONSE: Properties = {
    "paymentId": STRING,
    "batchPaymentId": STRING,
    "date": DATE,
    "amount": NUMBER,
    "bankAmount": NUMBER,
    "currencyRate": NUMBER,
    "invoice": object_of(INVOICE_RESPONSE),
    "creditNote": object_of(CREDIT_NOTE_RESPONSE),
    "prepayment": object_of(PREPAYMENT_RESPONSE),
    "overpayment": object_of(OVERPAYMENT_RESPONSE),
}
BANK_TRANSACTION_RESPONSE: Properties = {
    "bankTransactionId": STRING,
    "batchPaymentId": STRING,
    "contact": object_of(CONTACT_RESPONSE),
    "date": DATE,
    "amount": NUMBER,
    "lineItems": array_of(LINE_ITEM_RESPONSE),
}
STATEMENT_LINE_RESPONSE: Properties = {
    "statementLineId": STRING,
    "postedDate": DATE,
    "payee": STRING,
    "reference": STRING,
    "notes": STRING,
    "chequeNo": STRING,
    "amount": NUMBER,
    "transactionDate": DATE,
    "type": STRING,
    "isReconciled": BOOLEAN,
    "isDuplicate": BOOLEAN,
    "isDeleted": BOOLEAN,
    "payments": array_of(PAYMENT_RESPONSE),
    "bankTransactions": array_of(BANK_TRANSACTION_RESPONSE),
}
STATEMENT_RESPONSE: Properties = {
    "statementId": STRING,
    "startDate": DATE,
    "endDate": DATE,
    "importedDateTimeUtc": INSTANT,
    "importSource": STRING,
    "startBalance": NUMBER,
    "endBalance": NUMBER,
    "indicativeStartBalance": NUMBER,
    "indicativeEndBalance": NUMBER,
    "statementLines": array_of(STATEMENT_LINE_RESPONSE),
}

SCHEMAS: Mapping[str, Properties] = MappingProxyType(
    {
        "finance_trial_balance": TRIAL_BALANCE_ACCOUNT,
        "finance_balance_sheet": BALANCE_SHEET_RESPONSE,
        "finance_profit_and_loss": PROFIT_AND_LOSS_RESPONSE,
        "finance_cashflow": CASHFLOW_RESPONSE,
        "finance_contact_revenue": CONTACT_DETAIL,
        "finance_contact_expense": CONTACT_DETAIL,
        "finance_cash_validation": CASH_VALIDATION_RESPONSE,
        "finance_bank_statements": STATEMENT_RESPONSE,
    }
)
