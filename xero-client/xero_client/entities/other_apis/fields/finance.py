"""The Finance API (xero-facts.md: Finance)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    day,
    days,
    instant,
    integer,
    listed,
    number,
    numbers,
    part,
    parts,
    read_only,
    shape,
    text,
    texts,
    with_meanings,
)

_CONTACT_DETAIL = shape(
    read_only(
        texts("contactId", "name"),
        number("total", "Income from the contact in the period."),
        part("totalDetail", "FinanceContactTotalDetail", "Sums by what became of the documents."),
        part("totalOther", "FinanceContactTotalOther", "Further sums and counts."),
        listed("accountCodes", meaning="Codes of the accounts of the lines."),
    )
)

FIELDS: Mapping[str, Shape] = MappingProxyType(
    {
        "trial_balance": shape(
            read_only(
                texts("accountId", "accountType"),
                text("accountCode", "Code of the account."),
                text("accountClass"),
                text("status", "ACTIVE or ARCHIVED."),
                text("reportingCode"),
                text("accountName", "Name of the account."),
                part("balance", "FinanceTrialBalanceEntry", "Balance at the end date."),
                number(
                    "signedBalance",
                    "Balance with a sign: positive if it increases the account's class.",
                ),
                part(
                    "accountMovement",
                    "FinanceTrialBalanceMovement",
                    "Debits, credits and movement of the period.",
                ),
            )
        ),
        "balance_sheet": shape(
            read_only(
                day("balanceDate", "Day of the balance sheet."),
                part("asset", "FinanceBalanceSheetAccountGroup", "The assets."),
                part("liability", "FinanceBalanceSheetAccountGroup", "The liabilities."),
                part("equity", "FinanceBalanceSheetAccountGroup", "The equity."),
            )
        ),
        "profit_and_loss": shape(
            read_only(
                days("startDate", "endDate"),
                number("netProfitLoss", "Net profit; a loss is negative."),
                part("revenue", "FinancePnlAccountClass", "The income."),
                part("expense", "FinancePnlAccountClass", "The expenses."),
            )
        ),
        "cashflow": shape(
            read_only(
                days("startDate", "endDate"),
                part("cashBalance", "FinanceCashBalance"),
                parts("cashflowActivities", "FinanceCashflowActivity"),
            )
        ),
        "contact_revenue": _CONTACT_DETAIL,
        "contact_expense": with_meanings(
            _CONTACT_DETAIL, total="Expenses with the contact in the period."
        ),
        "cash_validation": shape(
            read_only(
                text("accountId"),
                part(
                    "statementBalance",
                    "FinanceStatementBalanceResponse",
                    "Balance of the bank statement.",
                ),
                day("statementBalanceDate", "Day on which the last statement line came into Xero."),
                part("bankStatement", "FinanceBankStatementResponse"),
                part("cashAccount", "FinanceCashAccountResponse"),
            )
        ),
        "bank_statements": shape(
            read_only(
                text("BankAccountID", "Id of the bank account (AccountID of accounts), a GUID."),
                text("statementId", "Id of the bank statement, a GUID."),
                days("startDate", "endDate"),
                instant("importedDateTimeUtc"),
                text(
                    "importSource", "Where the statement came from, such as a bank feed or a file."
                ),
                numbers("startBalance", "endBalance"),
                number(
                    "indicativeStartBalance",
                    "Start balance that Xero calculated: conversion balance and all earlier lines.",
                ),
                number(
                    "indicativeEndBalance",
                    "End balance that Xero calculated: conversion balance and all lines up to it.",
                ),
                parts("statementLines", "FinanceStatementLineResponse"),
            )
        ),
    }
)
PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "FinanceTrialBalanceEntry": shape(
            read_only(
                number("value", "Amount, never negative; entryType tells its side."),
                text("entryType", "Side of the amount: DEBIT or CREDIT."),
            )
        ),
        "FinanceTrialBalanceMovement": shape(
            read_only(
                number("debits", "Sum of the debits of the period."),
                number("credits", "Sum of the credits of the period."),
                part(
                    "movement",
                    "FinanceTrialBalanceEntry",
                    "Movement from the start date to the end date.",
                ),
                number(
                    "signedMovement",
                    "Movement with a sign: positive if it increases the account's class.",
                ),
            )
        ),
        "FinanceBalanceSheetAccountDetail": shape(
            read_only(texts("code", "accountID", "name", "reportingCode"), number("total"))
        ),
        "FinanceBalanceSheetAccountType": shape(
            read_only(
                text("accountType"),
                parts("accounts", "FinanceBalanceSheetAccountDetail"),
                number("total"),
            )
        ),
        "FinanceBalanceSheetAccountGroup": shape(
            read_only(parts("accountTypes", "FinanceBalanceSheetAccountType"), number("total"))
        ),
        "FinancePnlAccount": shape(
            read_only(
                texts("accountID", "accountType", "code", "name", "reportingCode"), number("total")
            )
        ),
        "FinancePnlAccountType": shape(
            read_only(number("total"), text("title"), parts("accounts", "FinancePnlAccount"))
        ),
        "FinancePnlAccountClass": shape(
            read_only(number("total"), parts("accountTypes", "FinancePnlAccountType"))
        ),
        "FinanceCashBalance": shape(
            read_only(
                number("openingCashBalance", "Cash at the start of the period."),
                number("closingCashBalance", "Cash at the end of the period."),
                number("netCashMovement", "Closing less opening cash."),
            )
        ),
        "FinanceCashflowAccount": shape(
            read_only(
                texts("accountId", "accountType", "accountClass", "code", "name", "reportingCode"),
                number("total"),
            )
        ),
        "FinanceCashflowType": shape(
            read_only(text("name"), number("total"), parts("accounts", "FinanceCashflowAccount"))
        ),
        "FinanceCashflowActivity": shape(
            read_only(text("name"), number("total"), parts("cashflowTypes", "FinanceCashflowType"))
        ),
        "FinanceContactTotalDetail": shape(
            read_only(
                number("totalPaid", "The part that is paid."),
                number("totalOutstanding", "The part that is still to be paid."),
                number("totalCreditedUnApplied", "Credits that are not applied yet."),
            )
        ),
        "FinanceContactTotalOther": shape(
            read_only(
                number(
                    "totalOutstandingAged",
                    "The part that is still to be paid and older than 90 days.",
                ),
                number("totalVoided", "Sum of the voided documents."),
                number("totalCredited", "Sum of the credits."),
                integer("transactionCount", "Number of documents."),
            )
        ),
        "FinanceStatementBalanceResponse": shape(
            read_only(
                number("value", "Amount of the balance, never negative."),
                text("type", "Side of the balance: DEBIT or CREDIT."),
            )
        ),
        "FinanceDataSourceResponse": shape(
            read_only(
                number(
                    "directBankFeed", "Sum of the statement lines that came from the bank's feed."
                ),
                number("fileUpload", "Sum of the statement lines that came from an uploaded file."),
                number("manual", "Sum of the statement lines that were entered by hand."),
                number(
                    "directBankFeedPos",
                    "Sum of the statement lines that came from the bank's feed, of money "
                    "that came in.",
                ),
                number(
                    "fileUploadPos",
                    "Sum of the statement lines that came from an uploaded file, of money "
                    "that came in.",
                ),
                number(
                    "manualPos",
                    "Sum of the statement lines that were entered by hand, of money that came in.",
                ),
                number(
                    "directBankFeedNeg",
                    "Sum of the statement lines that came from the bank's feed, of money "
                    "that went out.",
                ),
                number(
                    "fileUploadNeg",
                    "Sum of the statement lines that came from an uploaded file, of money "
                    "that went out.",
                ),
                number(
                    "manualNeg",
                    "Sum of the statement lines that were entered by hand, of money that went out.",
                ),
                number(
                    "otherPos",
                    "Sum of the statement lines from another source, of money that came in.",
                ),
                number(
                    "otherNeg",
                    "Sum of the statement lines from another source, of money that went out.",
                ),
                number("other", "Sum of the statement lines from another source."),
            )
        ),
        "FinanceStatementLinesResponse": shape(
            read_only(
                number(
                    "unreconciledAmountPos",
                    "Sum of the unreconciled statement lines of money that came in.",
                ),
                number(
                    "unreconciledAmountNeg",
                    "Sum of the unreconciled statement lines of money that went out.",
                ),
                integer("unreconciledLines", "Number of statement lines that are not reconciled."),
                number(
                    "avgDaysUnreconciledPos",
                    "Average age of the unreconciled statement lines of money that came "
                    "in, in days.",
                ),
                number(
                    "avgDaysUnreconciledNeg",
                    "Average age of the unreconciled statement lines of money that went "
                    "out, in days.",
                ),
                day(
                    "earliestUnreconciledTransaction",
                    "Day of the earliest unreconciled statement line.",
                ),
                day(
                    "latestUnreconciledTransaction",
                    "Day of the latest unreconciled statement line.",
                ),
                number("deletedAmount", "Sum of the deleted statement lines."),
                number("totalAmount", "Sum of the statement lines."),
                part("dataSource", "FinanceDataSourceResponse"),
                day(
                    "earliestReconciledTransaction",
                    "Day of the earliest reconciled statement line.",
                ),
                day("latestReconciledTransaction", "Day of the latest reconciled statement line."),
                number(
                    "reconciledAmountPos",
                    "Sum of the reconciled statement lines of money that came in.",
                ),
                number(
                    "reconciledAmountNeg",
                    "Sum of the reconciled statement lines of money that went out.",
                ),
                integer("reconciledLines", "Number of statement lines that are reconciled."),
                number("totalAmountPos", "Sum of the statement lines of money that came in."),
                number("totalAmountNeg", "Sum of the statement lines of money that went out."),
            )
        ),
        "FinanceCurrentStatementResponse": shape(
            read_only(
                days("startDate", "endDate"),
                numbers("startBalance", "endBalance"),
                instant("importedDateTimeUtc"),
                text(
                    "importSourceType",
                    "Where the statement came from, such as a bank feed or a file.",
                ),
            )
        ),
        "FinanceBankStatementResponse": shape(
            read_only(
                part("statementLines", "FinanceStatementLinesResponse"),
                part("currentStatement", "FinanceCurrentStatementResponse"),
            )
        ),
        "FinanceCashAccountResponse": shape(
            read_only(
                number(
                    "unreconciledAmountPos", "Debits that no statement line is reconciled with."
                ),
                number(
                    "unreconciledAmountNeg", "Credits that no statement line is reconciled with."
                ),
                number("startingBalance", "Balance that was entered when the account was made."),
                number("accountBalance", "Balance of the account in Xero, in its currency."),
                text("balanceCurrency", "Currency of the account, an ISO 4217 code."),
            )
        ),
        "FinanceContactResponse": shape(read_only(texts("contactId", "contactName"))),
        "FinanceLineItemResponse": shape(
            read_only(
                texts("accountId", "reportingCode"),
                number("lineAmount", "Amount of the line, in the document's currency."),
                text("accountType"),
            )
        ),
        "FinanceInvoiceResponse": shape(
            read_only(
                text("invoiceId", "Id of the invoice or bill (InvoiceID of invoices), a GUID."),
                part("contact", "FinanceContactResponse"),
                number("total", "Total with tax, in the document's currency."),
                parts("lineItems", "FinanceLineItemResponse"),
            )
        ),
        "FinanceCreditNoteResponse": shape(
            read_only(
                text(
                    "creditNoteId", "Id of the credit note (CreditNoteID of credit_notes), a GUID."
                ),
                part("contact", "FinanceContactResponse"),
                number("total", "Total with tax, in the document's currency."),
                parts("lineItems", "FinanceLineItemResponse"),
            )
        ),
        "FinancePrepaymentResponse": shape(
            read_only(
                text("prepaymentId", "Id of the prepayment (PrepaymentID of prepayments), a GUID."),
                part("contact", "FinanceContactResponse"),
                number("total", "Total with tax, in the document's currency."),
                parts("lineItems", "FinanceLineItemResponse"),
            )
        ),
        "FinanceOverpaymentResponse": shape(
            read_only(
                text(
                    "overpaymentId",
                    "Id of the overpayment (OverpaymentID of overpayments), a GUID.",
                ),
                part("contact", "FinanceContactResponse"),
                number("total", "Total with tax, in the document's currency."),
                parts("lineItems", "FinanceLineItemResponse"),
            )
        ),
        "FinancePaymentResponse": shape(
            read_only(
                text("paymentId", "Id of the payment (PaymentID of payments), a GUID."),
                text("batchPaymentId"),
                day("date", "Day of the payment."),
                number("amount", "Amount of the payment, in the document's currency."),
                number("bankAmount", "Amount of the payment, in the currency of the bank account."),
                number(
                    "currencyRate",
                    "Units of the document's currency for one unit of the base currency.",
                ),
                part("invoice", "FinanceInvoiceResponse"),
                part("creditNote", "FinanceCreditNoteResponse"),
                part("prepayment", "FinancePrepaymentResponse"),
                part("overpayment", "FinanceOverpaymentResponse"),
            )
        ),
        "FinanceBankTransactionResponse": shape(
            read_only(
                text(
                    "bankTransactionId",
                    "Id of the bank transaction (BankTransactionID of bank_transactions), a GUID.",
                ),
                text("batchPaymentId"),
                part("contact", "FinanceContactResponse"),
                day("date", "Day of the bank transaction."),
                number("amount", "Amount of the bank transaction."),
                parts("lineItems", "FinanceLineItemResponse"),
            )
        ),
        "FinanceStatementLineResponse": shape(
            read_only(
                text("statementLineId", "Id of the statement line, a GUID."),
                day("postedDate", "When the bank booked the line."),
                texts("payee", "reference", "notes"),
                text("chequeNo", "Number of the cheque."),
                number("amount", "Amount of the line; what goes out is negative."),
                day("transactionDate", "When the payment was made, if the bank says so."),
                text("type", "Type of the line, as the bank names it."),
                boolean(
                    "isReconciled", "Whether the line is reconciled with a document or payment."
                ),
                boolean("isDuplicate", "Whether the line was marked as a duplicate."),
                boolean("isDeleted", "Whether the line was deleted."),
                parts(
                    "payments",
                    "FinancePaymentResponse",
                    "The payments with which the line is reconciled.",
                ),
                parts(
                    "bankTransactions",
                    "FinanceBankTransactionResponse",
                    "The bank transactions with which the line is reconciled.",
                ),
            )
        ),
    }
)
