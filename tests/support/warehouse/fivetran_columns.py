"""The tables and columns that Fivetran's package dbt_xero 1.6.1 reads, with their types.

A column that is missing is null in dbt_xero, without a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_COLUMNS = """
account
    text: account_id bank_account_number bank_account_type class code currency_code description
    text: name reporting_code reporting_code_name status system_account tax_type type
    boolean: enable_payments_to_account has_attachments show_in_expense_claims
    timestamp: updated_date_utc
bank_transaction
    text: bank_account_id bank_transaction_id batch_payment_batch_payment_id batch_payment_id
    text: batch_payment_status batch_payment_type contact_id currency_code
    text: external_link_provider_name line_amount_types overpayment_id prepayment_id reference
    text: status type url
    timestamp: batch_payment_date batch_payment_updated_date_utc updated_date_utc
    boolean: batch_payment_is_reconciled has_attachments is_reconciled
    float: batch_payment_total_amount
    numeric: currency_rate sub_total total total_tax
    date: date
contact
    boolean: _fivetran_deleted has_attachments has_validation_errors is_customer is_supplier
    text: account_number accounts_payable_tax_type accounts_receivable_tax_type
    text: bank_account_details batch_payments_bank_account_name
    text: batch_payments_bank_account_number batch_payments_code batch_payments_details
    text: batch_payments_reference branding_theme_id contact_id contact_number contact_status
    text: default_currency email_address first_name last_name name
    text: purchases_default_account_code sales_default_account_code skype_user_name tax_number
    text: website xero_network_key
    numeric: balances_accounts_payable_outstanding balances_accounts_payable_overdue
    numeric: balances_accounts_receivable_outstanding balances_accounts_receivable_overdue
    int: discount
    timestamp: updated_date_utc
credit_note
    numeric: applied_amount currency_rate remaining_credit sub_total total total_tax
    text: branding_theme_id contact_id credit_note_id credit_note_number currency_code
    text: line_amount_types reference status type
    date: date due_date fully_paid_on_date
    boolean: has_attachments sent_to_contact
    timestamp: updated_date_utc
invoice
    numeric: amount_credited amount_due amount_paid cisdeduction currency_rate sub_total total
    numeric: total_tax
    text: branding_theme_id contact_id currency_code invoice_id invoice_number line_amount_types
    text: reference status type url
    date: date due_date fully_paid_on_date
    timestamp: expected_payment_date planned_payment_date updated_date_utc
    boolean: has_attachments has_errors is_discounted sent_to_contact
invoice_line_item
    text: account_code description invoice_id item_code line_item_id tax_type validation_errors
    boolean: discount_entered_as_percent
    int: discount_rate
    numeric: line_amount quantity tax_amount unit_amount
invoice_line_item_has_tracking_category
    text: invoice_id line_item_id option tracking_category_id
journal_cash
    timestamp: created_date_utc
    date: journal_date
    text: journal_id reference source_id source_type
    int: journal_number
journal_cash_line
    text: account_code account_id account_name account_type description journal_id
    text: journal_line_id tax_name tax_type
    numeric: gross_amount net_amount tax_amount
journal_cash_line_has_tracking_category
    text: journal_id journal_line_id option tracking_category_id tracking_category_option_id
journal
    timestamp: created_date_utc
    date: journal_date
    text: journal_id reference source_id source_type
    int: journal_number
journal_line
    text: account_code account_id account_name account_type description journal_id
    text: journal_line_id tax_name tax_type
    numeric: gross_amount net_amount tax_amount
journal_line_has_tracking_category
    text: journal_id journal_line_id option tracking_category_id tracking_category_option_id
organization
    text: apikey base_currency class country_code default_purchases_tax default_sales_tax
    text: edition employer_identification_number legal_name line_of_business name
    text: organisation_entity_type organisation_id organisation_status organisation_type
    text: registration_number sales_tax_basis sales_tax_period short_code tax_number
    text: tax_number_name timezone version
    timestamp: created_date_utc
    date: end_of_year_lock_date period_lock_date
    int: financial_year_end_day financial_year_end_month
    boolean: is_demo_company pays_tax
tracking_category
    text: name status tracking_category_id
tracking_category_has_option
    text: tracking_category_id tracking_option_id
tracking_category_option
    boolean: has_validation_errors is_active is_archived is_deleted
    text: name status tracking_option_id
"""


def _parsed() -> Mapping[str, Mapping[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for line in _COLUMNS.strip().splitlines():
        if not line.startswith(" "):
            columns = tables.setdefault(line, {"_fivetran_synced": "timestamp"})
            continue
        kind, _, names = line.strip().partition(": ")
        columns |= dict.fromkeys(names.split(), kind)
    return MappingProxyType(tables)


# The type of each column: text, boolean, int, numeric, float, date or timestamp.
FIVETRAN_COLUMNS = _parsed()
