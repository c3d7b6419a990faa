"""What each property means: its unit, its format, and what it refers to.

A name means the same wherever it stands, unless ``OF_RECORD`` says otherwise. The facts are from
xero-facts.md: Formats, Reading by entity; and from Xero's OpenAPI file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from tap_xero.records.schemas.types import Schema

_PATTERN_OF_ID = re.compile(r"(?:.*_)?(\w+?)ID")

# By name, on every record.
OF_ANY: Mapping[str, str] = MappingProxyType(
    {
        # Added by the tap
        "_tenant_id": "Id of the organisation that the record is from (Xero's tenant id, a GUID).",
        "_tenant_name": "Name of the organisation that the record is from.",
        "_read_at": (
            "When the record was requested, in UTC. A row of a list inside a record is current if "
            "it has the _read_at of its record."
        ),
        "_line": "Place in the list, from 1.",
        "LineNo": "Place of the line to which this row belongs, from 1.",
        # Amounts
        "Amount": "Amount, in the currency of the document or account.",
        "AmountCredited": "Sum of the credits applied so far, in the invoice's currency.",
        "AmountDue": "What is still to be paid, in the invoice's currency.",
        "AmountPaid": "Sum of the payments so far, in the invoice's currency.",
        "AppliedAmount": "The part of the credit that was applied here, in the credit's currency.",
        "BankAmount": "Amount in the currency of the bank account.",
        "CISDeduction": "Deduction of the Construction Industry Scheme (UK), in the currency.",
        "CISRate": "Rate of the Construction Industry Scheme (UK), in percent.",
        "CurrencyRate": "Units of the document's currency for one unit of the base currency.",
        "Discount": "Default discount of the contact's invoices, in percent.",
        "DiscountAmount": "Discount of the line, in the document's currency.",
        "DiscountEnteredAsPercent": "Whether the discount was entered as a percentage.",
        "DiscountRate": "Discount of the line, in percent.",
        "EnteredTotal": "Total as it was entered, in the document's currency.",
        "ExemptAmount": "The part of the line that is exempt from this tax, in its currency.",
        "GrossAmount": "Amount with tax, in the base currency; debits are positive.",
        "LineAmount": "Amount of the line; LineAmountTypes of the document tells whether with tax.",
        "NetAmount": "Amount without tax, in the base currency; debits are positive.",
        "NonTaxableAmount": "The part of the line without this tax, in its currency.",
        "Outstanding": "What is still to be paid, in the base currency.",
        "Overdue": "The part of it that is overdue, in the base currency.",
        "RemainingCredit": "The part of the credit that is not used yet, in its currency.",
        "RoundingAmount": "Difference by which the total was rounded, in the document's currency.",
        "SubTotal": "Total without tax, in the document's currency.",
        "TaxableAmount": "The part of the line with this tax, in its currency.",
        "TaxAmount": "Tax of the line, in its currency.",
        "Total": "Total with tax, in the document's currency.",
        "TotalAmount": "Sum of the payments, in the currency of the bank account.",
        "TotalCostPool": "Cost of the stock on hand, in the base currency.",
        "TotalDiscount": "Sum of the discounts, in the document's currency.",
        "TotalTax": "Tax of the document, in its currency.",
        "UnitAmount": "Price of one unit, in the document's currency, with up to four decimals.",
        "UnitPrice": "Price of one unit, in the base currency, with up to four decimals.",
        # Quantities and rates
        "DisplayTaxRate": "Sum of the components' rates, in percent, as Xero shows it.",
        "EffectiveRate": "Rate with compound components counted in, in percent.",
        "Quantity": "Number of units.",
        "QuantityAvailable": "Units on hand that no document needs yet.",
        "QuantityOnBackOrder": "Units that are on order and not on hand.",
        "QuantityOnHand": "Units on hand; only of tracked stock.",
        "Rate": "Rate of the component, in percent.",
        "TaxPercentage": "Rate of this tax, in percent.",
        # Days and times
        "CreatedDateUTC": "When the record was created, in UTC.",
        "Date": "Day of the document, without a time zone.",
        "DateUTC": "When it happened, in UTC.",
        "DeliveryDate": "Day on which the delivery is due.",
        "DueDate": "Day on which the payment is due.",
        "EndDate": "Last day of the schedule; null: it has no end.",
        "EndOfYearLockDate": "Day up to which nobody can change the books.",
        "ExpectedArrivalDate": "Day on which the goods are expected.",
        "ExpectedPaymentDate": "Day on which the customer is expected to pay.",
        "ExpiryDate": "Last day on which the quote is valid.",
        "FullyPaidOnDate": "Day on which the last part was paid.",
        "JournalDate": "Day of the entry in the books.",
        "NextScheduledDate": "Day of the next invoice.",
        "PaymentDueDate": "Day on which the payment is due.",
        "PeriodLockDate": "Day up to which only advisers can change the books.",
        "PlannedPaymentDate": "Day on which the bill is planned to be paid.",
        "ReportingDate": "Day of the claim in the books.",
        "StartDate": "Day of the first invoice.",
        "UpdatedDateUTC": "When the record was changed last, in UTC; not every change moves it.",
        # Parts that are records or lists
        "Account": "The account that was used.",
        "AccountsPayable": "What the organisation owes the contact.",
        "AccountsReceivable": "What the contact owes the organisation.",
        "Addresses": "Addresses: street (STREET) and post office box (POBOX).",
        "Allocations": "Invoices to which the credit was applied.",
        "Attachments": "Files that are attached; empty or absent in lists.",
        "Balances": "What is outstanding between the contact and the organisation.",
        "BankAccount": "The bank account of the transaction.",
        "BatchPayment": "The batch payment to which the payment belongs.",
        "BatchPayments": "Bank details for batch payments to the contact.",
        "Bills": "Payment terms of bills.",
        "BrandingTheme": "The contact's branding theme.",
        "Contact": "The customer or supplier.",
        "ContactGroups": "Groups to which the contact belongs.",
        "ContactPersons": "Further people at the contact, at most five.",
        "Contacts": "Contacts in the group.",
        "CreditNote": "The credit note.",
        "CreditNotes": "Credit notes that were applied to the invoice.",
        "ExternalLinks": "Links to pages of the organisation, such as its website.",
        "FromBankAccount": "The bank account that the money left.",
        "FromTracking": "Tracking options on the side of the account that the money left.",
        "Invoice": "The invoice or bill.",
        "InvoiceAddresses": "Addresses of the document, for tax in the United States.",
        "Item": "The item that was sold or bought.",
        "JournalLines": "Lines of the journal: an account and an amount each.",
        "LineItems": "Lines of the document.",
        "Options": "Options of the tracking category.",
        "Overpayment": "The overpayment.",
        "Overpayments": "Overpayments that were applied to the invoice.",
        "PaymentTerms": "Default terms of payment.",
        "Payments": "Payments.",
        "Phones": "Phone numbers.",
        "Prepayment": "The prepayment.",
        "Prepayments": "Prepayments that were applied to the invoice.",
        "PurchaseDetails": "Price and account for purchases.",
        "PurchasesTrackingCategories": "Default tracking of purchases from the contact.",
        "Receipts": "Receipts in the claim.",
        "Sales": "Payment terms of sales invoices.",
        "SalesDetails": "Price and account for sales.",
        "SalesTrackingCategories": "Default tracking of sales to the contact.",
        "Schedule": "When the next invoices are made.",
        "TaxBreakdown": "Tax of the line by component (United States).",
        "TaxComponents": "Components that add up to the tax rate.",
        "ToBankAccount": "The bank account that received the money.",
        "ToTracking": "Tracking options on the side of the account that received the money.",
        "Tracking": "Tracking options, at most two.",
        "TrackingCategories": "Tracking options of the line, at most two.",
        "User": "The user.",
        "ValidationErrors": "What Xero refused; null unless a write failed.",
        "Warnings": "What Xero warns about; null unless a write had warnings.",
        # Accounts and tax
        "AccountCode": "Code of the account in the chart of accounts (Accounts.Code).",
        "AccountName": "Name of the account.",
        "AccountsPayableTaxType": "Default tax rate of bills (TaxRates.TaxType).",
        "AccountsReceivableTaxType": "Default tax rate of sales invoices (TaxRates.TaxType).",
        "AccountType": "Type of the account (Accounts.Type).",
        "AddToWatchlist": "Whether the dashboard shows the account.",
        "BankAccountType": "Kind of bank account: BANK, CREDITCARD or PAYPAL.",
        "CanApplyToAssets": "Whether the tax rate can be used with asset accounts.",
        "CanApplyToEquity": "Whether the tax rate can be used with equity accounts.",
        "CanApplyToExpenses": "Whether the tax rate can be used with expense accounts.",
        "CanApplyToLiabilities": "Whether the tax rate can be used with liability accounts.",
        "CanApplyToRevenue": "Whether the tax rate can be used with revenue accounts.",
        "COGSAccountCode": "Code of the account for the cost of goods sold (Accounts.Code).",
        "DefaultPurchasesTax": "Default LineAmountTypes of purchases.",
        "DefaultSalesTax": "Default LineAmountTypes of sales.",
        "EnablePaymentsToAccount": "Whether payments can be made to the account.",
        "InventoryAssetAccountCode": "Code of the account of the stock (Accounts.Code).",
        "IsCompound": "Whether the component is charged on the tax of the others, too.",
        "IsNonRecoverable": "Whether the component cannot be recovered (Canada).",
        "JurisdictionRegion": "Region of the tax (United States).",
        "LineAmountTypes": "Whether line amounts are with tax: Inclusive, Exclusive or NoTax.",
        "PurchasesDefaultAccountCode": "Default account of purchases from the contact.",
        "PurchasesDefaultLineAmountType": "Default LineAmountTypes of bills.",
        "ReportingCode": "Code of the account in reports, if there is one.",
        "ReportingCodeName": "Name of that code.",
        "ReportTaxType": "Kind of tax in tax reports, such as OUTPUT or INPUT.",
        "SalesDefaultAccountCode": "Default account of sales to the contact.",
        "SalesDefaultLineAmountType": "Default LineAmountTypes of sales invoices.",
        "SalesTaxBasis": "Basis of the tax return, such as ACCRUALS or CASH.",
        "SalesTaxCodeId": "Id of the sales tax code (United States).",
        "SalesTaxPeriod": "How often tax is returned, such as TWOMONTHS.",
        "ShowInExpenseClaims": "Whether expense claims can use the account.",
        "ShowOnCashBasisReports": "Whether reports of cash basis show the journal.",
        "StateAssignedNo": "Number that the state gave (United States).",
        "SystemAccount": "What Xero uses the account for, such as DEBTORS or GST; null of others.",
        "Taxability": "Whether the line is taxable (United States).",
        "TaxName": "Name of the tax rate.",
        "TaxNumber": "Tax number, such as the GST, VAT or ABN number.",
        "TaxNumberType": "Kind of the tax number.",
        "TaxType": "Tax rate (TaxRates.TaxType).",
        # Tracking
        "Option": "Name of the tracking option.",
        "TrackingCategoryName": "Name of the tracking category.",
        "TrackingCategoryOption": "Name of the default tracking option.",
        "TrackingOptionName": "Name of the tracking option.",
        # Numbers and texts
        "AccountNumber": "Number that the organisation gave the contact.",
        "AddressLine1": "First line of the address.",
        "AddressLine2": "Second line of the address.",
        "AddressLine3": "Third line of the address.",
        "AddressLine4": "Fourth line of the address.",
        "AddressType": "Kind of address: STREET or POBOX.",
        "APIKey": "Key for Xero-to-Xero transactions.",
        "AttentionTo": "The person that the address names.",
        "BankAccountDetails": "Number of the contact's bank account.",
        "BankAccountName": "Name of the holder of the bank account.",
        "BankAccountNumber": "Number of the bank account.",
        "BaseCurrency": "Currency of the books, by its ISO 4217 code.",
        "City": "City.",
        "CompanyNumber": "Number of the company in a public register.",
        "ContactNumber": "Id of the contact in another system.",
        "Country": "Country, as it was entered.",
        "CountryCode": "Country, by its ISO 3166 code of two letters.",
        "CurrencyCode": "Currency, by its ISO 4217 code.",
        "DefaultCurrency": "Default currency of the contact, by its ISO 4217 code.",
        "DeliveryAddress": "Address of the delivery, in lines.",
        "DeliveryInstructions": "Instructions for the delivery.",
        "EmailAddress": "E-mail address.",
        "EmployerIdentificationNumber": "Employer identification number (United States).",
        "FileName": "Name of the file.",
        "FirstName": "First name.",
        "InvoiceAddressType": "Whether the address is that of the seller or the buyer: FROM or TO.",
        "InvoiceNumber": "Number of the invoice; of a bill, the number that the supplier gave it.",
        "ItemCode": "Code of the item (Items.Code).",
        "LastName": "Last name.",
        "LegalName": "Name in the register.",
        "LineOfBusiness": "What the organisation does, as it was entered.",
        "LinkType": "Kind of link, such as Website or Facebook.",
        "LogoUrl": "Address of the logo.",
        "Message": "The message.",
        "MimeType": "Type of the file, such as application/pdf.",
        "Narration": "Text of the journal.",
        "Narrative": "Text on the statement of the organisation's bank account (UK).",
        "Notes": "Notes.",
        "Particulars": "Particulars on the bank statement (New Zealand).",
        "PayNowText": "Text of the button on the invoice.",
        "PaymentServiceName": "Name of the payment service.",
        "PaymentServiceType": "Kind of payment service, such as CUSTOM.",
        "PaymentServiceUrl": "Address to which the button leads.",
        "PhoneAreaCode": "Area code, without the country code.",
        "PhoneCountryCode": "Country code.",
        "PhoneNumber": "Number without area code.",
        "PhoneType": "Kind of phone: DEFAULT, DDI, MOBILE, FAX or OFFICE.",
        "PostalCode": "Postal code.",
        "PurchaseDescription": "Description on purchase orders and bills.",
        "Reference": "Reference, as it was entered.",
        "Region": "State or region.",
        "RegistrationNumber": "Number of the organisation in a public register.",
        "ShortCode": "Short code of the organisation, for links into Xero.",
        "Summary": "Summary above the lines of the quote.",
        "Telephone": "Phone number for the delivery.",
        "Terms": "Terms of the quote.",
        "Timezone": "Time zone, by Microsoft's name in capitals, such as NEWZEALANDSTANDARDTIME.",
        "Title": "Title of the quote.",
        "Unit": "Unit of the period: WEEKLY or MONTHLY.",
        "Url": "Address of the document in another system, which Xero links to.",
        "Website": "Website.",
        "XeroNetworkKey": "Key of the contact in the Xero network.",
        # Numbers of documents
        "CreditNoteNumber": "Number of the credit note.",
        "PurchaseOrderNumber": "Number of the purchase order.",
        "QuoteNumber": "Number of the quote.",
        "ReceiptNumber": "Number of the receipt.",
        "JournalNumber": "Number of the journal: it rises with every journal, with gaps.",
        # States and kinds
        "ContactStatus": "Status: ACTIVE, ARCHIVED or GDPRREQUEST.",
        "DueDateType": "How DueDate is meant, such as DAYSAFTERBILLDATE or OFFOLLOWINGMONTH.",
        "Edition": "Edition of Xero: BUSINESS or PARTNER.",
        "OrganisationEntityType": "Legal form, such as COMPANY or SOLETRADER.",
        "OrganisationRole": "Role of the user, such as STANDARD or FINANCIALADVISER.",
        "OrganisationStatus": "Status of the organisation, such as ACTIVE.",
        "OrganisationType": "Kind of the organisation, such as COMPANY or ACCOUNTING_PRACTICE.",
        "PaymentType": "Kind of payment, such as ACCRECPAYMENT (of a sales invoice).",
        "SourceTransactionTypeCode": "Type of the bill or bank transaction: ACCPAY or SPEND.",
        "SourceType": "Kind of the document that the journal is made of, such as ACCREC.",
        "StatusAttributeString": "Result of a write: OK, WARNING or ERROR; null when read.",
        "Version": "Region of the organisation, such as NZ, UK or AUONRAMP.",
        # Yes or no
        "ApprovedForSending": "Whether the invoices are sent as soon as they are made.",
        "Enabled": "Whether invoice reminders are sent.",
        "FromIsReconciled": "Whether the side that the money left is reconciled.",
        "HasAccount": "Whether the payment has an account.",
        "HasAttachments": "Whether files are attached.",
        "HasErrors": "Whether a write of the record failed.",
        "HasValidationErrors": "Whether a write of the record was refused.",
        "IncludeInEmails": "Whether e-mails with invoices go to this person too.",
        "IncludeOnline": "Whether the customer sees the file with the online invoice.",
        "IncludePDF": "Whether the e-mail has the invoice as a PDF.",
        "IsActive": "Whether it is active.",
        "IsArchived": "Whether it is archived.",
        "IsBlank": "Whether the line is empty.",
        "IsCustomer": "Whether the contact has sales invoices.",
        "IsDeleted": "Whether it is deleted.",
        "IsDemoCompany": "Whether it is Xero's demo company.",
        "IsDiscounted": "Whether a line has a discount.",
        "IsPurchased": "Whether the item can be bought.",
        "IsReconciled": "Whether it is reconciled with a bank statement.",
        "IsSold": "Whether the item can be sold.",
        "IsSubscriber": "Whether the user is the subscriber.",
        "IsSupplier": "Whether the contact has bills.",
        "IsTrackedAsInventory": "Whether Xero tracks the stock of the item.",
        "MarkAsSent": "Whether the invoices are marked as sent.",
        "PaysTax": "Whether the organisation is registered for tax.",
        "SendCopy": "Whether the sender gets a copy of the e-mail.",
        "SentToContact": "Whether it was sent to the contact.",
        "ToIsReconciled": "Whether the side that received the money is reconciled.",
        # Whole numbers
        "ContentLength": "Size of the file, in bytes.",
        "Day": "Number of days, or day of the month, by Type.",
        "FinancialYearEndDay": "Day of the month on which the financial year ends.",
        "FinancialYearEndMonth": "Month in which the financial year ends, from 1 to 12.",
        "SortOrder": "Place in the list of branding themes, from 0.",
        # Ids whose name does not say all
        "FromBankTransactionID": "Id of the bank transaction on the side that the money left.",
        "ID": "Id of the record, once more.",
        "MergedToContactID": "Id of the contact into which this one was merged.",
        "SourceID": "Id of the document that the journal is made of; null of some system journals.",
        "SourceLineItemID": "Id of the line of the bill.",
        "SourceTransactionID": "Id of the bill or bank transaction whose cost is charged on.",
        "TargetLineItemID": "Id of the line of the sales invoice.",
        "TargetTransactionID": "Id of the sales invoice that charges the cost.",
        "TaxComponentId": "Id of the component of the tax.",
        "ToBankTransactionID": "Id of the bank transaction on the side that received the money.",
        # Children of a record
        "_entry_id": "Made by the tap from the entry, to which Xero gives no id.",
        "Changes": "What was done, such as Created or Updated.",
        "Content": "The file itself, in base64.",
        "Details": "Details.",
        # Reports
        "AccountID": "Id of the account. In reports it can be an id that no account has.",
        "Balance": "Balance at the end of the day, with the sign of its section.",
        "Basis": "Basis of the report: accrual or cash.",
        "Column": "Title of the column.",
        "ContactName": "Name of the contact.",
        "Credit": "Sum of the credits of the month, in the base currency.",
        "Debit": "Sum of the debits of the month, in the base currency.",
        "DocumentDate": "Day of the document.",
        "DocumentID": "Id of the invoice, credit note, prepayment or overpayment.",
        "Due": "What was still due on the report's day, in the document's currency.",
        "FromDate": "First day of the report.",
        "Label": "Text of the row.",
        "Credited": "Sum of the credits applied up to the report's day.",
        "Paid": "Sum of the payments up to the report's day.",
        "RowKey": "Key of the row: an id, or headings and label. It stays when other rows come.",
        "RowType": "Row, or SummaryRow for a total.",
        "Section": "Headings above the row, joined by ' > '.",
        "ToDate": "Last day of the report.",
        "Value": "Text of the cell: money, a number, days or a percentage.",
        "YTDCredit": "Credit side of the balance; of profit accounts, since the year's start.",
        "YTDDebit": "Debit side of the balance; of profit accounts, since the year's start.",
    }
)

_ACCOUNTS = "accounts Account BankAccount FromBankAccount ToBankAccount"
_INVOICES = "invoices Invoice"
_CREDITS = "credit_notes CreditNote CreditNotes"
_ADVANCES = "prepayments Prepayment Prepayments overpayments Overpayment Overpayments"
_OF_TRACKING = "tracking_categories Tracking TrackingCategories FromTracking ToTracking"
_PAYMENTS = "payments Payments batch_payment_payments"
_COMPONENTS = "TaxComponents tax_rate_components"
_REPORTS = "trial_balances balance_sheets executive_summaries"
_PERIODS = "profit_and_loss profit_and_loss_by_tracking budget_summaries bank_summaries"
_AGED = "aged_receivables_by_contact aged_payables_by_contact"

# By name, of records that are in these streams or under these names in another record.
OF_RECORD: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        _ACCOUNTS: {
            "Class": "Class: ASSET, EQUITY, EXPENSE, LIABILITY or REVENUE.",
            "Code": "Code of the account; bank accounts can be without one.",
            "Description": "Description of the account.",
            "Name": "Name of the account.",
            "Status": "Status: ACTIVE, ARCHIVED or DELETED.",
            "Type": "Type, such as BANK, CURRENT, REVENUE or OVERHEADS.",
        },
        "bank_transactions": {
            "Status": "Status: AUTHORISED, DELETED or VOIDED.",
            "Type": "Type: SPEND or RECEIVE, also with -TRANSFER, -PREPAYMENT or -OVERPAYMENT.",
        },
        "bank_transfers": {
            "Amount": "Amount, in the currency of the account that the money left.",
            "CurrencyRate": "Rate between the two bank accounts' currencies.",
            "Date": "Day of the transfer.",
            "Status": "Status: AUTHORISED or DELETED.",
        },
        "batch_payments BatchPayment": {
            "Code": "Code on the bank statement (New Zealand).",
            "Date": "Day of the payment.",
            "Details": "Details, which the bank gets as a reference of the batch.",
            "Status": "Status: AUTHORISED or DELETED.",
            "Type": "Type: PAYBATCH (bills) or RECBATCH (sales invoices).",
        },
        "BatchPayments": {
            "Code": "Code on the bank statement (New Zealand).",
            "Reference": "Reference on the bank statement.",
            "Details": "Details on the bank statement.",
        },
        "branding_themes BrandingTheme": {
            "Name": "Name of the branding theme.",
            "Type": "Kind of document that the theme is for, such as INVOICE.",
        },
        "budgets": {
            "Description": "Name of the budget.",
            "Status": "Status of the budget.",
            "Tracking": "Tracking options that the budget is for; empty for the overall budget.",
            "Type": "Type: OVERALL or TRACKING.",
        },
        "budget_lines BudgetBalances": {
            "Amount": "Amount of the month, in the base currency.",
            "LineNo": "Place of the account's line in the budget, from 1.",
            "Period": "Month, as 2026-01.",
            "UnitAmount": "Amount of one unit, in the base currency.",
        },
        "Contact contacts": {"Name": "Name of the contact."},
        "Contacts contact_group_members": {"Name": "Name of the contact."},
        "contact_groups ContactGroups": {
            "Name": "Name of the group.",
            "Status": "Status: ACTIVE or DELETED.",
        },
        _CREDITS: {
            "Date": "Day of the credit note.",
            "Payments": "Refunds of the credit note.",
            "Status": "Status: DRAFT, SUBMITTED, AUTHORISED, PAID, VOIDED or DELETED.",
            "Type": "Type: ACCRECCREDIT (sales) or ACCPAYCREDIT (purchases).",
        },
        _ADVANCES: {
            "Payments": "Refunds.",
            "Status": "Status: AUTHORISED, PAID or VOIDED.",
            "Type": "Type: RECEIVE-… or AR… (from customers), SPEND-… or AP… (to suppliers).",
        },
        "currencies": {
            "Code": "Currency, by its ISO 4217 code.",
            "Description": "Name of the currency.",
        },
        "expense_claims": {
            "AmountDue": "What is still to be paid, in the base currency.",
            "AmountPaid": "Sum of the payments so far, in the base currency.",
            "Payments": "Payments of the claim.",
            "Status": "Status: SUBMITTED, AUTHORISED, PAID, VOIDED or DELETED.",
            "Total": "Total of the receipts, in the base currency.",
            "User": "The user who claims the expenses.",
        },
        "ExternalLinks": {
            "Description": "Text of the link.",
            "Url": "Address of the page.",
        },
        "Attachments": {"Url": "Address of the file in Xero's API."},
        "ValidationErrors Warnings": {"Description": "The message, in some responses."},
        _INVOICES: {
            "Date": "Day of the invoice.",
            "DueDate": "Day on which the payment is due.",
            "Payments": "Payments of the invoice.",
            "Status": "Status: DRAFT, SUBMITTED, AUTHORISED, PAID, VOIDED or DELETED.",
            "Type": "Type: ACCREC (sales invoice) or ACCPAY (bill).",
        },
        "items Item": {
            "Code": "Code of the item, by which lines name it.",
            "Description": "Description on sales documents.",
            "Name": "Name of the item.",
        },
        "journals journals_cash": {"Reference": "Reference of the document."},
        "JournalLines journal_lines journals_cash_lines manual_journal_lines": {
            "Description": "Text of the line.",
            "TaxAmount": "Tax of the line, in the base currency.",
        },
        "LineItems": {"Description": "Text of the line."},
        "linked_transactions": {
            "ContactID": "Id of the customer to whom the cost is charged.",
            "Status": "Status: DRAFT, APPROVED, ONDRAFT, BILLED or VOIDED.",
            "Type": "Type: BILLABLEEXPENSE.",
        },
        "manual_journals": {
            "Date": "Day of the journal.",
            "Status": "Status: DRAFT, POSTED, DELETED, VOIDED or ARCHIVED.",
        },
        "organisations": {
            "Class": "Plan of the subscription, such as STARTER or PREMIUM.",
            "Name": "Name of the organisation.",
        },
        _PAYMENTS: {
            "Amount": "Amount, in the currency of the invoice or credit note.",
            "Code": "Code on the bank statement (New Zealand).",
            "CurrencyRate": "Rate of the payment, as on documents.",
            "Date": "Day of the payment.",
            "Details": "Details on the bank statement.",
            "Status": "Status: AUTHORISED or DELETED.",
        },
        "purchase_orders": {
            "Status": "Status: DRAFT, SUBMITTED, AUTHORISED, BILLED or DELETED.",
            "Type": "Type: PURCHASEORDER.",
        },
        "quotes": {"Status": "Status: DRAFT, SENT, ACCEPTED, DECLINED, INVOICED or DELETED."},
        "receipts Receipts": {
            "Date": "Day of the receipt.",
            "Status": "Status: DRAFT, SUBMITTED, AUTHORISED, DECLINED or VOIDED.",
            "User": "The user who paid.",
        },
        "repeating_invoices": {
            "Status": "Status: DRAFT, AUTHORISED or DELETED.",
            "Type": "Type: ACCREC (sales invoices) or ACCPAY (bills).",
        },
        "Schedule": {
            "DueDate": "Number of days, or day of the month, by DueDateType.",
            "Period": "Number of weeks or months between two invoices, by Unit.",
        },
        _COMPONENTS: {"Name": "Name of the component."},
        "tax_rates": {
            "Name": "Name of the tax rate.",
            "Status": "Status: ACTIVE, DELETED, ARCHIVED or PENDING.",
            "TaxType": "Key of the tax rate, such as OUTPUT2 or TAX001.",
        },
        "TaxBreakdown": {
            "Name": "Name of the tax.",
            "TaxAmount": "Amount of this tax, in the document's currency.",
            "Type": "Kind of the tax.",
        },
        _OF_TRACKING: {
            "Name": "Name of the tracking category.",
            "Status": "Status: ACTIVE, ARCHIVED or DELETED.",
        },
        "Options tracking_options": {
            "Name": "Name of the tracking option.",
            "Status": "Status: ACTIVE, ARCHIVED or DELETED.",
        },
        "Bills Sales": {"Type": "How Day is meant, such as DAYSAFTERBILLDATE."},
        _REPORTS: {
            "Amount": "Number of the cell; null if the cell is a text.",
            "Date": "Last day of the report, a month end.",
        },
        _PERIODS: {
            "Amount": "Amount, in the base currency, with the sign of its section.",
        },
        _AGED: {
            "CurrencyCode": "Currency by its ISO 4217 code; null: the organisation's own.",
            "Date": "Last day of the report, a month end.",
            "Overdue": "How late the payment was on that day, in words.",
            "Total": "Total of the document, in its currency.",
        },
    }
)

# Endings of the streams of lists whose members are named by the ending.
_ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        "_line_items": "LineItems",
        "_tracking": "Tracking",
        "_allocations": "Allocations",
        "_attachments": "Attachments",
    }
)


def _by_record() -> Iterator[tuple[str, Mapping[str, str]]]:
    for records, texts in OF_RECORD.items():
        for record in records.split():
            yield record, texts


_BY_RECORD: Mapping[str, Mapping[str, str]] = MappingProxyType(dict(_by_record()))


def described(schema: Schema, record: str) -> Schema:
    """Adds a description to each property of a schema, and returns the schema.

    Args:
        schema: A schema that nobody else uses.
        record: The stream, or the name under which the record is part of another one.
    """
    for name, node in schema["properties"].items():
        if text := description_of(record, name):
            node["description"] = text
        if "properties" in node:
            described(node, name)
        elif "items" in node:
            described(node["items"], name)
    return schema


@cache
def description_of(record: str, name: str) -> str:
    """The description of a property; empty if there is none.

    Args:
        record: The stream, or the name under which the record is part of another one.
        name: The property. ``Invoice_Date`` is ``Date`` of ``Invoice``.
    """
    ending = next((named for end, named in _ENDINGS.items() if record.endswith(end)), record)
    text = _BY_RECORD.get(record, {}).get(name) or _BY_RECORD.get(ending, {}).get(name)
    if text:
        return text
    if name in OF_ANY:
        return OF_ANY[name]
    if name.endswith("String"):
        return f"{name.removesuffix('String')} as a text."
    part, separator, inner = name.partition("_")
    if part and separator:
        return f"{part}: {description_of(part, inner)}"
    if found := _PATTERN_OF_ID.fullmatch(name):
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", found[1]).lower()
        return f"Id of the {words}, a GUID."
    return ""
