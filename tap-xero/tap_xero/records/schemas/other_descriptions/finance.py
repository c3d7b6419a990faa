"""Properties of the Finance API. Amounts are in the base currency if nothing else is said.

A key is the name of a property in lower case, or that of its record, a dot and its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_SIGNS = {
    "pos": "of money that came in",
    "neg": "of money that went out",
}
_SOURCES = {
    "directbankfeed": "that came from the bank's feed",
    "fileupload": "that came from an uploaded file",
    "manual": "that were entered by hand",
    "other": "from another source",
}

FINANCE: Mapping[str, str] = MappingProxyType(
    {
        "accountid": "Id of the account (AccountID of accounts), a GUID.",
        "bankaccountid": "Id of the bank account (AccountID of accounts), a GUID.",
        "accountcode": "Code of the account.",
        "accountname": "Name of the account.",
        "accountclass": "Class of the account: ASSET, EQUITY, EXPENSE, LIABILITY or REVENUE.",
        "accounttype": "Type of the account, such as BANK or CURRENT.",
        "accountcodes": "Codes of the accounts of the lines.",
        "code": "Code of the account.",
        "reportingcode": "Reporting code of the account, such as ASS.CUR.",
        "finance_trial_balance.status": "ACTIVE or ARCHIVED.",
        "balance": "Balance at the end date.",
        "movement": "Movement from the start date to the end date.",
        "accountmovement": "Debits, credits and movement of the period.",
        "value": "Amount, never negative; entryType tells its side.",
        "entrytype": "Side of the amount: DEBIT or CREDIT.",
        "signedbalance": "Balance with a sign: positive if it increases the account's class.",
        "signedmovement": "Movement with a sign: positive if it increases the account's class.",
        "debits": "Sum of the debits of the period.",
        "credits": "Sum of the credits of the period.",
        "total": "Total of the accounts in it.",
        "balancedate": "Day of the balance sheet.",
        "startdate": "First day of the period.",
        "enddate": "Last day of the period.",
        "asset": "The assets.",
        "liability": "The liabilities.",
        "equity": "The equity.",
        "revenue": "The income.",
        "expense": "The expenses.",
        "netprofitloss": "Net profit; a loss is negative.",
        "openingcashbalance": "Cash at the start of the period.",
        "closingcashbalance": "Cash at the end of the period.",
        "netcashmovement": "Closing less opening cash.",
        # Revenue and expense by contact
        "contactid": "Id of the contact (ContactID of contacts), a GUID.",
        "totaldetail": "Sums by what became of the documents.",
        "totalother": "Further sums and counts.",
        "totalpaid": "The part that is paid.",
        "totaloutstanding": "The part that is still to be paid.",
        "totalcreditedunapplied": "Credits that are not applied yet.",
        "totaloutstandingaged": "The part that is still to be paid and older than 90 days.",
        "totalvoided": "Sum of the voided documents.",
        "totalcredited": "Sum of the credits.",
        "transactioncount": "Number of documents.",
        "finance_contact_revenue.total": "Income from the contact in the period.",
        "finance_contact_expense.total": "Expenses with the contact in the period.",
        # Cash validation; amounts are in the currency of the bank account
        "statementbalance": "Balance of the bank statement.",
        "statementbalance.value": "Amount of the balance, never negative.",
        "statementbalance.type": "Side of the balance: DEBIT or CREDIT.",
        "statementbalancedate": "Day on which the last statement line came into Xero.",
        "accountbalance": "Balance of the account in Xero, in its currency.",
        "balancecurrency": "Currency of the account, an ISO 4217 code.",
        "startingbalance": "Balance that was entered when the account was made.",
        "cashaccount.unreconciledamountpos": "Debits that no statement line is reconciled with.",
        "cashaccount.unreconciledamountneg": "Credits that no statement line is reconciled with.",
        "startbalance": "Balance at the start of the statement.",
        "endbalance": "Balance at the end of the statement.",
        "indicativestartbalance": (
            "Start balance that Xero calculated: conversion balance and all earlier lines."
        ),
        "indicativeendbalance": (
            "End balance that Xero calculated: conversion balance and all lines up to it."
        ),
        "importeddatetimeutc": "When the statement was imported.",
        "importsource": "Where the statement came from, such as a bank feed or a file.",
        "importsourcetype": "Where the statement came from, such as a bank feed or a file.",
        "unreconciledlines": "Number of statement lines that are not reconciled.",
        "reconciledlines": "Number of statement lines that are reconciled.",
        "deletedamount": "Sum of the deleted statement lines.",
        "totalamount": "Sum of the statement lines.",
        **{
            f"{kind}amount{sign}": f"Sum of the {words}statement lines {which}."
            for sign, which in _SIGNS.items()
            for kind, words in (
                ("unreconciled", "unreconciled "),
                ("reconciled", "reconciled "),
                ("total", ""),
            )
        },
        **{
            f"avgdaysunreconciled{sign}": (
                f"Average age of the unreconciled statement lines {which}, in days."
            )
            for sign, which in _SIGNS.items()
        },
        **{
            f"{which}{state}transaction": f"Day of the {which} {state} statement line."
            for which in ("earliest", "latest")
            for state in ("reconciled", "unreconciled")
        },
        **{source: f"Sum of the statement lines {words}." for source, words in _SOURCES.items()},
        **{
            f"{source}{sign}": f"Sum of the statement lines {words}, {which}."
            for source, words in _SOURCES.items()
            for sign, which in _SIGNS.items()
        },
        # Bank statements; amounts are in the currency of the bank account
        "statementid": "Id of the bank statement, a GUID.",
        "statementlineid": "Id of the statement line, a GUID.",
        "posteddate": "When the bank booked the line.",
        "transactiondate": "When the payment was made, if the bank says so.",
        "statementlines.amount": "Amount of the line; what goes out is negative.",
        "statementlines.type": "Type of the line, as the bank names it.",
        "isreconciled": "Whether the line is reconciled with a document or payment.",
        "isduplicate": "Whether the line was marked as a duplicate.",
        "isdeleted": "Whether the line was deleted.",
        "chequeno": "Number of the cheque.",
        "payments": "The payments with which the line is reconciled.",
        "paymentid": "Id of the payment (PaymentID of payments), a GUID.",
        "batchpaymentid": ("Id of the batch payment (BatchPaymentID of batch_payments), a GUID."),
        "payments.date": "Day of the payment.",
        "payments.amount": "Amount of the payment, in the document's currency.",
        "bankamount": "Amount of the payment, in the currency of the bank account.",
        "currencyrate": "Units of the document's currency for one unit of the base currency.",
        "invoiceid": "Id of the invoice or bill (InvoiceID of invoices), a GUID.",
        "creditnoteid": "Id of the credit note (CreditNoteID of credit_notes), a GUID.",
        "prepaymentid": "Id of the prepayment (PrepaymentID of prepayments), a GUID.",
        "overpaymentid": "Id of the overpayment (OverpaymentID of overpayments), a GUID.",
        "banktransactionid": (
            "Id of the bank transaction (BankTransactionID of bank_transactions), a GUID."
        ),
        "banktransactions": "The bank transactions with which the line is reconciled.",
        "banktransactions.date": "Day of the bank transaction.",
        "banktransactions.amount": "Amount of the bank transaction.",
        **{
            f"{document}.total": "Total with tax, in the document's currency."
            for document in ("invoice", "creditnote", "prepayment", "overpayment")
        },
        "lineamount": "Amount of the line, in the document's currency.",
    }
)
