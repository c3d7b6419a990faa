-- Made by warehouse/plain_sql.py from the dbt project: change that, not this.
-- Views in Fivetran's shape, the ledger and its marts, made of the documents that tap-xero loaded.

create schema if not exists analytics;

create schema if not exists analytics_ledger;

create schema if not exists analytics_fivetran;

create schema if not exists analytics_staging;

create or replace view analytics_staging.stg_xero__accounts as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."ACCOUNTID" as varchar) as account_id,
    cast(records."CODE" as varchar) as code,
    cast(records."NAME" as varchar) as name,
    cast(records."TYPE" as varchar) as type,
    cast(records."CLASS" as varchar) as class,
    cast(records."STATUS" as varchar) as status,
    cast(records."DESCRIPTION" as varchar) as description,
    cast(records."BANKACCOUNTNUMBER" as varchar) as bank_account_number,
    cast(records."BANKACCOUNTTYPE" as varchar) as bank_account_type,
    cast(records."CURRENCYCODE" as varchar) as currency_code,
    cast(records."TAXTYPE" as varchar) as tax_type,
    cast(records."ENABLEPAYMENTSTOACCOUNT" as boolean) as enable_payments_to_account,
    cast(records."SHOWINEXPENSECLAIMS" as boolean) as show_in_expense_claims,
    cast(records."SYSTEMACCOUNT" as varchar) as system_account,
    cast(records."REPORTINGCODE" as varchar) as reporting_code,
    cast(records."REPORTINGCODENAME" as varchar) as reporting_code_name,
    cast(records."HASATTACHMENTS" as boolean) as has_attachments,
    cast(records."UPDATEDDATEUTC" as timestamp_ntz) as updated_date_utc,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.accounts as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__bank_transaction_line_item_tracking as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."BANKTRANSACTIONID" as varchar) as bank_transaction_id,
    cast(records."LINEITEMID" as varchar) as line_item_id,
    cast(records."LINENO" as bigint) as line_no,
    cast(records."_LINE" as bigint) as line,
    cast(records."TRACKINGCATEGORYID" as varchar) as tracking_category_id,
    cast(records."TRACKINGOPTIONID" as varchar) as tracking_option_id,
    cast(records."NAME" as varchar) as category_name,
    cast(records."OPTION" as varchar) as option_name,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.bank_transaction_line_item_tracking as records
inner join tap_xero.bank_transactions as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."BANKTRANSACTIONID" = records."BANKTRANSACTIONID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__bank_transaction_line_items as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."BANKTRANSACTIONID" as varchar) as bank_transaction_id,
    cast(records."_LINE" as bigint) as line,
    cast(records."LINEITEMID" as varchar) as line_item_id,
    cast(records."DESCRIPTION" as varchar) as description,
    cast(records."QUANTITY" as numeric(28, 6)) as quantity,
    cast(records."UNITAMOUNT" as numeric(28, 6)) as unit_amount,
    cast(records."ITEMCODE" as varchar) as item_code,
    cast(records."ITEM_ITEMID" as varchar) as item_id,
    cast(records."ACCOUNTCODE" as varchar) as account_code,
    cast(records."ACCOUNTID" as varchar) as account_id,
    cast(records."TAXTYPE" as varchar) as tax_type,
    cast(records."TAXAMOUNT" as numeric(28, 6)) as tax_amount,
    cast(records."LINEAMOUNT" as numeric(28, 6)) as line_amount,
    cast(records."DISCOUNTRATE" as numeric(28, 6)) as discount_rate,
    cast(records."DISCOUNTAMOUNT" as numeric(28, 6)) as discount_amount,
    cast(records."DISCOUNTENTEREDASPERCENT" as boolean) as discount_entered_as_percent,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.bank_transaction_line_items as records
inner join tap_xero.bank_transactions as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."BANKTRANSACTIONID" = records."BANKTRANSACTIONID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__bank_transactions as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."BANKTRANSACTIONID" as varchar) as bank_transaction_id,
    cast(records."TYPE" as varchar) as type,
    cast(records."STATUS" as varchar) as status,
    cast(get_path(try_parse_json(to_varchar(records."BANKACCOUNT")), 'AccountID')::varchar as varchar) as bank_account_id,
    cast(get_path(try_parse_json(to_varchar(records."CONTACT")), 'ContactID')::varchar as varchar) as contact_id,
    cast(get_path(try_parse_json(to_varchar(records."CONTACT")), 'Name')::varchar as varchar) as contact_name,
    cast(records."DATE" as date) as date,
    cast(records."LINEAMOUNTTYPES" as varchar) as line_amount_types,
    cast(records."REFERENCE" as varchar) as reference,
    cast(records."URL" as varchar) as url,
    cast(records."CURRENCYCODE" as varchar) as currency_code,
    cast(records."CURRENCYRATE" as numeric(28, 6)) as currency_rate,
    cast(records."SUBTOTAL" as numeric(28, 6)) as sub_total,
    cast(records."TOTALTAX" as numeric(28, 6)) as total_tax,
    cast(records."TOTAL" as numeric(28, 6)) as total,
    cast(records."ISRECONCILED" as boolean) as is_reconciled,
    cast(records."PREPAYMENTID" as varchar) as prepayment_id,
    cast(records."OVERPAYMENTID" as varchar) as overpayment_id,
    cast(get_path(try_parse_json(to_varchar(records."BATCHPAYMENT")), 'BatchPaymentID')::varchar as varchar) as batch_payment_id,
    cast(get_path(try_parse_json(to_varchar(records."BATCHPAYMENT")), 'Date')::varchar as timestamp_ntz) as batch_payment_date,
    cast(get_path(try_parse_json(to_varchar(records."BATCHPAYMENT")), 'IsReconciled')::varchar as boolean) as batch_payment_is_reconciled,
    cast(get_path(try_parse_json(to_varchar(records."BATCHPAYMENT")), 'Status')::varchar as varchar) as batch_payment_status,
    cast(get_path(try_parse_json(to_varchar(records."BATCHPAYMENT")), 'TotalAmount')::varchar as numeric(28, 6)) as batch_payment_total_amount,
    cast(get_path(try_parse_json(to_varchar(records."BATCHPAYMENT")), 'Type')::varchar as varchar) as batch_payment_type,
    cast(get_path(try_parse_json(to_varchar(records."BATCHPAYMENT")), 'UpdatedDateUTC')::varchar as timestamp_ntz) as batch_payment_updated_date_utc,
    cast(records."HASATTACHMENTS" as boolean) as has_attachments,
    cast(records."UPDATEDDATEUTC" as timestamp_ntz) as updated_date_utc,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.bank_transactions as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__bank_transfers as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."BANKTRANSFERID" as varchar) as bank_transfer_id,
    cast(records."STATUS" as varchar) as status,
    cast(get_path(try_parse_json(to_varchar(records."FROMBANKACCOUNT")), 'AccountID')::varchar as varchar) as from_bank_account_id,
    cast(get_path(try_parse_json(to_varchar(records."TOBANKACCOUNT")), 'AccountID')::varchar as varchar) as to_bank_account_id,
    cast(records."AMOUNT" as numeric(28, 6)) as amount,
    cast(records."CURRENCYRATE" as numeric(28, 6)) as currency_rate,
    cast(records."DATE" as date) as date,
    cast(records."REFERENCE" as varchar) as reference,
    cast(records."FROMBANKTRANSACTIONID" as varchar) as from_bank_transaction_id,
    cast(records."TOBANKTRANSACTIONID" as varchar) as to_bank_transaction_id,
    cast(records."CREATEDDATEUTC" as timestamp_ntz) as created_date_utc,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.bank_transfers as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__contacts as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."CONTACTID" as varchar) as contact_id,
    cast(records."CONTACTNUMBER" as varchar) as contact_number,
    cast(records."ACCOUNTNUMBER" as varchar) as account_number,
    cast(records."CONTACTSTATUS" as varchar) as contact_status,
    cast(records."NAME" as varchar) as name,
    cast(records."FIRSTNAME" as varchar) as first_name,
    cast(records."LASTNAME" as varchar) as last_name,
    cast(records."EMAILADDRESS" as varchar) as email_address,
    cast(null as varchar) as skype_user_name,
    cast(records."BANKACCOUNTDETAILS" as varchar) as bank_account_details,
    cast(records."TAXNUMBER" as varchar) as tax_number,
    cast(records."ACCOUNTSRECEIVABLETAXTYPE" as varchar) as accounts_receivable_tax_type,
    cast(records."ACCOUNTSPAYABLETAXTYPE" as varchar) as accounts_payable_tax_type,
    cast(records."ISSUPPLIER" as boolean) as is_supplier,
    cast(records."ISCUSTOMER" as boolean) as is_customer,
    cast(records."DEFAULTCURRENCY" as varchar) as default_currency,
    cast(records."WEBSITE" as varchar) as website,
    cast(get_path(try_parse_json(to_varchar(records."BRANDINGTHEME")), 'BrandingThemeID')::varchar as varchar) as branding_theme_id,
    cast(records."DISCOUNT" as numeric(28, 6)) as discount,
    cast(records."HASATTACHMENTS" as boolean) as has_attachments,
    cast(records."HASVALIDATIONERRORS" as boolean) as has_validation_errors,
    cast(records."SALESDEFAULTACCOUNTCODE" as varchar) as sales_default_account_code,
    cast(records."PURCHASESDEFAULTACCOUNTCODE" as varchar) as purchases_default_account_code,
    cast(records."XERONETWORKKEY" as varchar) as xero_network_key,
    cast(get_path(try_parse_json(to_varchar(records."BATCHPAYMENTS")), 'BankAccountNumber')::varchar as varchar) as batch_payments_bank_account_number,
    cast(get_path(try_parse_json(to_varchar(records."BATCHPAYMENTS")), 'BankAccountName')::varchar as varchar) as batch_payments_bank_account_name,
    cast(get_path(try_parse_json(to_varchar(records."BATCHPAYMENTS")), 'Details')::varchar as varchar) as batch_payments_details,
    cast(get_path(try_parse_json(to_varchar(records."BATCHPAYMENTS")), 'Code')::varchar as varchar) as batch_payments_code,
    cast(get_path(try_parse_json(to_varchar(records."BATCHPAYMENTS")), 'Reference')::varchar as varchar) as batch_payments_reference,
    cast(get_path(try_parse_json(to_varchar(records."BALANCES")), 'AccountsReceivable.Outstanding')::varchar as numeric(28, 6)) as balances_accounts_receivable_outstanding,
    cast(get_path(try_parse_json(to_varchar(records."BALANCES")), 'AccountsReceivable.Overdue')::varchar as numeric(28, 6)) as balances_accounts_receivable_overdue,
    cast(get_path(try_parse_json(to_varchar(records."BALANCES")), 'AccountsPayable.Outstanding')::varchar as numeric(28, 6)) as balances_accounts_payable_outstanding,
    cast(get_path(try_parse_json(to_varchar(records."BALANCES")), 'AccountsPayable.Overdue')::varchar as numeric(28, 6)) as balances_accounts_payable_overdue,
    cast(records."UPDATEDDATEUTC" as timestamp_ntz) as updated_date_utc,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.contacts as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__credit_note_allocations as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."CREDITNOTEID" as varchar) as credit_note_id,
    cast(records."_LINE" as bigint) as line,
    cast(records."ALLOCATIONID" as varchar) as allocation_id,
    cast(records."AMOUNT" as numeric(28, 6)) as amount,
    cast(records."DATE" as date) as date,
    cast(records."INVOICE_INVOICEID" as varchar) as invoice_id,
    cast(records."INVOICE_INVOICENUMBER" as varchar) as invoice_number,
    cast(records."ISDELETED" as boolean) as is_deleted,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.credit_note_allocations as records
inner join tap_xero.credit_notes as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."CREDITNOTEID" = records."CREDITNOTEID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__credit_note_line_item_tracking as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."CREDITNOTEID" as varchar) as credit_note_id,
    cast(records."LINEITEMID" as varchar) as line_item_id,
    cast(records."LINENO" as bigint) as line_no,
    cast(records."_LINE" as bigint) as line,
    cast(records."TRACKINGCATEGORYID" as varchar) as tracking_category_id,
    cast(records."TRACKINGOPTIONID" as varchar) as tracking_option_id,
    cast(records."NAME" as varchar) as category_name,
    cast(records."OPTION" as varchar) as option_name,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.credit_note_line_item_tracking as records
inner join tap_xero.credit_notes as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."CREDITNOTEID" = records."CREDITNOTEID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__credit_note_line_items as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."CREDITNOTEID" as varchar) as credit_note_id,
    cast(records."_LINE" as bigint) as line,
    cast(records."LINEITEMID" as varchar) as line_item_id,
    cast(records."DESCRIPTION" as varchar) as description,
    cast(records."QUANTITY" as numeric(28, 6)) as quantity,
    cast(records."UNITAMOUNT" as numeric(28, 6)) as unit_amount,
    cast(records."ITEMCODE" as varchar) as item_code,
    cast(records."ITEM_ITEMID" as varchar) as item_id,
    cast(records."ACCOUNTCODE" as varchar) as account_code,
    cast(records."ACCOUNTID" as varchar) as account_id,
    cast(records."TAXTYPE" as varchar) as tax_type,
    cast(records."TAXAMOUNT" as numeric(28, 6)) as tax_amount,
    cast(records."LINEAMOUNT" as numeric(28, 6)) as line_amount,
    cast(records."DISCOUNTRATE" as numeric(28, 6)) as discount_rate,
    cast(records."DISCOUNTAMOUNT" as numeric(28, 6)) as discount_amount,
    cast(records."DISCOUNTENTEREDASPERCENT" as boolean) as discount_entered_as_percent,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.credit_note_line_items as records
inner join tap_xero.credit_notes as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."CREDITNOTEID" = records."CREDITNOTEID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__credit_notes as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."CREDITNOTEID" as varchar) as credit_note_id,
    cast(records."CREDITNOTENUMBER" as varchar) as credit_note_number,
    cast(records."TYPE" as varchar) as type,
    cast(get_path(try_parse_json(to_varchar(records."CONTACT")), 'ContactID')::varchar as varchar) as contact_id,
    cast(get_path(try_parse_json(to_varchar(records."CONTACT")), 'Name')::varchar as varchar) as contact_name,
    cast(records."DATE" as date) as date,
    cast(records."DUEDATE" as date) as due_date,
    cast(records."STATUS" as varchar) as status,
    cast(records."LINEAMOUNTTYPES" as varchar) as line_amount_types,
    cast(records."REFERENCE" as varchar) as reference,
    cast(records."BRANDINGTHEMEID" as varchar) as branding_theme_id,
    cast(records."CURRENCYCODE" as varchar) as currency_code,
    cast(records."CURRENCYRATE" as numeric(28, 6)) as currency_rate,
    cast(records."SENTTOCONTACT" as boolean) as sent_to_contact,
    cast(records."FULLYPAIDONDATE" as date) as fully_paid_on_date,
    cast(records."SUBTOTAL" as numeric(28, 6)) as sub_total,
    cast(records."TOTALTAX" as numeric(28, 6)) as total_tax,
    cast(records."TOTAL" as numeric(28, 6)) as total,
    cast(records."CISDEDUCTION" as numeric(28, 6)) as cis_deduction,
    cast(records."APPLIEDAMOUNT" as numeric(28, 6)) as applied_amount,
    cast(records."REMAININGCREDIT" as numeric(28, 6)) as remaining_credit,
    cast(records."HASATTACHMENTS" as boolean) as has_attachments,
    cast(records."UPDATEDDATEUTC" as timestamp_ntz) as updated_date_utc,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.credit_notes as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__invoice_line_item_tracking as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."INVOICEID" as varchar) as invoice_id,
    cast(records."LINEITEMID" as varchar) as line_item_id,
    cast(records."LINENO" as bigint) as line_no,
    cast(records."_LINE" as bigint) as line,
    cast(records."TRACKINGCATEGORYID" as varchar) as tracking_category_id,
    cast(records."TRACKINGOPTIONID" as varchar) as tracking_option_id,
    cast(records."NAME" as varchar) as category_name,
    cast(records."OPTION" as varchar) as option_name,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.invoice_line_item_tracking as records
inner join tap_xero.invoices as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."INVOICEID" = records."INVOICEID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__invoice_line_items as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."INVOICEID" as varchar) as invoice_id,
    cast(records."_LINE" as bigint) as line,
    cast(records."LINEITEMID" as varchar) as line_item_id,
    cast(records."DESCRIPTION" as varchar) as description,
    cast(records."QUANTITY" as numeric(28, 6)) as quantity,
    cast(records."UNITAMOUNT" as numeric(28, 6)) as unit_amount,
    cast(records."ITEMCODE" as varchar) as item_code,
    cast(records."ITEM_ITEMID" as varchar) as item_id,
    cast(records."ACCOUNTCODE" as varchar) as account_code,
    cast(records."ACCOUNTID" as varchar) as account_id,
    cast(records."TAXTYPE" as varchar) as tax_type,
    cast(records."TAXAMOUNT" as numeric(28, 6)) as tax_amount,
    cast(records."LINEAMOUNT" as numeric(28, 6)) as line_amount,
    cast(records."DISCOUNTRATE" as numeric(28, 6)) as discount_rate,
    cast(records."DISCOUNTAMOUNT" as numeric(28, 6)) as discount_amount,
    cast(records."DISCOUNTENTEREDASPERCENT" as boolean) as discount_entered_as_percent,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.invoice_line_items as records
inner join tap_xero.invoices as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."INVOICEID" = records."INVOICEID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__invoices as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."INVOICEID" as varchar) as invoice_id,
    cast(records."INVOICENUMBER" as varchar) as invoice_number,
    cast(records."TYPE" as varchar) as type,
    cast(get_path(try_parse_json(to_varchar(records."CONTACT")), 'ContactID')::varchar as varchar) as contact_id,
    cast(get_path(try_parse_json(to_varchar(records."CONTACT")), 'Name')::varchar as varchar) as contact_name,
    cast(records."DATE" as date) as date,
    cast(records."DUEDATE" as date) as due_date,
    cast(records."STATUS" as varchar) as status,
    cast(records."LINEAMOUNTTYPES" as varchar) as line_amount_types,
    cast(records."REFERENCE" as varchar) as reference,
    cast(records."BRANDINGTHEMEID" as varchar) as branding_theme_id,
    cast(records."URL" as varchar) as url,
    cast(records."CURRENCYCODE" as varchar) as currency_code,
    cast(records."CURRENCYRATE" as numeric(28, 6)) as currency_rate,
    cast(records."SENTTOCONTACT" as boolean) as sent_to_contact,
    cast(records."EXPECTEDPAYMENTDATE" as date) as expected_payment_date,
    cast(records."PLANNEDPAYMENTDATE" as date) as planned_payment_date,
    cast(records."FULLYPAIDONDATE" as date) as fully_paid_on_date,
    cast(records."SUBTOTAL" as numeric(28, 6)) as sub_total,
    cast(records."TOTALTAX" as numeric(28, 6)) as total_tax,
    cast(records."TOTAL" as numeric(28, 6)) as total,
    cast(records."TOTALDISCOUNT" as numeric(28, 6)) as total_discount,
    cast(records."CISDEDUCTION" as numeric(28, 6)) as cis_deduction,
    cast(records."AMOUNTDUE" as numeric(28, 6)) as amount_due,
    cast(records."AMOUNTPAID" as numeric(28, 6)) as amount_paid,
    cast(records."AMOUNTCREDITED" as numeric(28, 6)) as amount_credited,
    cast(records."ISDISCOUNTED" as boolean) as is_discounted,
    cast(records."HASATTACHMENTS" as boolean) as has_attachments,
    cast(records."HASERRORS" as boolean) as has_errors,
    cast(records."REPEATINGINVOICEID" as varchar) as repeating_invoice_id,
    cast(records."UPDATEDDATEUTC" as timestamp_ntz) as updated_date_utc,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.invoices as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__items as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."ITEMID" as varchar) as item_id,
    cast(records."CODE" as varchar) as code,
    cast(records."NAME" as varchar) as name,
    cast(records."DESCRIPTION" as varchar) as description,
    cast(records."PURCHASEDESCRIPTION" as varchar) as purchase_description,
    cast(records."ISSOLD" as boolean) as is_sold,
    cast(records."ISPURCHASED" as boolean) as is_purchased,
    cast(records."ISTRACKEDASINVENTORY" as boolean) as is_tracked_as_inventory,
    cast(records."INVENTORYASSETACCOUNTCODE" as varchar) as inventory_asset_account_code,
    cast(get_path(try_parse_json(to_varchar(records."SALESDETAILS")), 'AccountCode')::varchar as varchar) as sales_account_code,
    cast(get_path(try_parse_json(to_varchar(records."PURCHASEDETAILS")), 'AccountCode')::varchar as varchar) as purchase_account_code,
    cast(get_path(try_parse_json(to_varchar(records."PURCHASEDETAILS")), 'COGSAccountCode')::varchar as varchar) as cogs_account_code,
    cast(records."TOTALCOSTPOOL" as numeric(28, 6)) as total_cost_pool,
    cast(records."QUANTITYONHAND" as numeric(28, 6)) as quantity_on_hand,
    cast(records."UPDATEDDATEUTC" as timestamp_ntz) as updated_date_utc,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.items as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__journal_line_tracking as
select
    cast(null as varchar) as _tenant_id,
    cast(null as varchar) as journal_id,
    cast(null as varchar) as journal_line_id,
    cast(null as bigint) as line,
    cast(null as varchar) as tracking_category_id,
    cast(null as varchar) as tracking_option_id,
    cast(null as varchar) as category_name,
    cast(null as varchar) as option_name,
    cast(null as timestamp_ntz) as _read_at
from (select 1 as nothing) as no_rows
where 1 = 0;

create or replace view analytics_staging.stg_xero__journal_lines as
select
    cast(null as varchar) as _tenant_id,
    cast(null as varchar) as journal_id,
    cast(null as varchar) as journal_line_id,
    cast(null as bigint) as line,
    cast(null as varchar) as account_id,
    cast(null as varchar) as account_code,
    cast(null as varchar) as account_type,
    cast(null as varchar) as account_name,
    cast(null as varchar) as description,
    cast(null as numeric(28, 6)) as net_amount,
    cast(null as numeric(28, 6)) as gross_amount,
    cast(null as numeric(28, 6)) as tax_amount,
    cast(null as varchar) as tax_type,
    cast(null as varchar) as tax_name,
    cast(null as timestamp_ntz) as _read_at
from (select 1 as nothing) as no_rows
where 1 = 0;

create or replace view analytics_staging.stg_xero__journals as
select
    cast(null as varchar) as _tenant_id,
    cast(null as varchar) as journal_id,
    cast(null as bigint) as journal_number,
    cast(null as date) as journal_date,
    cast(null as varchar) as reference,
    cast(null as varchar) as source_id,
    cast(null as varchar) as source_type,
    cast(null as timestamp_ntz) as created_date_utc,
    cast(null as timestamp_ntz) as _read_at
from (select 1 as nothing) as no_rows
where 1 = 0;

create or replace view analytics_staging.stg_xero__journals_cash as
select
    cast(null as varchar) as _tenant_id,
    cast(null as varchar) as journal_id,
    cast(null as bigint) as journal_number,
    cast(null as date) as journal_date,
    cast(null as varchar) as reference,
    cast(null as varchar) as source_id,
    cast(null as varchar) as source_type,
    cast(null as timestamp_ntz) as created_date_utc,
    cast(null as timestamp_ntz) as _read_at
from (select 1 as nothing) as no_rows
where 1 = 0;

create or replace view analytics_staging.stg_xero__journals_cash_line_tracking as
select
    cast(null as varchar) as _tenant_id,
    cast(null as varchar) as journal_id,
    cast(null as varchar) as journal_line_id,
    cast(null as bigint) as line,
    cast(null as varchar) as tracking_category_id,
    cast(null as varchar) as tracking_option_id,
    cast(null as varchar) as category_name,
    cast(null as varchar) as option_name,
    cast(null as timestamp_ntz) as _read_at
from (select 1 as nothing) as no_rows
where 1 = 0;

create or replace view analytics_staging.stg_xero__journals_cash_lines as
select
    cast(null as varchar) as _tenant_id,
    cast(null as varchar) as journal_id,
    cast(null as varchar) as journal_line_id,
    cast(null as bigint) as line,
    cast(null as varchar) as account_id,
    cast(null as varchar) as account_code,
    cast(null as varchar) as account_type,
    cast(null as varchar) as account_name,
    cast(null as varchar) as description,
    cast(null as numeric(28, 6)) as net_amount,
    cast(null as numeric(28, 6)) as gross_amount,
    cast(null as numeric(28, 6)) as tax_amount,
    cast(null as varchar) as tax_type,
    cast(null as varchar) as tax_name,
    cast(null as timestamp_ntz) as _read_at
from (select 1 as nothing) as no_rows
where 1 = 0;

create or replace view analytics_staging.stg_xero__manual_journal_line_tracking as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."MANUALJOURNALID" as varchar) as manual_journal_id,
    cast(records."LINENO" as bigint) as line_no,
    cast(records."_LINE" as bigint) as line,
    cast(records."TRACKINGCATEGORYID" as varchar) as tracking_category_id,
    cast(records."TRACKINGOPTIONID" as varchar) as tracking_option_id,
    cast(records."NAME" as varchar) as category_name,
    cast(records."OPTION" as varchar) as option_name,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.manual_journal_line_tracking as records
inner join tap_xero.manual_journals as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."MANUALJOURNALID" = records."MANUALJOURNALID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__manual_journal_lines as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."MANUALJOURNALID" as varchar) as manual_journal_id,
    cast(records."_LINE" as bigint) as line,
    cast(records."LINEAMOUNT" as numeric(28, 6)) as line_amount,
    cast(records."ACCOUNTCODE" as varchar) as account_code,
    cast(records."ACCOUNTID" as varchar) as account_id,
    cast(records."DESCRIPTION" as varchar) as description,
    cast(records."TAXTYPE" as varchar) as tax_type,
    cast(records."TAXAMOUNT" as numeric(28, 6)) as tax_amount,
    cast(records."ISBLANK" as boolean) as is_blank,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.manual_journal_lines as records
inner join tap_xero.manual_journals as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."MANUALJOURNALID" = records."MANUALJOURNALID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__manual_journals as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."MANUALJOURNALID" as varchar) as manual_journal_id,
    cast(records."NARRATION" as varchar) as narration,
    cast(records."DATE" as date) as date,
    cast(records."STATUS" as varchar) as status,
    cast(records."LINEAMOUNTTYPES" as varchar) as line_amount_types,
    cast(records."URL" as varchar) as url,
    cast(records."SHOWONCASHBASISREPORTS" as boolean) as show_on_cash_basis_reports,
    cast(records."HASATTACHMENTS" as boolean) as has_attachments,
    cast(records."UPDATEDDATEUTC" as timestamp_ntz) as updated_date_utc,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.manual_journals as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__organisations as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."ORGANISATIONID" as varchar) as organisation_id,
    cast(records."NAME" as varchar) as name,
    cast(records."LEGALNAME" as varchar) as legal_name,
    cast(records."SHORTCODE" as varchar) as short_code,
    cast(records."APIKEY" as varchar) as api_key,
    cast(records."VERSION" as varchar) as version,
    cast(records."EDITION" as varchar) as edition,
    cast(records."CLASS" as varchar) as class,
    cast(records."ORGANISATIONTYPE" as varchar) as organisation_type,
    cast(records."ORGANISATIONENTITYTYPE" as varchar) as organisation_entity_type,
    cast(records."ORGANISATIONSTATUS" as varchar) as organisation_status,
    cast(records."ISDEMOCOMPANY" as boolean) as is_demo_company,
    cast(records."BASECURRENCY" as varchar) as base_currency,
    cast(records."COUNTRYCODE" as varchar) as country_code,
    cast(records."TIMEZONE" as varchar) as timezone,
    cast(records."LINEOFBUSINESS" as varchar) as line_of_business,
    cast(records."REGISTRATIONNUMBER" as varchar) as registration_number,
    cast(records."EMPLOYERIDENTIFICATIONNUMBER" as varchar) as employer_identification_number,
    cast(records."TAXNUMBER" as varchar) as tax_number,
    cast(null as varchar) as tax_number_name,
    cast(records."PAYSTAX" as boolean) as pays_tax,
    cast(records."SALESTAXBASIS" as varchar) as sales_tax_basis,
    cast(records."SALESTAXPERIOD" as varchar) as sales_tax_period,
    cast(records."DEFAULTSALESTAX" as varchar) as default_sales_tax,
    cast(records."DEFAULTPURCHASESTAX" as varchar) as default_purchases_tax,
    cast(records."FINANCIALYEARENDDAY" as bigint) as financial_year_end_day,
    cast(records."FINANCIALYEARENDMONTH" as bigint) as financial_year_end_month,
    cast(records."PERIODLOCKDATE" as date) as period_lock_date,
    cast(records."ENDOFYEARLOCKDATE" as date) as end_of_year_lock_date,
    cast(records."CREATEDDATEUTC" as timestamp_ntz) as created_date_utc,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.organisations as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__overpayment_allocations as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."OVERPAYMENTID" as varchar) as overpayment_id,
    cast(records."_LINE" as bigint) as line,
    cast(records."ALLOCATIONID" as varchar) as allocation_id,
    cast(records."AMOUNT" as numeric(28, 6)) as amount,
    cast(records."DATE" as date) as date,
    cast(records."INVOICE_INVOICEID" as varchar) as invoice_id,
    cast(records."INVOICE_INVOICENUMBER" as varchar) as invoice_number,
    cast(records."ISDELETED" as boolean) as is_deleted,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.overpayment_allocations as records
inner join tap_xero.overpayments as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."OVERPAYMENTID" = records."OVERPAYMENTID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__overpayment_line_items as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."OVERPAYMENTID" as varchar) as overpayment_id,
    cast(records."_LINE" as bigint) as line,
    cast(records."LINEITEMID" as varchar) as line_item_id,
    cast(records."DESCRIPTION" as varchar) as description,
    cast(records."QUANTITY" as numeric(28, 6)) as quantity,
    cast(records."UNITAMOUNT" as numeric(28, 6)) as unit_amount,
    cast(records."ITEMCODE" as varchar) as item_code,
    cast(records."ITEM_ITEMID" as varchar) as item_id,
    cast(records."ACCOUNTCODE" as varchar) as account_code,
    cast(records."ACCOUNTID" as varchar) as account_id,
    cast(records."TAXTYPE" as varchar) as tax_type,
    cast(records."TAXAMOUNT" as numeric(28, 6)) as tax_amount,
    cast(records."LINEAMOUNT" as numeric(28, 6)) as line_amount,
    cast(records."DISCOUNTRATE" as numeric(28, 6)) as discount_rate,
    cast(records."DISCOUNTAMOUNT" as numeric(28, 6)) as discount_amount,
    cast(records."DISCOUNTENTEREDASPERCENT" as boolean) as discount_entered_as_percent,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.overpayment_line_items as records
inner join tap_xero.overpayments as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."OVERPAYMENTID" = records."OVERPAYMENTID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__overpayments as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."OVERPAYMENTID" as varchar) as overpayment_id,
    cast(records."TYPE" as varchar) as type,
    cast(get_path(try_parse_json(to_varchar(records."CONTACT")), 'ContactID')::varchar as varchar) as contact_id,
    cast(get_path(try_parse_json(to_varchar(records."CONTACT")), 'Name')::varchar as varchar) as contact_name,
    cast(records."DATE" as date) as date,
    cast(records."STATUS" as varchar) as status,
    cast(records."LINEAMOUNTTYPES" as varchar) as line_amount_types,
    cast(records."REFERENCE" as varchar) as reference,
    cast(records."CURRENCYCODE" as varchar) as currency_code,
    cast(records."CURRENCYRATE" as numeric(28, 6)) as currency_rate,
    cast(records."SUBTOTAL" as numeric(28, 6)) as sub_total,
    cast(records."TOTALTAX" as numeric(28, 6)) as total_tax,
    cast(records."TOTAL" as numeric(28, 6)) as total,
    cast(records."REMAININGCREDIT" as numeric(28, 6)) as remaining_credit,
    cast(records."APPLIEDAMOUNT" as numeric(28, 6)) as applied_amount,
    cast(records."UPDATEDDATEUTC" as timestamp_ntz) as updated_date_utc,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.overpayments as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__payments as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."PAYMENTID" as varchar) as payment_id,
    cast(records."PAYMENTTYPE" as varchar) as payment_type,
    cast(records."STATUS" as varchar) as status,
    cast(get_path(try_parse_json(to_varchar(records."ACCOUNT")), 'AccountID')::varchar as varchar) as account_id,
    cast(get_path(try_parse_json(to_varchar(records."INVOICE")), 'InvoiceID')::varchar as varchar) as invoice_id,
    cast(get_path(try_parse_json(to_varchar(records."CREDITNOTE")), 'CreditNoteID')::varchar as varchar) as credit_note_id,
    cast(get_path(try_parse_json(to_varchar(records."PREPAYMENT")), 'PrepaymentID')::varchar as varchar) as prepayment_id,
    cast(get_path(try_parse_json(to_varchar(records."OVERPAYMENT")), 'OverpaymentID')::varchar as varchar) as overpayment_id,
    cast(records."BATCHPAYMENTID" as varchar) as batch_payment_id,
    cast(records."DATE" as date) as date,
    cast(records."AMOUNT" as numeric(28, 6)) as amount,
    cast(records."BANKAMOUNT" as numeric(28, 6)) as bank_amount,
    cast(records."CURRENCYRATE" as numeric(28, 6)) as currency_rate,
    cast(records."REFERENCE" as varchar) as reference,
    cast(records."ISRECONCILED" as boolean) as is_reconciled,
    cast(records."UPDATEDDATEUTC" as timestamp_ntz) as updated_date_utc,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.payments as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__prepayment_allocations as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."PREPAYMENTID" as varchar) as prepayment_id,
    cast(records."_LINE" as bigint) as line,
    cast(records."ALLOCATIONID" as varchar) as allocation_id,
    cast(records."AMOUNT" as numeric(28, 6)) as amount,
    cast(records."DATE" as date) as date,
    cast(records."INVOICE_INVOICEID" as varchar) as invoice_id,
    cast(records."INVOICE_INVOICENUMBER" as varchar) as invoice_number,
    cast(records."ISDELETED" as boolean) as is_deleted,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.prepayment_allocations as records
inner join tap_xero.prepayments as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."PREPAYMENTID" = records."PREPAYMENTID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__prepayment_line_item_tracking as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."PREPAYMENTID" as varchar) as prepayment_id,
    cast(records."LINEITEMID" as varchar) as line_item_id,
    cast(records."LINENO" as bigint) as line_no,
    cast(records."_LINE" as bigint) as line,
    cast(records."TRACKINGCATEGORYID" as varchar) as tracking_category_id,
    cast(records."TRACKINGOPTIONID" as varchar) as tracking_option_id,
    cast(records."NAME" as varchar) as category_name,
    cast(records."OPTION" as varchar) as option_name,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.prepayment_line_item_tracking as records
inner join tap_xero.prepayments as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."PREPAYMENTID" = records."PREPAYMENTID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__prepayment_line_items as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."PREPAYMENTID" as varchar) as prepayment_id,
    cast(records."_LINE" as bigint) as line,
    cast(records."LINEITEMID" as varchar) as line_item_id,
    cast(records."DESCRIPTION" as varchar) as description,
    cast(records."QUANTITY" as numeric(28, 6)) as quantity,
    cast(records."UNITAMOUNT" as numeric(28, 6)) as unit_amount,
    cast(records."ITEMCODE" as varchar) as item_code,
    cast(records."ITEM_ITEMID" as varchar) as item_id,
    cast(records."ACCOUNTCODE" as varchar) as account_code,
    cast(records."ACCOUNTID" as varchar) as account_id,
    cast(records."TAXTYPE" as varchar) as tax_type,
    cast(records."TAXAMOUNT" as numeric(28, 6)) as tax_amount,
    cast(records."LINEAMOUNT" as numeric(28, 6)) as line_amount,
    cast(records."DISCOUNTRATE" as numeric(28, 6)) as discount_rate,
    cast(records."DISCOUNTAMOUNT" as numeric(28, 6)) as discount_amount,
    cast(records."DISCOUNTENTEREDASPERCENT" as boolean) as discount_entered_as_percent,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.prepayment_line_items as records
inner join tap_xero.prepayments as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."PREPAYMENTID" = records."PREPAYMENTID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__prepayments as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."PREPAYMENTID" as varchar) as prepayment_id,
    cast(records."TYPE" as varchar) as type,
    cast(get_path(try_parse_json(to_varchar(records."CONTACT")), 'ContactID')::varchar as varchar) as contact_id,
    cast(get_path(try_parse_json(to_varchar(records."CONTACT")), 'Name')::varchar as varchar) as contact_name,
    cast(records."DATE" as date) as date,
    cast(records."STATUS" as varchar) as status,
    cast(records."LINEAMOUNTTYPES" as varchar) as line_amount_types,
    cast(records."REFERENCE" as varchar) as reference,
    cast(records."CURRENCYCODE" as varchar) as currency_code,
    cast(records."CURRENCYRATE" as numeric(28, 6)) as currency_rate,
    cast(records."SUBTOTAL" as numeric(28, 6)) as sub_total,
    cast(records."TOTALTAX" as numeric(28, 6)) as total_tax,
    cast(records."TOTAL" as numeric(28, 6)) as total,
    cast(records."REMAININGCREDIT" as numeric(28, 6)) as remaining_credit,
    cast(records."APPLIEDAMOUNT" as numeric(28, 6)) as applied_amount,
    cast(records."UPDATEDDATEUTC" as timestamp_ntz) as updated_date_utc,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.prepayments as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__tax_rate_components as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."TAXTYPE" as varchar) as tax_type,
    cast(records."_LINE" as bigint) as line,
    cast(records."NAME" as varchar) as component_name,
    cast(records."RATE" as numeric(28, 6)) as rate,
    cast(records."ISCOMPOUND" as boolean) as is_compound,
    cast(records."ISNONRECOVERABLE" as boolean) as is_non_recoverable,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.tax_rate_components as records
inner join tap_xero.tax_rates as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."TAXTYPE" = records."TAXTYPE"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__tax_rates as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."TAXTYPE" as varchar) as tax_type,
    cast(records."NAME" as varchar) as name,
    cast(records."STATUS" as varchar) as status,
    cast(records."REPORTTAXTYPE" as varchar) as report_tax_type,
    cast(records."DISPLAYTAXRATE" as numeric(28, 6)) as display_tax_rate,
    cast(records."EFFECTIVERATE" as numeric(28, 6)) as effective_rate,
    cast(records."CANAPPLYTOASSETS" as boolean) as can_apply_to_assets,
    cast(records."CANAPPLYTOEQUITY" as boolean) as can_apply_to_equity,
    cast(records."CANAPPLYTOEXPENSES" as boolean) as can_apply_to_expenses,
    cast(records."CANAPPLYTOLIABILITIES" as boolean) as can_apply_to_liabilities,
    cast(records."CANAPPLYTOREVENUE" as boolean) as can_apply_to_revenue,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.tax_rates as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__tracking_categories as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."TRACKINGCATEGORYID" as varchar) as tracking_category_id,
    cast(records."NAME" as varchar) as name,
    cast(records."STATUS" as varchar) as status,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.tracking_categories as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__tracking_options as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."TRACKINGCATEGORYID" as varchar) as tracking_category_id,
    cast(records."TRACKINGOPTIONID" as varchar) as tracking_option_id,
    cast(records."NAME" as varchar) as name,
    cast(records."STATUS" as varchar) as status,
    cast(null as boolean) as has_validation_errors,
    cast(records."ISACTIVE" as boolean) as is_active,
    cast(records."ISARCHIVED" as boolean) as is_archived,
    cast(records."ISDELETED" as boolean) as is_deleted,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.tracking_options as records
inner join tap_xero.tracking_categories as parents
    on parents."_TENANT_ID" = records."_TENANT_ID"
    and parents."TRACKINGCATEGORYID" = records."TRACKINGCATEGORYID"
    and parents."_READ_AT" = records."_READ_AT"
    and parents."_SDC_DELETED_AT" is null
where 1 = 1
    and records."_SDC_DELETED_AT" is null;

create or replace view analytics_staging.stg_xero__trial_balances as
select
    cast(records."_TENANT_ID" as varchar) as _tenant_id,
    cast(records."BASIS" as varchar) as basis,
    cast(records."DATE" as date) as date,
    cast(records."ROWKEY" as varchar) as row_key,
    cast(records."SECTION" as varchar) as section,
    cast(records."ROWTYPE" as varchar) as row_type,
    cast(records."LABEL" as varchar) as label,
    cast(records."ACCOUNTID" as varchar) as account_id,
    cast(records."ACCOUNTCODE" as varchar) as account_code,
    cast(records."ACCOUNTNAME" as varchar) as account_name,
    cast(records."ACCOUNTCLASS" as varchar) as account_class,
    cast(records."DEBIT" as numeric(28, 6)) as debit,
    cast(records."CREDIT" as numeric(28, 6)) as credit,
    cast(records."YTDDEBIT" as numeric(28, 6)) as ytd_debit,
    cast(records."YTDCREDIT" as numeric(28, 6)) as ytd_credit,
    cast(records."_READ_AT" as timestamp_ntz) as _read_at
from tap_xero.trial_balances as records
where 1 = 1
    and records."_SDC_DELETED_AT" is null
    and records."_READ_AT" = (
        select max(newest."_READ_AT")
        from tap_xero.trial_balances as newest
        where newest."_TENANT_ID" = records."_TENANT_ID"
            and newest."BASIS" = records."BASIS"
            and newest."DATE" = records."DATE"
    );

create or replace table analytics_ledger.ledger_accounts as
with typed as (
    select
        accounts.*,
        upper(coalesce(accounts.type, '')) as account_type,
        upper(coalesce(accounts.class, '')) as account_class,
        upper(coalesce(accounts.system_account, '')) as system_name
    from analytics_staging.stg_xero__accounts as accounts
)
select
    typed._tenant_id,
    typed.account_id,
    typed.code as account_code,
    typed.name as account_name,
    typed.account_class,
    typed.account_type,
    typed.status as account_status,
    nullif(typed.system_name, '') as system_account,
    typed.currency_code,
    typed.account_class in ('REVENUE', 'EXPENSE') as is_earnings,
    typed.account_class in ('ASSET', 'EXPENSE') as is_debit_account,
    case
        when typed.account_type in ('REVENUE', 'SALES') then 'Income'
        when typed.account_type = 'OTHERINCOME' then 'Plus Other Income'
        when typed.account_type = 'DIRECTCOSTS' then 'Less Cost of Sales'
        when typed.account_class = 'REVENUE' then 'Income'
        when typed.account_class = 'EXPENSE' then 'Less Operating Expenses'
        when typed.account_type = 'BANK' then 'Bank'
        when typed.account_type in ('CURRENT', 'INVENTORY', 'PREPAYMENT') then 'Current Assets'
        when typed.account_type = 'FIXED' then 'Fixed Assets'
        when typed.account_class = 'ASSET' then 'Non-current Assets'
        when typed.account_type = 'TERMLIAB' then 'Non-Current Liabilities'
        when typed.account_class = 'LIABILITY' then 'Current Liabilities'
        when typed.account_class = 'EQUITY' then 'Equity'
    end as section,
    case
        when typed.account_type in ('REVENUE', 'SALES') then 1
        when typed.account_type = 'OTHERINCOME' then 3
        when typed.account_type = 'DIRECTCOSTS' then 2
        when typed.account_class = 'REVENUE' then 1
        when typed.account_class = 'EXPENSE' then 4
        when typed.account_type = 'BANK' then 11
        when typed.account_type in ('CURRENT', 'INVENTORY', 'PREPAYMENT') then 12
        when typed.account_type = 'FIXED' then 13
        when typed.account_class = 'ASSET' then 14
        when typed.account_type = 'TERMLIAB' then 22
        when typed.account_class = 'LIABILITY' then 21
        when typed.account_class = 'EQUITY' then 31
    end as section_order,
    -- A code may be used again after its account was archived: the active account has it.
    row_number() over (
        partition by typed._tenant_id, typed.code
        order by case when typed.status = 'ACTIVE' then 0 else 1 end, typed.account_id
    ) = 1 and typed.code is not null as has_code
from typed;

create or replace table analytics_ledger.ledger_changes as
select
    journals._tenant_id,
    'accrual' as basis,
    'journals' as made_from,
    cast(date_trunc('month', journals.journal_date) as date) as month,
    journal_lines.account_id,
    max(journals.created_date_utc) as changed_at
from analytics_staging.stg_xero__journals as journals
inner join analytics_staging.stg_xero__journal_lines as journal_lines
    on journal_lines._tenant_id = journals._tenant_id
    and journal_lines.journal_id = journals.journal_id
where journals.created_date_utc is not null
group by 1, 2, 3, 4, 5
union all
select
    journals._tenant_id,
    'cash' as basis,
    'journals' as made_from,
    cast(date_trunc('month', journals.journal_date) as date) as month,
    journal_lines.account_id,
    max(journals.created_date_utc) as changed_at
from analytics_staging.stg_xero__journals_cash as journals
inner join analytics_staging.stg_xero__journals_cash_lines as journal_lines
    on journal_lines._tenant_id = journals._tenant_id
    and journal_lines.journal_id = journals.journal_id
where journals.created_date_utc is not null
group by 1, 2, 3, 4, 5
union all
select
    changes._tenant_id,
    'accrual',
    'documents',
    cast(date_trunc('month', changes.date) as date),
    cast(null as varchar),
    max(changes.changed_at)
from (
    select _tenant_id, date, updated_date_utc as changed_at from analytics_staging.stg_xero__invoices union all
    select _tenant_id, date, updated_date_utc as changed_at from analytics_staging.stg_xero__credit_notes union all
    select _tenant_id, date, updated_date_utc as changed_at from analytics_staging.stg_xero__bank_transactions union all
    select _tenant_id, date, updated_date_utc as changed_at from analytics_staging.stg_xero__prepayments union all
    select _tenant_id, date, updated_date_utc as changed_at from analytics_staging.stg_xero__overpayments union all
    select _tenant_id, date, updated_date_utc as changed_at from analytics_staging.stg_xero__payments union all
    select _tenant_id, date, updated_date_utc as changed_at from analytics_staging.stg_xero__manual_journals union all
    select _tenant_id, date, created_date_utc as changed_at from analytics_staging.stg_xero__bank_transfers
) as changes
where changes.changed_at is not null
group by 1, 4;

create or replace table analytics_ledger.ledger_line_tracking as
select
    _tenant_id,
    'invoice:' || invoice_id || ':' || coalesce(line_item_id, cast(line_no as varchar)) as line_key,
    tracking_category_id,
    tracking_option_id,
    category_name,
    option_name
from analytics_staging.stg_xero__invoice_line_item_tracking
union all
select
    _tenant_id,
    'credit_note:' || credit_note_id || ':' || coalesce(line_item_id, cast(line_no as varchar)) as line_key,
    tracking_category_id,
    tracking_option_id,
    category_name,
    option_name
from analytics_staging.stg_xero__credit_note_line_item_tracking
union all
select
    _tenant_id,
    'bank_transaction:' || bank_transaction_id || ':' || coalesce(line_item_id, cast(line_no as varchar)) as line_key,
    tracking_category_id,
    tracking_option_id,
    category_name,
    option_name
from analytics_staging.stg_xero__bank_transaction_line_item_tracking
union all
select
    _tenant_id,
    'prepayment:' || prepayment_id || ':' || coalesce(line_item_id, cast(line_no as varchar)) as line_key,
    tracking_category_id,
    tracking_option_id,
    category_name,
    option_name
from analytics_staging.stg_xero__prepayment_line_item_tracking
union all
select
    _tenant_id, 'manual_journal:' || manual_journal_id || ':' || cast(line_no as varchar),
    tracking_category_id, tracking_option_id, category_name, option_name
from analytics_staging.stg_xero__manual_journal_line_tracking
union all
select
    _tenant_id, 'accrual:' || journal_id || ':' || journal_line_id,
    tracking_category_id, tracking_option_id, category_name, option_name
from analytics_staging.stg_xero__journal_line_tracking
union all
select
    _tenant_id, 'cash:' || journal_id || ':' || journal_line_id,
    tracking_category_id, tracking_option_id, category_name, option_name
from analytics_staging.stg_xero__journals_cash_line_tracking;

create or replace table analytics_ledger.ledger_source_relations as
select
    _tenant_id,
    case _tenant_id
        when '' then ''
        else _tenant_id
    end as source_relation
from analytics_staging.stg_xero__organisations;

create or replace table analytics_ledger.ledger_sources as
with sources as (
    select _tenant_id, invoice_id as source_id, 'invoice' as document_kind, invoice_id as document_id, contact_id
    from analytics_staging.stg_xero__invoices
    union all
    select _tenant_id, credit_note_id, 'credit_note', credit_note_id, contact_id
    from analytics_staging.stg_xero__credit_notes
    union all
    select _tenant_id, bank_transaction_id, 'bank_transaction', bank_transaction_id, contact_id
    from analytics_staging.stg_xero__bank_transactions
    union all
    select _tenant_id, prepayment_id, 'prepayment', prepayment_id, contact_id
    from analytics_staging.stg_xero__prepayments
    union all
    select _tenant_id, overpayment_id, 'overpayment', overpayment_id, contact_id
    from analytics_staging.stg_xero__overpayments
    union all
    select _tenant_id, manual_journal_id, 'manual_journal', manual_journal_id, cast(null as varchar)
    from analytics_staging.stg_xero__manual_journals
    union all
    select _tenant_id, bank_transfer_id, 'bank_transfer', bank_transfer_id, cast(null as varchar)
    from analytics_staging.stg_xero__bank_transfers
    union all
    select allocations._tenant_id, allocations.allocation_id, 'credit_note', credits.credit_note_id, credits.contact_id
    from analytics_staging.stg_xero__credit_note_allocations as allocations
    inner join analytics_staging.stg_xero__credit_notes as credits
        on credits._tenant_id = allocations._tenant_id
        and credits.credit_note_id = allocations.credit_note_id
    union all
    select allocations._tenant_id, allocations.allocation_id, 'prepayment', credits.prepayment_id, credits.contact_id
    from analytics_staging.stg_xero__prepayment_allocations as allocations
    inner join analytics_staging.stg_xero__prepayments as credits
        on credits._tenant_id = allocations._tenant_id
        and credits.prepayment_id = allocations.prepayment_id
    union all
    select allocations._tenant_id, allocations.allocation_id, 'overpayment', credits.overpayment_id, credits.contact_id
    from analytics_staging.stg_xero__overpayment_allocations as allocations
    inner join analytics_staging.stg_xero__overpayments as credits
        on credits._tenant_id = allocations._tenant_id
        and credits.overpayment_id = allocations.overpayment_id
    union all
    select payments._tenant_id, payments.payment_id, 'invoice', documents.invoice_id, documents.contact_id
    from analytics_staging.stg_xero__payments as payments
    inner join analytics_staging.stg_xero__invoices as documents
        on documents._tenant_id = payments._tenant_id
        and documents.invoice_id = payments.invoice_id
    union all
    select payments._tenant_id, payments.payment_id, 'credit_note', documents.credit_note_id, documents.contact_id
    from analytics_staging.stg_xero__payments as payments
    inner join analytics_staging.stg_xero__credit_notes as documents
        on documents._tenant_id = payments._tenant_id
        and documents.credit_note_id = payments.credit_note_id
    union all
    select payments._tenant_id, payments.payment_id, 'prepayment', documents.prepayment_id, documents.contact_id
    from analytics_staging.stg_xero__payments as payments
    inner join analytics_staging.stg_xero__prepayments as documents
        on documents._tenant_id = payments._tenant_id
        and documents.prepayment_id = payments.prepayment_id
    union all
    select payments._tenant_id, payments.payment_id, 'overpayment', documents.overpayment_id, documents.contact_id
    from analytics_staging.stg_xero__payments as payments
    inner join analytics_staging.stg_xero__overpayments as documents
        on documents._tenant_id = payments._tenant_id
        and documents.overpayment_id = payments.overpayment_id
), turns as (
    select
        sources.*,
        row_number() over (
            partition by sources._tenant_id, sources.source_id order by sources.document_kind, sources.document_id
        ) as turn
    from sources
    where sources.source_id is not null
)
select _tenant_id, source_id, document_kind, document_id, contact_id
from turns
where turn = 1;

create or replace table analytics_ledger.ledger_trial_balances as
with dated as (
    select
        balances._tenant_id,
        lower(balances.basis) as basis,
        cast(date_trunc('month', balances.date) as date) as month,
        balances.date as balance_date,
        balances.account_id,
        balances.account_code,
        balances.account_name,
        coalesce(balances.debit, 0) - coalesce(balances.credit, 0) as movement,
        coalesce(balances.ytd_debit, 0) - coalesce(balances.ytd_credit, 0) as balance,
        balances._read_at
    from analytics_staging.stg_xero__trial_balances as balances
    where balances.account_id is not null
), latest as (
    select
        dated.*,
        max(dated.balance_date) over (
            partition by dated._tenant_id, dated.basis, dated.month
        ) as latest_date
    from dated
)
select
    _tenant_id,
    basis,
    month,
    balance_date,
    account_id,
    max(account_code) as account_code,
    max(account_name) as account_name,
    cast(sum(movement) as numeric(20, 2)) as movement,
    cast(sum(balance) as numeric(20, 2)) as balance,
    max(_read_at) as read_at
from latest
where balance_date = latest_date
group by 1, 2, 3, 4, 5;

create or replace view analytics_fivetran.account as
select
    records._tenant_id,
    organisations.source_relation,
    records.account_id,
    records.bank_account_number,
    records.bank_account_type,
    records.class,
    records.code,
    records.currency_code,
    records.description,
    records.enable_payments_to_account,
    records.has_attachments,
    records.name,
    records.reporting_code,
    records.reporting_code_name,
    records.show_in_expense_claims,
    records.status,
    records.system_account,
    records.tax_type,
    records.type,
    records.updated_date_utc,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__accounts as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.bank_transaction as
select
    records._tenant_id,
    organisations.source_relation,
    records.bank_account_id,
    records.bank_transaction_id,
    records.batch_payment_id as batch_payment_batch_payment_id,
    records.batch_payment_date,
    records.batch_payment_id,
    records.batch_payment_is_reconciled,
    records.batch_payment_status,
    cast(records.batch_payment_total_amount as float) as batch_payment_total_amount,
    records.batch_payment_type,
    records.batch_payment_updated_date_utc,
    records.contact_id,
    records.currency_code,
    records.currency_rate,
    records.date,
    cast(null as varchar) as external_link_provider_name,
    records.has_attachments,
    records.is_reconciled,
    records.line_amount_types,
    records.overpayment_id,
    records.prepayment_id,
    records.reference,
    records.status,
    records.sub_total,
    records.total,
    records.total_tax,
    records.type,
    records.updated_date_utc,
    records.url,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__bank_transactions as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.contact as
select
    records._tenant_id,
    organisations.source_relation,
    false as _fivetran_deleted,
    records.account_number,
    records.accounts_payable_tax_type,
    records.accounts_receivable_tax_type,
    records.balances_accounts_payable_outstanding,
    records.balances_accounts_payable_overdue,
    records.balances_accounts_receivable_outstanding,
    records.balances_accounts_receivable_overdue,
    records.bank_account_details,
    records.batch_payments_bank_account_name,
    records.batch_payments_bank_account_number,
    records.batch_payments_code,
    records.batch_payments_details,
    records.batch_payments_reference,
    records.branding_theme_id,
    records.contact_id,
    records.contact_number,
    records.contact_status,
    records.default_currency,
    cast(records.discount as bigint) as discount,
    records.email_address,
    records.first_name,
    records.has_attachments,
    records.has_validation_errors,
    records.is_customer,
    records.is_supplier,
    records.last_name,
    records.name,
    records.purchases_default_account_code,
    records.sales_default_account_code,
    records.skype_user_name,
    records.tax_number,
    records.updated_date_utc,
    records.website,
    records.xero_network_key,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__contacts as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.credit_note as
select
    records._tenant_id,
    organisations.source_relation,
    records.applied_amount,
    records.branding_theme_id,
    records.contact_id,
    records.credit_note_id,
    records.credit_note_number,
    records.currency_code,
    records.currency_rate,
    records.date,
    records.due_date,
    records.fully_paid_on_date,
    records.has_attachments,
    records.line_amount_types,
    records.reference,
    records.remaining_credit,
    records.sent_to_contact,
    records.status,
    records.sub_total,
    records.total,
    records.total_tax,
    records.type,
    records.updated_date_utc,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__credit_notes as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.invoice as
select
    records._tenant_id,
    organisations.source_relation,
    records.amount_credited,
    records.amount_due,
    records.amount_paid,
    records.branding_theme_id,
    records.cis_deduction as cisdeduction,
    records.contact_id,
    records.currency_code,
    records.currency_rate,
    records.date,
    records.due_date,
    cast(records.expected_payment_date as timestamp_ntz) as expected_payment_date,
    records.fully_paid_on_date,
    records.has_attachments,
    records.has_errors,
    records.invoice_id,
    records.invoice_number,
    records.is_discounted,
    records.line_amount_types,
    cast(records.planned_payment_date as timestamp_ntz) as planned_payment_date,
    records.reference,
    records.sent_to_contact,
    records.status,
    records.sub_total,
    records.total,
    records.total_tax,
    records.type,
    records.updated_date_utc,
    records.url,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__invoices as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.invoice_line_item as
select
    records._tenant_id,
    organisations.source_relation,
    -- The code now: dbt_xero finds the account by it, and a line keeps the code that it was read with.
    coalesce(accounts.account_code, records.account_code) as account_code,
    records.description,
    records.discount_entered_as_percent,
    cast(records.discount_rate as bigint) as discount_rate,
    records.invoice_id,
    records.item_code,
    records.line_amount,
    records.line_item_id,
    records.quantity,
    records.tax_amount,
    records.tax_type,
    records.unit_amount,
    cast(null as varchar) as validation_errors,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__invoice_line_items as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id
left join analytics_ledger.ledger_accounts as accounts
    on accounts._tenant_id = records._tenant_id
    and accounts.account_id = records.account_id;

create or replace view analytics_fivetran.invoice_line_item_has_tracking_category as
select
    records._tenant_id,
    organisations.source_relation,
    records.invoice_id,
    records.line_item_id,
    records.option_name as option,
    records.tracking_category_id,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__invoice_line_item_tracking as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.journal as
select
    records._tenant_id,
    organisations.source_relation,
    records.created_date_utc,
    records.journal_date,
    records.journal_id,
    records.journal_number,
    records.reference,
    records.source_id,
    records.source_type,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__journals as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.journal_cash as
select
    records._tenant_id,
    organisations.source_relation,
    records.created_date_utc,
    records.journal_date,
    records.journal_id,
    records.journal_number,
    records.reference,
    records.source_id,
    records.source_type,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__journals_cash as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.journal_cash_line as
select
    records._tenant_id,
    organisations.source_relation,
    records.account_code,
    records.account_id,
    records.account_name,
    records.account_type,
    records.description,
    records.gross_amount,
    records.journal_id,
    records.journal_line_id,
    records.net_amount,
    records.tax_amount,
    records.tax_name,
    records.tax_type,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__journals_cash_lines as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.journal_cash_line_has_tracking_category as
select
    records._tenant_id,
    organisations.source_relation,
    records.journal_id,
    records.journal_line_id,
    records.option_name as option,
    records.tracking_category_id,
    records.tracking_option_id as tracking_category_option_id,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__journals_cash_line_tracking as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.journal_line as
select
    records._tenant_id,
    organisations.source_relation,
    records.account_code,
    records.account_id,
    records.account_name,
    records.account_type,
    records.description,
    records.gross_amount,
    records.journal_id,
    records.journal_line_id,
    records.net_amount,
    records.tax_amount,
    records.tax_name,
    records.tax_type,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__journal_lines as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.journal_line_has_tracking_category as
select
    records._tenant_id,
    organisations.source_relation,
    records.journal_id,
    records.journal_line_id,
    records.option_name as option,
    records.tracking_category_id,
    records.tracking_option_id as tracking_category_option_id,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__journal_line_tracking as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.organization as
select
    records._tenant_id,
    organisations.source_relation,
    records.api_key as apikey,
    records.base_currency,
    records.class,
    records.country_code,
    records.created_date_utc,
    records.default_purchases_tax,
    records.default_sales_tax,
    records.edition,
    records.employer_identification_number,
    records.end_of_year_lock_date,
    records.financial_year_end_day,
    records.financial_year_end_month,
    records.is_demo_company,
    records.legal_name,
    records.line_of_business,
    records.name,
    records.organisation_entity_type,
    records.organisation_id,
    records.organisation_status,
    records.organisation_type,
    records.pays_tax,
    records.period_lock_date,
    records.registration_number,
    records.sales_tax_basis,
    records.sales_tax_period,
    records.short_code,
    records.tax_number,
    records.tax_number_name,
    records.timezone,
    records.version,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__organisations as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.tracking_category as
select
    records._tenant_id,
    organisations.source_relation,
    records.name,
    records.status,
    records.tracking_category_id,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__tracking_categories as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.tracking_category_has_option as
select
    records._tenant_id,
    organisations.source_relation,
    records.tracking_category_id,
    records.tracking_option_id,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__tracking_options as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace view analytics_fivetran.tracking_category_option as
select
    records._tenant_id,
    organisations.source_relation,
    records.has_validation_errors,
    coalesce(records.is_active, upper(records.status) = 'ACTIVE') as is_active,
    coalesce(records.is_archived, upper(records.status) = 'ARCHIVED') as is_archived,
    coalesce(records.is_deleted, upper(records.status) = 'DELETED') as is_deleted,
    records.name,
    records.status,
    records.tracking_option_id,
    records._read_at as _fivetran_synced
from analytics_staging.stg_xero__tracking_options as records
inner join analytics_ledger.ledger_source_relations as organisations
    on organisations._tenant_id = records._tenant_id;

create or replace table analytics_ledger.ledger_documents as
with documents as (
    select
        _tenant_id,
        'invoice' as document_kind,
        invoice_id as document_id,
        upper(type) as document_type,
        invoice_number as document_number,
        reference,
        contact_id,
        contact_name,
        date as document_date,
        due_date,
        line_amount_types,
        currency_code,
        currency_rate,
        total,
        sub_total + total_tax as total_of_lines,
        cast(null as varchar) as bank_account_id
    from analytics_staging.stg_xero__invoices
    where upper(status) in ('AUTHORISED', 'PAID')
    union all
    select
        _tenant_id,
        'credit_note',
        credit_note_id,
        upper(type),
        credit_note_number,
        reference,
        contact_id,
        contact_name,
        date,
        due_date,
        line_amount_types,
        currency_code,
        currency_rate,
        total,
        sub_total + total_tax,
        cast(null as varchar)
    from analytics_staging.stg_xero__credit_notes
    where upper(status) in ('AUTHORISED', 'PAID')
    union all
    -- A transfer's two bank transactions are told by the transfer.
    select
        _tenant_id,
        'bank_transaction',
        bank_transaction_id,
        upper(type),
        cast(null as varchar),
        reference,
        contact_id,
        contact_name,
        date,
        cast(null as date),
        line_amount_types,
        currency_code,
        currency_rate,
        total,
        sub_total + total_tax,
        bank_account_id
    from analytics_staging.stg_xero__bank_transactions
    where upper(status) = 'AUTHORISED'
        and upper(type) not in ('SPEND-TRANSFER', 'RECEIVE-TRANSFER')
    union all
    select
        _tenant_id,
        'prepayment',
        prepayment_id,
        upper(type),
        cast(null as varchar),
        reference,
        contact_id,
        contact_name,
        date,
        cast(null as date),
        line_amount_types,
        currency_code,
        currency_rate,
        total,
        sub_total + total_tax,
        cast(null as varchar)
    from analytics_staging.stg_xero__prepayments
    where upper(status) in ('AUTHORISED', 'PAID')
    union all
    select
        _tenant_id,
        'overpayment',
        overpayment_id,
        upper(type),
        cast(null as varchar),
        reference,
        contact_id,
        contact_name,
        date,
        cast(null as date),
        line_amount_types,
        currency_code,
        currency_rate,
        total,
        sub_total + total_tax,
        cast(null as varchar)
    from analytics_staging.stg_xero__overpayments
    where upper(status) in ('AUTHORISED', 'PAID')
)
select
    documents._tenant_id,
    documents.document_kind,
    documents.document_id,
    documents.document_type,
    documents.document_number,
    documents.reference,
    documents.contact_id,
    documents.contact_name,
    documents.document_date,
    documents.due_date,
    upper(coalesce(documents.line_amount_types, 'NOTAX')) = 'INCLUSIVE' as amounts_include_tax,
    documents.currency_code,
    coalesce(nullif(documents.currency_rate, 0), 1) as currency_rate,
    coalesce(documents.total, 0) as total,
    cast(coalesce(documents.total_of_lines, documents.total, 0) as numeric(28, 6)) as total_of_lines,
    cast(round(cast((coalesce(documents.total, 0)) / nullif(coalesce(nullif(documents.currency_rate, 0), 1), 0) as numeric(34, 8)), 2) as numeric(20, 2)) as total_base,
    -- The account against which the lines stand: receivables, payables or the bank.
    coalesce(documents.bank_account_id, controls.account_id) as own_account_id,
    controls.account_id as control_account_id,
    -- 1 if the document debits its own account, else -1.
    case
        when documents.document_type in ('ACCREC', 'ACCPAYCREDIT') then 1
        when documents.document_type like 'RECEIVE%' then 1
        else -1
    end as own_sign,
    -- 1 if what is left of the document is a debit on receivables or payables, else -1.
    case
        when documents.document_type in ('ACCREC', 'ACCPAYCREDIT') then 1
        when documents.document_type like 'SPEND%' then 1
        else -1
    end as outstanding_sign,
    case
        when documents.document_type like 'ACCREC%' or documents.document_type like 'RECEIVE%'
            then 'receivable'
        else 'payable'
    end as ledger_side
from documents
left join analytics_ledger.ledger_accounts as controls
    on controls._tenant_id = documents._tenant_id
    and controls.system_account = case
        when documents.document_type like 'ACCREC%' or documents.document_type like 'RECEIVE%'
            then 'DEBTORS'
        else 'CREDITORS'
    end;

create or replace table analytics_ledger.ledger_from_journals as
with lines as (
    select
        journals._tenant_id,
        'accrual' as basis,
        journals.journal_id,
        journals.journal_date,
        upper(journals.source_type) as source_type,
        coalesce(journals.source_id, journals.journal_id) as source_id,
        journals.reference,
        journal_lines.line,
        journal_lines.journal_line_id,
        journal_lines.account_id,
        journal_lines.net_amount,
        journal_lines.tax_amount,
        journal_lines.tax_type,
        journal_lines.description
    from analytics_staging.stg_xero__journals as journals
    inner join analytics_staging.stg_xero__journal_lines as journal_lines
        on journal_lines._tenant_id = journals._tenant_id
        and journal_lines.journal_id = journals.journal_id
    union all
    select
        journals._tenant_id,
        'cash' as basis,
        journals.journal_id,
        journals.journal_date,
        upper(journals.source_type) as source_type,
        coalesce(journals.source_id, journals.journal_id) as source_id,
        journals.reference,
        journal_lines.line,
        journal_lines.journal_line_id,
        journal_lines.account_id,
        journal_lines.net_amount,
        journal_lines.tax_amount,
        journal_lines.tax_type,
        journal_lines.description
    from analytics_staging.stg_xero__journals_cash as journals
    inner join analytics_staging.stg_xero__journals_cash_lines as journal_lines
        on journal_lines._tenant_id = journals._tenant_id
        and journal_lines.journal_id = journals.journal_id
)
select
    lines._tenant_id,
    lines.basis,
    'journals' as made_from,
    lines.basis || ':' || lines.journal_id || ':' || cast(lines.line as varchar) as entry_id,
    lines.journal_date as entry_date,
    lines.source_type,
    lines.source_id,
    sources.document_kind,
    sources.document_id,
    lines.basis || ':' || lines.journal_id || ':' || lines.journal_line_id as line_key,
    lines.account_id,
    cast(coalesce(lines.net_amount, 0) as numeric(20, 2)) as net_amount,
    cast(coalesce(lines.tax_amount, 0) as numeric(20, 2)) as tax_amount,
    nullif(lines.tax_type, '') as tax_type,
    lines.description,
    lines.reference,
    sources.contact_id
from lines
left join analytics_ledger.ledger_sources as sources
    on sources._tenant_id = lines._tenant_id
    and sources.source_id = lines.source_id;

create or replace table analytics_ledger.ledger_document_lines as
with lines as (
    select
        _tenant_id,
        'invoice' as document_kind,
        invoice_id as document_id,
        line,
        coalesce(line_item_id, cast(line as varchar)) as line_id,
        description,
        item_code,
        item_id,
        quantity,
        unit_amount,
        line_amount,
        tax_amount,
        tax_type,
        account_id,
        account_code
    from analytics_staging.stg_xero__invoice_line_items
    union all
    select
        _tenant_id,
        'credit_note' as document_kind,
        credit_note_id as document_id,
        line,
        coalesce(line_item_id, cast(line as varchar)) as line_id,
        description,
        item_code,
        item_id,
        quantity,
        unit_amount,
        line_amount,
        tax_amount,
        tax_type,
        account_id,
        account_code
    from analytics_staging.stg_xero__credit_note_line_items
    union all
    select
        _tenant_id,
        'bank_transaction' as document_kind,
        bank_transaction_id as document_id,
        line,
        coalesce(line_item_id, cast(line as varchar)) as line_id,
        description,
        item_code,
        item_id,
        quantity,
        unit_amount,
        line_amount,
        tax_amount,
        tax_type,
        account_id,
        account_code
    from analytics_staging.stg_xero__bank_transaction_line_items
    union all
    select
        _tenant_id,
        'prepayment' as document_kind,
        prepayment_id as document_id,
        line,
        coalesce(line_item_id, cast(line as varchar)) as line_id,
        description,
        item_code,
        item_id,
        quantity,
        unit_amount,
        line_amount,
        tax_amount,
        tax_type,
        account_id,
        account_code
    from analytics_staging.stg_xero__prepayment_line_items
    union all
    select
        _tenant_id,
        'manual_journal',
        manual_journal_id,
        line,
        cast(line as varchar),
        description,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as numeric(28, 6)),
        cast(null as numeric(28, 6)),
        line_amount,
        tax_amount,
        tax_type,
        account_id,
        account_code
    from analytics_staging.stg_xero__manual_journal_lines
), inclusive as (
    select _tenant_id, document_kind, document_id, amounts_include_tax
    from analytics_ledger.ledger_documents
    union all
    select
        _tenant_id,
        'manual_journal',
        manual_journal_id,
        upper(coalesce(line_amount_types, 'NOTAX')) = 'INCLUSIVE'
    from analytics_staging.stg_xero__manual_journals
    where upper(status) = 'POSTED'
)
select
    lines._tenant_id,
    lines.document_kind,
    lines.document_id,
    lines.line,
    lines.line_id,
    lines.document_kind || ':' || lines.document_id || ':' || lines.line_id as line_key,
    lines.description,
    lines.item_code,
    lines.item_id,
    lines.quantity,
    lines.unit_amount,
    cast(
        coalesce(lines.line_amount, 0)
        - case when inclusive.amounts_include_tax then coalesce(lines.tax_amount, 0) else 0 end
     as numeric(28, 6)) as net_amount,
    coalesce(lines.tax_amount, 0) as tax_amount,
    lines.tax_type,
    coalesce(lines.account_id, codes.account_id) as account_id
from lines
inner join inclusive
    on inclusive._tenant_id = lines._tenant_id
    and inclusive.document_kind = lines.document_kind
    and inclusive.document_id = lines.document_id
left join analytics_ledger.ledger_accounts as codes
    on codes._tenant_id = lines._tenant_id
    and codes.account_code = lines.account_code
    and codes.has_code;

create or replace table analytics_ledger.ledger_made_from as
select
    organisations._tenant_id,
    'documents' as made_from
from analytics_staging.stg_xero__organisations as organisations
left join (
    select distinct _tenant_id
    from analytics_ledger.ledger_from_journals
    where basis = 'accrual'
) as journals
    on journals._tenant_id = organisations._tenant_id;

create or replace table analytics_ledger.ledger_settlements as
with events as (
    select
        _tenant_id,
        'invoice' as document_kind,
        invoice_id as document_id,
        'payment' as event_kind,
        payment_id as event_id,
        date as event_date,
        amount,
        account_id as bank_account_id,
        coalesce(nullif(currency_rate, 0), 1) as payment_rate,
        upper(payment_type) as payment_type,
        reference
    from analytics_staging.stg_xero__payments
    where invoice_id is not null
        and upper(status) = 'AUTHORISED'
    union all
    select
        _tenant_id,
        'credit_note' as document_kind,
        credit_note_id as document_id,
        'payment' as event_kind,
        payment_id as event_id,
        date as event_date,
        amount,
        account_id as bank_account_id,
        coalesce(nullif(currency_rate, 0), 1) as payment_rate,
        upper(payment_type) as payment_type,
        reference
    from analytics_staging.stg_xero__payments
    where credit_note_id is not null
        and upper(status) = 'AUTHORISED'
    union all
    select
        _tenant_id,
        'prepayment' as document_kind,
        prepayment_id as document_id,
        'payment' as event_kind,
        payment_id as event_id,
        date as event_date,
        amount,
        account_id as bank_account_id,
        coalesce(nullif(currency_rate, 0), 1) as payment_rate,
        upper(payment_type) as payment_type,
        reference
    from analytics_staging.stg_xero__payments
    where prepayment_id is not null
        and upper(status) = 'AUTHORISED'
    union all
    select
        _tenant_id,
        'overpayment' as document_kind,
        overpayment_id as document_id,
        'payment' as event_kind,
        payment_id as event_id,
        date as event_date,
        amount,
        account_id as bank_account_id,
        coalesce(nullif(currency_rate, 0), 1) as payment_rate,
        upper(payment_type) as payment_type,
        reference
    from analytics_staging.stg_xero__payments
    where overpayment_id is not null
        and upper(status) = 'AUTHORISED'
    union all
    select
        _tenant_id,
        'credit_note',
        credit_note_id,
        'allocation',
        coalesce(allocation_id, 'credit_note:' || credit_note_id || ':' || cast(line as varchar)),
        date,
        amount,
        cast(null as varchar),
        1,
        cast(null as varchar),
        cast(null as varchar)
    from analytics_staging.stg_xero__credit_note_allocations
    where not coalesce(is_deleted, false)
    union all
    select
        _tenant_id,
        'invoice',
        invoice_id,
        'allocation',
        coalesce(allocation_id, 'credit_note:' || credit_note_id || ':' || cast(line as varchar)),
        date,
        amount,
        cast(null as varchar),
        1,
        cast(null as varchar),
        cast(null as varchar)
    from analytics_staging.stg_xero__credit_note_allocations
    where not coalesce(is_deleted, false)
    union all
    select
        _tenant_id,
        'prepayment',
        prepayment_id,
        'allocation',
        coalesce(allocation_id, 'prepayment:' || prepayment_id || ':' || cast(line as varchar)),
        date,
        amount,
        cast(null as varchar),
        1,
        cast(null as varchar),
        cast(null as varchar)
    from analytics_staging.stg_xero__prepayment_allocations
    where not coalesce(is_deleted, false)
    union all
    select
        _tenant_id,
        'invoice',
        invoice_id,
        'allocation',
        coalesce(allocation_id, 'prepayment:' || prepayment_id || ':' || cast(line as varchar)),
        date,
        amount,
        cast(null as varchar),
        1,
        cast(null as varchar),
        cast(null as varchar)
    from analytics_staging.stg_xero__prepayment_allocations
    where not coalesce(is_deleted, false)
    union all
    select
        _tenant_id,
        'overpayment',
        overpayment_id,
        'allocation',
        coalesce(allocation_id, 'overpayment:' || overpayment_id || ':' || cast(line as varchar)),
        date,
        amount,
        cast(null as varchar),
        1,
        cast(null as varchar),
        cast(null as varchar)
    from analytics_staging.stg_xero__overpayment_allocations
    where not coalesce(is_deleted, false)
    union all
    select
        _tenant_id,
        'invoice',
        invoice_id,
        'allocation',
        coalesce(allocation_id, 'overpayment:' || overpayment_id || ':' || cast(line as varchar)),
        date,
        amount,
        cast(null as varchar),
        1,
        cast(null as varchar),
        cast(null as varchar)
    from analytics_staging.stg_xero__overpayment_allocations
    where not coalesce(is_deleted, false)
), running as (
    select
        events.*,
        documents.document_type,
        documents.outstanding_sign,
        documents.currency_rate,
        documents.control_account_id,
        documents.contact_id,
        documents.total,
        documents.total_base,
        row_number() over (
            partition by events._tenant_id, events.document_kind, events.document_id
            order by events.event_date, events.event_kind, events.event_id
        ) as sequence,
        cast(
            documents.total - sum(events.amount) over (
                partition by events._tenant_id, events.document_kind, events.document_id
                order by events.event_date, events.event_kind, events.event_id
                rows between unbounded preceding and current row
            )
         as numeric(28, 6)) as outstanding
    from events
    inner join analytics_ledger.ledger_documents as documents
        on documents._tenant_id = events._tenant_id
        and documents.document_kind = events.document_kind
        and documents.document_id = events.document_id
), in_base as (
    select
        running.*,
        cast(round(cast((running.outstanding) / nullif(coalesce(nullif(running.currency_rate, 0), 1), 0) as numeric(34, 8)), 2) as numeric(20, 2)) as outstanding_base
    from running
)
select
    in_base.*,
    cast(
        in_base.outstanding_base - coalesce(
            lag(in_base.outstanding_base) over (
                partition by in_base._tenant_id, in_base.document_kind, in_base.document_id
                order by in_base.sequence
            ),
            in_base.total_base
        )
     as numeric(20, 2)) as change_base
from in_base;

create or replace table analytics_ledger.ledger_tax_parts as
with rates as (
    select
        components._tenant_id,
        components.tax_type,
        components.line as component,
        components.component_name,
        coalesce(components.is_non_recoverable, false) as is_non_recoverable,
        -- A compound component is on top of the others.
        case
            when coalesce(components.is_compound, false) then components.rate * (
                1 + sum(case when coalesce(components.is_compound, false) then 0 else components.rate end)
                    over (partition by components._tenant_id, components.tax_type) / 100
            )
            else components.rate
        end as rate
    from analytics_staging.stg_xero__tax_rate_components as components
), weights as (
    select
        rates.*,
        sum(rates.rate) over (partition by rates._tenant_id, rates.tax_type) as rate_of_all,
        row_number() over (partition by rates._tenant_id, rates.tax_type order by rates.component) as turn_of_component
    from rates
), spread as (
select
    turns.*,
    cast(
        turns.rounded + case
            when turns.turn <= turns.cents_left then 0.01
            when turns.turn <= -turns.cents_left then -0.01
            else 0
        end as numeric(20, 2)
    ) as share
from (
    select
        remainders.*,
        row_number() over (
            partition by _tenant_id, document_kind, document_id, line_id
            order by
                case
                    when remainders.cents_left > 0 then remainders.rounded - remainders.exact
                    else remainders.exact - remainders.rounded
                end,
                component
        ) as turn
    from (
        select
            cents.*,
            cast(
                round((cents.total - sum(cents.rounded) over (partition by _tenant_id, document_kind, document_id, line_id)) * 100, 0)
                as bigint
            ) as cents_left
        from (
            select
                exacts.*,
                cast(round(exacts.exact, 2) as numeric(20, 2)) as rounded
            from (
        select
            lines._tenant_id,
            lines.document_kind,
            lines.document_id,
            lines.line,
            lines.line_id,
            lines.tax_amount as total,
            coalesce(weights.component, 0) as component,
            weights.component_name,
            coalesce(weights.is_non_recoverable, false) as is_non_recoverable,
            case
                when weights.component is null then lines.tax_amount
                when weights.rate_of_all <> 0
                    then cast((lines.tax_amount * weights.rate) / nullif(weights.rate_of_all, 0) as numeric(34, 8))
                when weights.turn_of_component = 1 then lines.tax_amount
                else 0
            end as exact
        from analytics_ledger.ledger_document_lines as lines
        left join weights
            on weights._tenant_id = lines._tenant_id
            and weights.tax_type = lines.tax_type
        where lines.tax_amount <> 0
) as exacts
        ) as cents
    ) as remainders
) as turns
)
select
    _tenant_id,
    document_kind,
    document_id,
    line,
    line_id,
    component,
    component_name,
    is_non_recoverable,
    share as tax_amount
from spread;

create or replace table analytics.open_items as
select
    documents._tenant_id,
    documents.ledger_side,
    documents.document_kind,
    documents.document_id,
    documents.document_type,
    documents.document_number,
    documents.reference,
    documents.contact_id,
    coalesce(contacts.name, documents.contact_name) as contact_name,
    documents.document_date,
    coalesce(documents.due_date, documents.document_date) as due_date,
    documents.currency_code,
    documents.document_date as change_date,
    'document' as change_kind,
    documents.document_id as change_id,
    cast(
        case when documents.ledger_side = 'receivable' then 1 else -1 end
        * documents.outstanding_sign * documents.total
     as numeric(28, 6)) as amount,
    cast(
        case when documents.ledger_side = 'receivable' then 1 else -1 end
        * documents.outstanding_sign * documents.total_base
     as numeric(20, 2)) as amount_base,
    documents.document_kind <> 'prepayment' as is_on_control_account
from analytics_ledger.ledger_documents as documents
left join analytics_staging.stg_xero__contacts as contacts
    on contacts._tenant_id = documents._tenant_id
    and contacts.contact_id = documents.contact_id
where documents.document_kind in ('invoice', 'credit_note', 'prepayment', 'overpayment')
union all
select
    documents._tenant_id,
    documents.ledger_side,
    documents.document_kind,
    documents.document_id,
    documents.document_type,
    documents.document_number,
    documents.reference,
    documents.contact_id,
    coalesce(contacts.name, documents.contact_name),
    documents.document_date,
    coalesce(documents.due_date, documents.document_date),
    documents.currency_code,
    settlements.event_date,
    settlements.event_kind,
    settlements.event_id,
    cast(
        - case when documents.ledger_side = 'receivable' then 1 else -1 end
        * documents.outstanding_sign * settlements.amount
     as numeric(28, 6)),
    cast(
        case when documents.ledger_side = 'receivable' then 1 else -1 end
        * documents.outstanding_sign * settlements.change_base
     as numeric(20, 2)),
    documents.document_kind <> 'prepayment'
from analytics_ledger.ledger_settlements as settlements
inner join analytics_ledger.ledger_documents as documents
    on documents._tenant_id = settlements._tenant_id
    and documents.document_kind = settlements.document_kind
    and documents.document_id = settlements.document_id
left join analytics_staging.stg_xero__contacts as contacts
    on contacts._tenant_id = documents._tenant_id
    and contacts.contact_id = documents.contact_id;

create or replace table analytics_ledger.ledger_line_parts as
with recoverable as (
    select
        _tenant_id,
        document_kind,
        document_id,
        line_id,
        sum(case when is_non_recoverable then 0 else tax_amount end) as recoverable_tax,
        sum(case when is_non_recoverable then tax_amount else 0 end) as lost_tax
    from analytics_ledger.ledger_tax_parts
    group by 1, 2, 3, 4
), parts as (
    select
        lines._tenant_id,
        lines.document_kind,
        lines.document_id,
        lines.line,
        0 as component,
        lines.line_id,
        lines.line_key,
        lines.account_id,
        lines.description,
        lines.tax_type,
        cast(lines.net_amount + coalesce(recoverable.lost_tax, 0) as numeric(28, 6)) as net_amount,
        cast(coalesce(recoverable.recoverable_tax, 0) as numeric(20, 2)) as tax_amount
    from analytics_ledger.ledger_document_lines as lines
    left join recoverable
        on recoverable._tenant_id = lines._tenant_id
        and recoverable.document_kind = lines.document_kind
        and recoverable.document_id = lines.document_id
        and recoverable.line_id = lines.line_id
    where lines.account_id is not null
    union all
    select
        taxes._tenant_id,
        taxes.document_kind,
        taxes.document_id,
        taxes.line,
        taxes.component + 1,
        taxes.line_id,
        cast(null as varchar),
        tax_accounts.account_id,
        taxes.component_name,
        cast(null as varchar),
        taxes.tax_amount,
        0
    from analytics_ledger.ledger_tax_parts as taxes
    left join analytics_ledger.ledger_accounts as tax_accounts
        on tax_accounts._tenant_id = taxes._tenant_id
        and tax_accounts.system_account = 'GST'
    where not taxes.is_non_recoverable
        and taxes.tax_amount <> 0
), sums as (
    select _tenant_id, document_kind, document_id, sum(net_amount) as net_amount
    from parts
    group by 1, 2, 3
)
select * from parts
union all
-- What a document's total has more than its lines stands on Xero's rounding account.
select
    documents._tenant_id,
    documents.document_kind,
    documents.document_id,
    1000000,
    0,
    'rounding',
    cast(null as varchar),
    rounding.account_id,
    'Rounding',
    cast(null as varchar),
    cast(documents.total - sums.net_amount as numeric(28, 6)),
    0
from analytics_ledger.ledger_documents as documents
inner join sums
    on sums._tenant_id = documents._tenant_id
    and sums.document_kind = documents.document_kind
    and sums.document_id = documents.document_id
inner join analytics_ledger.ledger_accounts as rounding
    on rounding._tenant_id = documents._tenant_id
    and rounding.system_account = 'ROUNDING'
where documents.document_type not like '%OVERPAYMENT'
    and documents.total <> sums.net_amount;

create or replace table analytics_ledger.ledger_line_shares as
with positions as (
    select
        _tenant_id, document_kind, document_id, 0 as sequence, total, total as amount,
        total_base as amount_base, currency_rate, own_sign
    from analytics_ledger.ledger_documents
    where document_type not like '%OVERPAYMENT'
    union all
    select
        settlements._tenant_id, settlements.document_kind, settlements.document_id,
        settlements.sequence, settlements.total, settlements.outstanding,
        settlements.outstanding_base, settlements.currency_rate, - settlements.outstanding_sign
    from analytics_ledger.ledger_settlements as settlements
    where settlements.document_kind = 'prepayment'
), spread as (
select
    turns.*,
    cast(
        turns.rounded + case
            when turns.turn <= turns.cents_left then 0.01
            when turns.turn <= -turns.cents_left then -0.01
            else 0
        end as numeric(20, 2)
    ) as share
from (
    select
        remainders.*,
        row_number() over (
            partition by _tenant_id, document_kind, document_id, sequence
            order by
                case
                    when remainders.cents_left > 0 then remainders.rounded - remainders.exact
                    else remainders.exact - remainders.rounded
                end,
                line, component
        ) as turn
    from (
        select
            cents.*,
            cast(
                round((cents.total - sum(cents.rounded) over (partition by _tenant_id, document_kind, document_id, sequence)) * 100, 0)
                as bigint
            ) as cents_left
        from (
            select
                exacts.*,
                cast(round(exacts.exact, 2) as numeric(20, 2)) as rounded
            from (
        select
            parts.*,
            positions.sequence,
            - positions.own_sign as line_sign,
            positions.amount_base as total,
            case
                when positions.currency_rate = 1 and positions.amount = positions.total
                    then parts.net_amount
                when positions.total = 0
                    then cast((parts.net_amount) / nullif(positions.currency_rate, 0) as numeric(34, 8))
                else cast((parts.net_amount * positions.amount) / nullif((positions.total * positions.currency_rate), 0) as numeric(34, 8))
            end as exact,
            case
                when positions.total = 0
                    then cast(round(cast((parts.tax_amount) / nullif(coalesce(nullif(positions.currency_rate, 0), 1), 0) as numeric(34, 8)), 2) as numeric(20, 2))
                else cast(round(cast((parts.tax_amount * positions.amount) / nullif(coalesce(nullif((positions.total * positions.currency_rate), 0), 1), 0) as numeric(34, 8)), 2) as numeric(20, 2))
            end as tax_base
        from analytics_ledger.ledger_line_parts as parts
        inner join positions
            on positions._tenant_id = parts._tenant_id
            and positions.document_kind = parts.document_kind
            and positions.document_id = parts.document_id
) as exacts
        ) as cents
    ) as remainders
) as turns
)
select
    _tenant_id,
    document_kind,
    document_id,
    sequence,
    line,
    component,
    line_id,
    line_key,
    account_id,
    description,
    tax_type,
    cast(line_sign * share as numeric(20, 2)) as net_amount,
    cast(line_sign * tax_base as numeric(20, 2)) as tax_amount
from spread;

create or replace table analytics_ledger.ledger_from_documents as
with documents as (
    select
        documents.*,
        case documents.document_type
            when 'ACCRECCREDIT' then 'ACCRECCREDIT'
            when 'ACCPAYCREDIT' then 'ACCPAYCREDIT'
            when 'RECEIVE-PREPAYMENT' then 'ARPREPAYMENT'
            when 'SPEND-PREPAYMENT' then 'APPREPAYMENT'
            when 'RECEIVE-OVERPAYMENT' then 'AROVERPAYMENT'
            when 'SPEND-OVERPAYMENT' then 'APOVERPAYMENT'
            when 'RECEIVE' then 'CASHREC'
            when 'SPEND' then 'CASHPAID'
            else documents.document_type
        end as source_type
    from analytics_ledger.ledger_documents as documents
), own_sides as (
    select
        _tenant_id, document_date as entry_date, source_type, document_id as source_id,
        document_kind, document_id, 'own' as part, cast(null as varchar) as line_key,
        own_account_id as account_id, own_sign * total_base as net_amount, 0 as tax_amount,
        cast(null as varchar) as tax_type, contact_name as description,
        coalesce(nullif(document_number, ''), reference) as reference, contact_id
    from documents
    where document_kind in ('invoice', 'credit_note', 'bank_transaction')
), overpaid as (
    -- An overpayment's line is the part that stays on receivables or payables.
    select
        _tenant_id, document_date, source_type, document_id,
        document_kind, document_id, 'overpaid', cast(null as varchar),
        control_account_id, - own_sign * total_base, 0,
        cast(null as varchar), contact_name, reference, contact_id
    from documents
    where document_kind in ('bank_transaction')
        and document_type like '%OVERPAYMENT'
), lines as (
    select
        documents._tenant_id, documents.document_date, documents.source_type, documents.document_id,
        documents.document_kind, documents.document_id,
        shares.line_id || ':' || cast(shares.component as varchar), shares.line_key,
        shares.account_id, shares.net_amount, shares.tax_amount,
        shares.tax_type, shares.description,
        coalesce(nullif(documents.document_number, ''), documents.reference), documents.contact_id
    from analytics_ledger.ledger_line_shares as shares
    inner join documents
        on documents._tenant_id = shares._tenant_id
        and documents.document_kind = shares.document_kind
        and documents.document_id = shares.document_id
    where shares.sequence = 0
        and documents.document_kind in ('invoice', 'credit_note', 'bank_transaction')
), settled as (
    select
        settlements._tenant_id, settlements.event_date,
        coalesce(
            case
                when settlements.event_kind = 'payment' then
                    case settlements.payment_type
                        when 'ARPREPAYMENTPAYMENT' then 'ARPREPAYMENT'
                        when 'APPREPAYMENTPAYMENT' then 'APPREPAYMENT'
                        when 'AROVERPAYMENTPAYMENT' then 'AROVERPAYMENT'
                        when 'APOVERPAYMENTPAYMENT' then 'APOVERPAYMENT'
                        else settlements.payment_type
                    end
            end,
            'ALLOCATION'
        ) as source_type,
        settlements.event_id, settlements.document_kind, settlements.document_id,
        'settled:' || settlements.document_kind || ':' || settlements.document_id as part,
        cast(null as varchar) as line_key, settlements.control_account_id as account_id,
        settlements.outstanding_sign * settlements.change_base as net_amount, 0 as tax_amount,
        cast(null as varchar) as tax_type, documents.contact_name as description,
        coalesce(settlements.reference, documents.document_number, documents.reference) as reference,
        settlements.contact_id
    from analytics_ledger.ledger_settlements as settlements
    inner join documents
        on documents._tenant_id = settlements._tenant_id
        and documents.document_kind = settlements.document_kind
        and documents.document_id = settlements.document_id
    where settlements.document_kind <> 'prepayment'
), prepaid as (
    -- A settled prepayment leaves the accounts of its lines in proportion.
    select
        settlements._tenant_id, settlements.event_date,
        case
            when settlements.document_type like 'RECEIVE%' then 'ARPREPAYMENT' else 'APPREPAYMENT'
        end,
        settlements.event_id, settlements.document_kind, settlements.document_id,
        'prepaid:' || after.line_id || ':' || cast(after.component as varchar),
        after.line_key, after.account_id, after.net_amount - before.net_amount,
        after.tax_amount - before.tax_amount, after.tax_type, after.description,
        settlements.reference, settlements.contact_id
    from analytics_ledger.ledger_settlements as settlements
    inner join analytics_ledger.ledger_line_shares as after
        on after._tenant_id = settlements._tenant_id
        and after.document_kind = settlements.document_kind
        and after.document_id = settlements.document_id
        and after.sequence = settlements.sequence
    inner join analytics_ledger.ledger_line_shares as before
        on before._tenant_id = after._tenant_id
        and before.document_kind = after.document_kind
        and before.document_id = after.document_id
        and before.sequence = after.sequence - 1
        and before.line_id = after.line_id
        and before.component = after.component
    where settlements.document_kind = 'prepayment'
), paid as (
    select
        settlements._tenant_id, settlements.event_date,
        case settlements.payment_type
            when 'ARPREPAYMENTPAYMENT' then 'ARPREPAYMENT'
            when 'APPREPAYMENTPAYMENT' then 'APPREPAYMENT'
            when 'AROVERPAYMENTPAYMENT' then 'AROVERPAYMENT'
            when 'APOVERPAYMENTPAYMENT' then 'APOVERPAYMENT'
            else settlements.payment_type
        end,
        settlements.event_id, settlements.document_kind, settlements.document_id,
        'bank', cast(null as varchar), settlements.bank_account_id,
        settlements.outstanding_sign * cast(round(cast((settlements.amount) / nullif(coalesce(nullif(settlements.payment_rate, 0), 1), 0) as numeric(34, 8)), 2) as numeric(20, 2)), 0,
        cast(null as varchar), documents.contact_name,
        coalesce(settlements.reference, documents.document_number, documents.reference),
        settlements.contact_id
    from analytics_ledger.ledger_settlements as settlements
    inner join documents
        on documents._tenant_id = settlements._tenant_id
        and documents.document_kind = settlements.document_kind
        and documents.document_id = settlements.document_id
    where settlements.event_kind = 'payment'
), events as (
    select * from settled
    union all
    select * from prepaid
    union all
    select * from paid
), gains as (
    -- What money and credits at other rates than the document's leave over.
    select
        events._tenant_id, min(events.event_date), min(events.source_type), events.event_id,
        min(events.document_kind), min(events.document_id), 'gain', cast(null as varchar),
        accounts.account_id, - sum(events.net_amount), 0,
        cast(null as varchar), 'Realised currency gain', min(events.reference),
        min(events.contact_id)
    from events as events
    left join analytics_ledger.ledger_accounts as accounts
        on accounts._tenant_id = events._tenant_id
        and accounts.system_account = 'REALISEDCURRENCYGAIN'
    group by events._tenant_id, events.event_id, accounts.account_id
    having sum(events.net_amount) <> 0
), transfers as (
    select
        transfers._tenant_id,
        transfers.bank_transfer_id,
        transfers.date,
        transfers.reference,
        transfers.from_bank_account_id,
        transfers.to_bank_account_id,
        cast(round(cast((coalesce(leaving.total, transfers.amount)) / nullif(coalesce(nullif(coalesce(leaving.currency_rate, 1), 0), 1), 0) as numeric(34, 8)), 2) as numeric(20, 2)) as amount_base
    from analytics_staging.stg_xero__bank_transfers as transfers
    left join analytics_staging.stg_xero__bank_transactions as leaving
        on leaving._tenant_id = transfers._tenant_id
        and leaving.bank_transaction_id = transfers.from_bank_transaction_id
    where upper(coalesce(transfers.status, 'AUTHORISED')) <> 'DELETED'
), moved as (
    select
        _tenant_id, date, 'TRANSFER', bank_transfer_id, 'bank_transfer', bank_transfer_id, 'from',
        cast(null as varchar), from_bank_account_id, - amount_base, 0, cast(null as varchar),
        'Transfer', reference, cast(null as varchar)
    from transfers
    union all
    select
        _tenant_id, date, 'TRANSFER', bank_transfer_id, 'bank_transfer', bank_transfer_id, 'to',
        cast(null as varchar), to_bank_account_id, amount_base, 0, cast(null as varchar),
        'Transfer', reference, cast(null as varchar)
    from transfers
), manual as (
    select
        parts._tenant_id, journals.date, 'MANJOURNAL', parts.document_id,
        parts.document_kind, parts.document_id,
        parts.line_id || ':' || cast(parts.component as varchar), parts.line_key,
        parts.account_id, cast(parts.net_amount as numeric(20, 2)), cast(parts.tax_amount as numeric(20, 2)),
        parts.tax_type, coalesce(parts.description, journals.narration), journals.narration,
        cast(null as varchar)
    from analytics_ledger.ledger_line_parts as parts
    inner join analytics_staging.stg_xero__manual_journals as journals
        on journals._tenant_id = parts._tenant_id
        and journals.manual_journal_id = parts.document_id
    where parts.document_kind = 'manual_journal'
), postings as (
    select * from own_sides
    union all
    select * from overpaid
    union all
    select * from lines
    union all
    select * from events
    union all
    select * from gains
    union all
    select * from moved
    union all
    select * from manual
)
select
    _tenant_id,
    'accrual' as basis,
    'documents' as made_from,
    source_type || ':' || source_id || ':' || part as entry_id,
    entry_date,
    source_type,
    source_id,
    document_kind,
    document_id,
    line_key,
    account_id,
    cast(net_amount as numeric(20, 2)) as net_amount,
    cast(tax_amount as numeric(20, 2)) as tax_amount,
    tax_type,
    description,
    reference,
    contact_id
from postings
where net_amount <> 0 or tax_amount <> 0;

create or replace table analytics.sales_by_item as
with items as (
    -- A code may be given to another item later. Then it names the item that was changed last.
    select
        items.*,
        row_number() over (
            partition by items._tenant_id, items.code
            order by coalesce(items.updated_date_utc, items._read_at) desc, items.item_id
        ) = 1 as has_code
    from analytics_staging.stg_xero__items as items
), lines as (
    select
        documents._tenant_id,
        cast(date_trunc('month', documents.document_date) as date) as month,
        nullif(lines.item_code, '') as item_code,
        coalesce(nullif(lines.item_id, ''), codes.item_id) as item_id,
        documents.document_type,
        documents.contact_id,
        case when documents.document_type = 'ACCRECCREDIT' then -1 else 1 end
        * coalesce(lines.quantity, 0) as quantity,
        - shares.net_amount as net_amount,
        - shares.tax_amount as tax_amount
    from analytics_ledger.ledger_document_lines as lines
    inner join analytics_ledger.ledger_documents as documents
        on documents._tenant_id = lines._tenant_id
        and documents.document_kind = lines.document_kind
        and documents.document_id = lines.document_id
    inner join analytics_ledger.ledger_line_shares as shares
        on shares._tenant_id = lines._tenant_id
        and shares.document_kind = lines.document_kind
        and shares.document_id = lines.document_id
        and shares.line_id = lines.line_id
        and shares.component = 0
        and shares.sequence = 0
    left join items as codes
        on codes._tenant_id = lines._tenant_id
        and codes.code = lines.item_code
        and codes.has_code
    where documents.document_type in ('ACCREC', 'ACCRECCREDIT', 'RECEIVE')
)
select
    lines._tenant_id,
    lines.month,
    coalesce(items.code, lines.item_code) as item_code,
    lines.item_id,
    items.name as item_name,
    cast(sum(lines.quantity) as numeric(28, 6)) as quantity,
    cast(sum(lines.net_amount) as numeric(20, 2)) as net_amount,
    cast(sum(lines.tax_amount) as numeric(20, 2)) as tax_amount
from lines
left join items
    on items._tenant_id = lines._tenant_id
    and items.item_id = lines.item_id
where lines.item_code is not null
group by 1, 2, 3, 4, 5;

create or replace table analytics_ledger.ledger_residuals as
with months as (
    select distinct balances._tenant_id, balances.month, balances.balance_date
    from analytics_ledger.ledger_trial_balances as balances
    inner join analytics_ledger.ledger_made_from as made_from
        on made_from._tenant_id = balances._tenant_id
        and made_from.made_from = 'documents'
    where balances.basis = 'accrual'
), periods as (
    select
        months._tenant_id,
        months.month,
        months.balance_date,
        lag(months.balance_date) over (
            partition by months._tenant_id order by months.balance_date
        ) as date_before,
        case when months.balance_date <= least(cast(cast(
    dateadd(
        day,
        -1,
    dateadd(
        month,
        1,
        date_trunc('month',
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', months.balance_date)
        )
)
        )
        )
        as date) as date), cast(
    dateadd(
        day,
        (coalesce(organisations.financial_year_end_day, 31) - 1),
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', months.balance_date)
        )
        )
 as date)) then cast(
    dateadd(
        day,
        1,
        least(cast(cast(
    dateadd(
        day,
        -1,
    dateadd(
        month,
        1,
        date_trunc('month',
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + -12),
        date_trunc('year', months.balance_date)
        )
)
        )
        )
        as date) as date), cast(
    dateadd(
        day,
        (coalesce(organisations.financial_year_end_day, 31) - 1),
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + -12),
        date_trunc('year', months.balance_date)
        )
        )
 as date))
        )
 as date) else cast(
    dateadd(
        day,
        1,
        least(cast(cast(
    dateadd(
        day,
        -1,
    dateadd(
        month,
        1,
        date_trunc('month',
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', months.balance_date)
        )
)
        )
        )
        as date) as date), cast(
    dateadd(
        day,
        (coalesce(organisations.financial_year_end_day, 31) - 1),
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', months.balance_date)
        )
        )
 as date))
        )
 as date) end as year_start
    from months
    inner join analytics_staging.stg_xero__organisations as organisations
        on organisations._tenant_id = months._tenant_id
), years as (
    select
        periods.*,
        lag(periods.year_start) over (
            partition by periods._tenant_id order by periods.balance_date
        ) as year_start_before
    from periods
), documents as (
    select
        entries._tenant_id,
        entries.account_id,
        entries.entry_date,
        case when entries.entry_date <= least(cast(cast(
    dateadd(
        day,
        -1,
    dateadd(
        month,
        1,
        date_trunc('month',
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', entries.entry_date)
        )
)
        )
        )
        as date) as date), cast(
    dateadd(
        day,
        (coalesce(organisations.financial_year_end_day, 31) - 1),
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', entries.entry_date)
        )
        )
 as date)) then cast(
    dateadd(
        day,
        1,
        least(cast(cast(
    dateadd(
        day,
        -1,
    dateadd(
        month,
        1,
        date_trunc('month',
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + -12),
        date_trunc('year', entries.entry_date)
        )
)
        )
        )
        as date) as date), cast(
    dateadd(
        day,
        (coalesce(organisations.financial_year_end_day, 31) - 1),
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + -12),
        date_trunc('year', entries.entry_date)
        )
        )
 as date))
        )
 as date) else cast(
    dateadd(
        day,
        1,
        least(cast(cast(
    dateadd(
        day,
        -1,
    dateadd(
        month,
        1,
        date_trunc('month',
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', entries.entry_date)
        )
)
        )
        )
        as date) as date), cast(
    dateadd(
        day,
        (coalesce(organisations.financial_year_end_day, 31) - 1),
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', entries.entry_date)
        )
        )
 as date))
        )
 as date) end as year_start,
        sum(entries.net_amount) as net_amount
    from analytics_ledger.ledger_from_documents as entries
    inner join analytics_staging.stg_xero__organisations as organisations
        on organisations._tenant_id = entries._tenant_id
    group by 1, 2, 3, 4
), account_ids as (
    select _tenant_id, account_id
    from analytics_ledger.ledger_trial_balances
    where basis = 'accrual'
    union
    select _tenant_id, account_id
    from documents
    where account_id is not null
    union
    select _tenant_id, account_id
    from analytics_ledger.ledger_accounts
    where system_account = 'RETAINEDEARNINGS'
), grid as (
    select
        years._tenant_id,
        years.month,
        years.balance_date,
        years.date_before,
        years.year_start,
        years.year_start_before,
        account_ids.account_id,
        coalesce(accounts.is_earnings, false) as is_earnings,
        coalesce(accounts.system_account, '') = 'RETAINEDEARNINGS' as is_retained,
        coalesce(balances.movement, 0) as movement,
        coalesce(balances.balance, 0) as balance
    from years
    inner join account_ids
        on account_ids._tenant_id = years._tenant_id
    left join analytics_ledger.ledger_accounts as accounts
        on accounts._tenant_id = account_ids._tenant_id
        and accounts.account_id = account_ids.account_id
    left join analytics_ledger.ledger_trial_balances as balances
        on balances._tenant_id = years._tenant_id
        and balances.basis = 'accrual'
        and balances.balance_date = years.balance_date
        and balances.account_id = account_ids.account_id
), before as (
    select
        grid.*,
        lag(grid.balance) over (
            partition by grid._tenant_id, grid.account_id order by grid.balance_date
        ) as balance_before,
        -- What the year before earned in the month itself, if the new year begins within it.
        case
            when grid.is_earnings and grid.year_start > grid.month then grid.movement - grid.balance
            else 0
        end as earned_in_month
    from grid
), earned as (
    -- What the year before had earned when a new year begins: Xero adds it to retained earnings.
    select
        _tenant_id,
        balance_date,
        sum(case when is_earnings then coalesce(balance_before, 0) else 0 end + earned_in_month)
            as earned_before,
        sum(earned_in_month) as earned_in_month
    from before
    where year_start <> year_start_before or date_before is null
    group by 1, 2
), expected as (
    select
        before._tenant_id,
        before.account_id,
        before.balance_date as entry_date,
        before.balance_date,
        'month' as part,
        case
            when before.date_before is null then before.movement
            when before.is_earnings and before.year_start <> before.year_start_before
                then case
                    -- A year that begins within a month: only the month's own columns have both parts.
                    when before.year_start > before.month then before.movement
                    else before.balance
                end
            when before.is_retained
                then before.balance - before.balance_before - coalesce(earned.earned_before, 0)
            else before.balance - before.balance_before
        end as net_amount
    from before
    left join earned
        on earned._tenant_id = before._tenant_id
        and earned.balance_date = before.balance_date
    union all
    select
        before._tenant_id,
        before.account_id,
        cast(
    dateadd(
        day,
        -1,
        before.month
        )
 as date),
        before.balance_date,
        'opening',
        case
            when before.is_earnings and before.year_start >= before.month then 0
            when before.is_retained
                then before.balance - before.movement - coalesce(earned.earned_in_month, 0)
            else before.balance - before.movement
        end
    from before
    left join earned
        on earned._tenant_id = before._tenant_id
        and earned.balance_date = before.balance_date
    where before.date_before is null
), explained as (
    select
        years._tenant_id,
        documents.account_id,
        years.balance_date,
        'month' as part,
        sum(documents.net_amount) as net_amount
    from years
    inner join documents
        on documents._tenant_id = years._tenant_id
        and documents.entry_date <= years.balance_date
        and documents.entry_date > coalesce(years.date_before, cast(
    dateadd(
        day,
        -1,
        years.month
        )
 as date))
    group by 1, 2, 3
    union all
    select
        years._tenant_id,
        case
            when accounts.is_earnings and documents.year_start < years.year_start
                then retained.account_id
            else documents.account_id
        end,
        years.balance_date,
        'opening',
        sum(documents.net_amount)
    from years
    inner join documents
        on documents._tenant_id = years._tenant_id
        and documents.entry_date < years.month
    left join analytics_ledger.ledger_accounts as accounts
        on accounts._tenant_id = documents._tenant_id
        and accounts.account_id = documents.account_id
    left join analytics_ledger.ledger_accounts as retained
        on retained._tenant_id = documents._tenant_id
        and retained.system_account = 'RETAINEDEARNINGS'
    where years.date_before is null
    group by 1, 2, 3
)
select
    expected._tenant_id,
    'accrual' as basis,
    'residual' as made_from,
    'residual:' || expected.account_id || ':' || cast(expected.entry_date as varchar) as entry_id,
    expected.entry_date,
    case when expected.part = 'opening' then 'OPENING' else 'RESIDUAL' end as source_type,
    cast(null as varchar) as source_id,
    cast(null as varchar) as document_kind,
    cast(null as varchar) as document_id,
    cast(null as varchar) as line_key,
    expected.account_id,
    cast(expected.net_amount - coalesce(explained.net_amount, 0) as numeric(20, 2)) as net_amount,
    cast(0 as numeric(20, 2)) as tax_amount,
    cast(null as varchar) as tax_type,
    case
        when expected.part = 'opening' then 'Balance before the first month that was read'
        else 'In the trial balance of Xero, but in no document'
    end as description,
    cast(null as varchar) as reference,
    cast(null as varchar) as contact_id
from expected
left join explained
    on explained._tenant_id = expected._tenant_id
    and explained.account_id = expected.account_id
    and explained.balance_date = expected.balance_date
    and explained.part = expected.part
where expected.net_amount - coalesce(explained.net_amount, 0) <> 0;

create or replace table analytics_ledger.ledger_entries as
select _tenant_id, basis, made_from, entry_id, entry_date, source_type, source_id, document_kind, document_id, line_key, account_id, net_amount, tax_amount, tax_type, description, reference, contact_id
from analytics_ledger.ledger_from_journals
where basis = 'cash'
union all
select entries._tenant_id, entries.basis, entries.made_from, entries.entry_id, entries.entry_date, entries.source_type, entries.source_id, entries.document_kind, entries.document_id, entries.line_key, entries.account_id, entries.net_amount, entries.tax_amount, entries.tax_type, entries.description, entries.reference, entries.contact_id
from analytics_ledger.ledger_from_journals as entries
inner join analytics_ledger.ledger_made_from as made_from
    on made_from._tenant_id = entries._tenant_id
    and made_from.made_from = 'journals'
where entries.basis = 'accrual'
union all
select entries._tenant_id, entries.basis, entries.made_from, entries.entry_id, entries.entry_date, entries.source_type, entries.source_id, entries.document_kind, entries.document_id, entries.line_key, entries.account_id, entries.net_amount, entries.tax_amount, entries.tax_type, entries.description, entries.reference, entries.contact_id
from analytics_ledger.ledger_from_documents as entries
inner join analytics_ledger.ledger_made_from as made_from
    on made_from._tenant_id = entries._tenant_id
    and made_from.made_from = 'documents'
union all
select _tenant_id, basis, made_from, entry_id, entry_date, source_type, source_id, document_kind, document_id, line_key, account_id, net_amount, tax_amount, tax_type, description, reference, contact_id
from analytics_ledger.ledger_residuals;

create or replace table analytics.general_ledger as
select
    entries._tenant_id,
    organisations.name as organisation_name,
    entries.basis,
    entries.entry_id,
    entries.made_from,
    entries.entry_date,
    cast(date_trunc('month', entries.entry_date) as date) as month,
    case when entries.entry_date <= least(cast(cast(
    dateadd(
        day,
        -1,
    dateadd(
        month,
        1,
        date_trunc('month',
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', entries.entry_date)
        )
)
        )
        )
        as date) as date), cast(
    dateadd(
        day,
        (coalesce(organisations.financial_year_end_day, 31) - 1),
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', entries.entry_date)
        )
        )
 as date)) then cast(
    dateadd(
        day,
        1,
        least(cast(cast(
    dateadd(
        day,
        -1,
    dateadd(
        month,
        1,
        date_trunc('month',
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + -12),
        date_trunc('year', entries.entry_date)
        )
)
        )
        )
        as date) as date), cast(
    dateadd(
        day,
        (coalesce(organisations.financial_year_end_day, 31) - 1),
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + -12),
        date_trunc('year', entries.entry_date)
        )
        )
 as date))
        )
 as date) else cast(
    dateadd(
        day,
        1,
        least(cast(cast(
    dateadd(
        day,
        -1,
    dateadd(
        month,
        1,
        date_trunc('month',
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', entries.entry_date)
        )
)
        )
        )
        as date) as date), cast(
    dateadd(
        day,
        (coalesce(organisations.financial_year_end_day, 31) - 1),
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', entries.entry_date)
        )
        )
 as date))
        )
 as date) end as financial_year_start,
    entries.source_type,
    entries.source_id,
    entries.document_kind,
    entries.document_id,
    documents.document_number,
    entries.reference,
    entries.description,
    entries.contact_id,
    coalesce(contacts.name, documents.contact_name) as contact_name,
    entries.account_id,
    accounts.account_code,
    accounts.account_name,
    accounts.account_class,
    accounts.account_type,
    accounts.system_account,
    case when entries.net_amount > 0 then entries.net_amount else cast(0 as numeric(20, 2)) end as debit,
    case when entries.net_amount < 0 then - entries.net_amount else cast(0 as numeric(20, 2)) end as credit,
    entries.net_amount,
    entries.tax_amount,
    entries.tax_type,
    entries.line_key
from analytics_ledger.ledger_entries as entries
inner join analytics_staging.stg_xero__organisations as organisations
    on organisations._tenant_id = entries._tenant_id
left join analytics_ledger.ledger_accounts as accounts
    on accounts._tenant_id = entries._tenant_id
    and accounts.account_id = entries.account_id
left join analytics_ledger.ledger_documents as documents
    on documents._tenant_id = entries._tenant_id
    and documents.document_kind = entries.document_kind
    and documents.document_id = entries.document_id
left join analytics_staging.stg_xero__contacts as contacts
    on contacts._tenant_id = entries._tenant_id
    and contacts.contact_id = entries.contact_id;

create or replace table analytics_ledger.ledger_months as
with entered as (
    select
        entries._tenant_id,
        entries.basis,
        cast(date_trunc('month', min(entries.entry_date)) as date) as first_month,
        cast(date_trunc('month', max(entries.entry_date)) as date) as last_month
    from analytics_ledger.ledger_entries as entries
    group by 1, 2
), balanced as (
    select _tenant_id, basis, max(month) as last_month
    from analytics_ledger.ledger_trial_balances
    group by 1, 2
), spans as (
    select
        entered._tenant_id,
        entered.basis,
        entered.first_month,
        case
            when balanced.last_month > entered.last_month then balanced.last_month
            else entered.last_month
        end as last_month
    from entered
    left join balanced
        on balanced._tenant_id = entered._tenant_id
        and balanced.basis = entered.basis
), digits as (
    select 0 as digit union all
    select 1 as digit union all
    select 2 as digit union all
    select 3 as digit union all
    select 4 as digit union all
    select 5 as digit union all
    select 6 as digit union all
    select 7 as digit union all
    select 8 as digit union all
    select 9 as digit
), numbers as (
    -- Enough for a year that was mistyped, such as 1926 or 2206: no month of now may be cut off.
    select
        thousands.digit * 1000 + hundreds.digit * 100 + tens.digit * 10 + ones.digit as number
    from digits as thousands
    cross join digits as hundreds
    cross join digits as tens
    cross join digits as ones
), months as (
    select
        spans._tenant_id,
        spans.basis,
        cast(
    dateadd(
        month,
        numbers.number,
        spans.first_month
        )
 as date) as month
    from spans
    cross join numbers
    where cast(
    dateadd(
        month,
        numbers.number,
        spans.first_month
        )
 as date) <= spans.last_month
), ends as (
    select months.*, cast(cast(
    dateadd(
        day,
        -1,
    dateadd(
        month,
        1,
        date_trunc('month', months.month)
        )
        )
        as date) as date) as month_end
    from months
)
select
    ends._tenant_id,
    ends.basis,
    ends.month,
    ends.month_end,
    case when ends.month_end <= least(cast(cast(
    dateadd(
        day,
        -1,
    dateadd(
        month,
        1,
        date_trunc('month',
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', ends.month_end)
        )
)
        )
        )
        as date) as date), cast(
    dateadd(
        day,
        (coalesce(organisations.financial_year_end_day, 31) - 1),
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', ends.month_end)
        )
        )
 as date)) then cast(
    dateadd(
        day,
        1,
        least(cast(cast(
    dateadd(
        day,
        -1,
    dateadd(
        month,
        1,
        date_trunc('month',
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + -12),
        date_trunc('year', ends.month_end)
        )
)
        )
        )
        as date) as date), cast(
    dateadd(
        day,
        (coalesce(organisations.financial_year_end_day, 31) - 1),
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + -12),
        date_trunc('year', ends.month_end)
        )
        )
 as date))
        )
 as date) else cast(
    dateadd(
        day,
        1,
        least(cast(cast(
    dateadd(
        day,
        -1,
    dateadd(
        month,
        1,
        date_trunc('month',
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', ends.month_end)
        )
)
        )
        )
        as date) as date), cast(
    dateadd(
        day,
        (coalesce(organisations.financial_year_end_day, 31) - 1),
    dateadd(
        month,
        (coalesce(organisations.financial_year_end_month, 12) - 1 + 0),
        date_trunc('year', ends.month_end)
        )
        )
 as date))
        )
 as date) end as financial_year_start
from ends
inner join analytics_staging.stg_xero__organisations as organisations
    on organisations._tenant_id = ends._tenant_id;

create or replace table analytics.account_transactions as
select
    ledger._tenant_id,
    ledger.organisation_name,
    ledger.basis,
    ledger.account_id,
    ledger.account_code,
    ledger.account_name,
    ledger.account_class,
    ledger.entry_date,
    ledger.month,
    ledger.contact_id,
    ledger.contact_name,
    ledger.source_type,
    ledger.document_kind,
    ledger.document_id,
    ledger.document_number,
    ledger.reference,
    ledger.description,
    ledger.debit,
    ledger.credit,
    ledger.net_amount,
    cast(
        sum(ledger.net_amount) over (
            partition by ledger._tenant_id, ledger.basis, ledger.account_id
            order by ledger.entry_date, ledger.entry_id
            rows between unbounded preceding and current row
        )
     as numeric(20, 2)) as running_balance,
    ledger.tax_amount,
    ledger.tax_type,
    ledger.source_id,
    ledger.entry_id
from analytics.general_ledger as ledger;

create or replace table analytics.aged_payables as
select
    open.as_at,
    open._tenant_id,
    open.contact_id,
    max(open.contact_name) as contact_name,
    cast(sum(case when open.is_on_control_account and open.days_overdue <= 0 then open.amount_base else 0 end) as numeric(20, 2)) as not_due,
    cast(sum(case when open.is_on_control_account and open.days_overdue between 1 and 30 then open.amount_base else 0 end) as numeric(20, 2)) as days_1_to_30,
    cast(sum(case when open.is_on_control_account and open.days_overdue between 31 and 60 then open.amount_base else 0 end) as numeric(20, 2)) as days_31_to_60,
    cast(sum(case when open.is_on_control_account and open.days_overdue between 61 and 90 then open.amount_base else 0 end) as numeric(20, 2)) as days_61_to_90,
    cast(sum(case when open.is_on_control_account and open.days_overdue > 90 then open.amount_base else 0 end) as numeric(20, 2)) as days_over_90,
    cast(sum(case when open.is_on_control_account then open.amount_base else 0 end) as numeric(20, 2)) as total,
    cast(sum(case when open.is_on_control_account then 0 else open.amount_base end) as numeric(20, 2)) as prepayments,
    cast(sum(case when open.amount_base <> 0 then 1 else 0 end) as bigint) as documents
from (
    select
        days.as_at,
        items._tenant_id,
        items.contact_id,
        items.contact_name,
        items.is_on_control_account,
        datediff(
        day,
        items.due_date,
        days.as_at
        ) as days_overdue,
        sum(items.amount_base) as amount_base
    from analytics.open_items as items
    inner join (select distinct month_end as as_at from analytics_ledger.ledger_months) as days
        on items.change_date <= days.as_at
    where items.ledger_side = 'payable'
    group by
        days.as_at, items._tenant_id, items.contact_id, items.contact_name,
        items.document_kind, items.document_id, items.is_on_control_account, items.due_date
    having sum(items.amount_base) <> 0
) as open
group by open.as_at, open._tenant_id, open.contact_id;

create or replace table analytics.aged_receivables as
select
    open.as_at,
    open._tenant_id,
    open.contact_id,
    max(open.contact_name) as contact_name,
    cast(sum(case when open.is_on_control_account and open.days_overdue <= 0 then open.amount_base else 0 end) as numeric(20, 2)) as not_due,
    cast(sum(case when open.is_on_control_account and open.days_overdue between 1 and 30 then open.amount_base else 0 end) as numeric(20, 2)) as days_1_to_30,
    cast(sum(case when open.is_on_control_account and open.days_overdue between 31 and 60 then open.amount_base else 0 end) as numeric(20, 2)) as days_31_to_60,
    cast(sum(case when open.is_on_control_account and open.days_overdue between 61 and 90 then open.amount_base else 0 end) as numeric(20, 2)) as days_61_to_90,
    cast(sum(case when open.is_on_control_account and open.days_overdue > 90 then open.amount_base else 0 end) as numeric(20, 2)) as days_over_90,
    cast(sum(case when open.is_on_control_account then open.amount_base else 0 end) as numeric(20, 2)) as total,
    cast(sum(case when open.is_on_control_account then 0 else open.amount_base end) as numeric(20, 2)) as prepayments,
    cast(sum(case when open.amount_base <> 0 then 1 else 0 end) as bigint) as documents
from (
    select
        days.as_at,
        items._tenant_id,
        items.contact_id,
        items.contact_name,
        items.is_on_control_account,
        datediff(
        day,
        items.due_date,
        days.as_at
        ) as days_overdue,
        sum(items.amount_base) as amount_base
    from analytics.open_items as items
    inner join (select distinct month_end as as_at from analytics_ledger.ledger_months) as days
        on items.change_date <= days.as_at
    where items.ledger_side = 'receivable'
    group by
        days.as_at, items._tenant_id, items.contact_id, items.contact_name,
        items.document_kind, items.document_id, items.is_on_control_account, items.due_date
    having sum(items.amount_base) <> 0
) as open
group by open.as_at, open._tenant_id, open.contact_id;

create or replace table analytics.tax_by_period as
with taxed as (
    select
        _tenant_id,
        basis,
        month,
        tax_type,
        case
            when account_class = 'REVENUE' then 'sales'
            when account_class in ('EXPENSE', 'ASSET') then 'purchases'
            else 'other'
        end as tax_on,
        sum(- net_amount) as net_amount,
        sum(- tax_amount) as tax_amount
    from analytics.general_ledger
    where tax_type is not null
    group by 1, 2, 3, 4, 5
), on_account as (
    select
        _tenant_id,
        basis,
        month,
        sum(- net_amount) as tax_amount
    from analytics.general_ledger
    where system_account = 'GST'
    group by 1, 2, 3
), periods as (
    select _tenant_id, basis, month from taxed
    union
    select _tenant_id, basis, month from on_account
), sums as (
    select _tenant_id, basis, month, sum(tax_amount) as tax_amount
    from taxed
    group by 1, 2, 3
), lines as (
    select _tenant_id, basis, month, tax_type, tax_on, net_amount, tax_amount
    from taxed
    union all
    -- Payments to the tax office, adjustments, and what the rates do not tell.
    select
        periods._tenant_id,
        periods.basis,
        periods.month,
        cast(null as varchar),
        'payments and adjustments',
        0,
        coalesce(on_account.tax_amount, 0) - coalesce(sums.tax_amount, 0)
    from periods
    left join on_account
        on on_account._tenant_id = periods._tenant_id
        and on_account.basis = periods.basis
        and on_account.month = periods.month
    left join sums
        on sums._tenant_id = periods._tenant_id
        and sums.basis = periods.basis
        and sums.month = periods.month
    where coalesce(on_account.tax_amount, 0) <> coalesce(sums.tax_amount, 0)
)
select
    lines._tenant_id,
    lines.basis,
    lines.month,
    cast(cast(
    dateadd(
        day,
        -1,
    dateadd(
        month,
        1,
        date_trunc('month', lines.month)
        )
        )
        as date) as date) as month_end,
    lines.tax_on,
    lines.tax_type,
    rates.name as tax_name,
    rates.effective_rate,
    cast(lines.net_amount as numeric(20, 2)) as net_amount,
    cast(lines.tax_amount as numeric(20, 2)) as tax_amount
from lines
left join analytics_staging.stg_xero__tax_rates as rates
    on rates._tenant_id = lines._tenant_id
    and rates.tax_type = lines.tax_type;

create or replace table analytics.trial_balance as
with entries as (
    select
        ledger._tenant_id,
        ledger.basis,
        ledger.account_id,
        ledger.month,
        ledger.financial_year_start,
        sum(ledger.net_amount) as net_amount
    from analytics.general_ledger as ledger
    group by 1, 2, 3, 4, 5
), account_ids as (
    select _tenant_id, basis, account_id
    from entries
    union
    select months._tenant_id, months.basis, accounts.account_id
    from analytics_ledger.ledger_months as months
    inner join analytics_ledger.ledger_accounts as accounts
        on accounts._tenant_id = months._tenant_id
        and accounts.system_account = 'RETAINEDEARNINGS'
), movements as (
    select
        months._tenant_id,
        months.basis,
        months.month,
        months.month_end,
        months.financial_year_start,
        account_ids.account_id,
        coalesce(sum(entries.net_amount), 0) as movement,
        coalesce(
            sum(case when entries.financial_year_start = months.financial_year_start then entries.net_amount end), 0
        ) as movement_of_year
    from analytics_ledger.ledger_months as months
    inner join account_ids
        on account_ids._tenant_id = months._tenant_id
        and account_ids.basis = months.basis
    left join entries
        on entries._tenant_id = months._tenant_id
        and entries.basis = months.basis
        and entries.month = months.month
        and entries.account_id = account_ids.account_id
    group by 1, 2, 3, 4, 5, 6
), running as (
    select
        movements.*,
        accounts.account_code,
        accounts.account_name,
        accounts.account_class,
        accounts.account_type,
        accounts.system_account,
        accounts.section,
        accounts.section_order,
        coalesce(accounts.is_earnings, false) as is_earnings,
        sum(movements.movement) over (
            partition by movements._tenant_id, movements.basis, movements.account_id
            order by movements.month
            rows between unbounded preceding and current row
        ) as balance_ever,
        sum(movements.movement_of_year) over (
            partition by
                movements._tenant_id, movements.basis, movements.account_id, movements.financial_year_start
            order by movements.month
            rows between unbounded preceding and current row
        ) as balance_of_year
    from movements
    left join analytics_ledger.ledger_accounts as accounts
        on accounts._tenant_id = movements._tenant_id
        and accounts.account_id = movements.account_id
), earlier as (
    -- What earlier years earned stands in retained earnings, without an entry of its own.
    select
        _tenant_id,
        basis,
        month,
        sum(balance_ever - balance_of_year) as earned
    from running
    where is_earnings
    group by 1, 2, 3
), balances as (
    select
        running._tenant_id,
        running.basis,
        running.month,
        running.month_end,
        running.financial_year_start,
        running.account_id,
        running.account_code,
        running.account_name,
        running.account_class,
        running.account_type,
        running.system_account,
        running.section,
        running.section_order,
        running.is_earnings,
        cast(running.movement as numeric(20, 2)) as movement,
        cast(
            case
                when running.is_earnings then running.balance_of_year
                when running.system_account = 'RETAINEDEARNINGS'
                    then running.balance_ever + coalesce(earlier.earned, 0)
                else running.balance_ever
            end
         as numeric(20, 2)) as balance
    from running
    left join earlier
        on earlier._tenant_id = running._tenant_id
        and earlier.basis = running.basis
        and earlier.month = running.month
)
select
    balances.*,
    case when movement > 0 then movement else cast(0 as numeric(20, 2)) end as debit,
    case when movement < 0 then - movement else cast(0 as numeric(20, 2)) end as credit,
    case when balance > 0 then balance else cast(0 as numeric(20, 2)) end as ytd_debit,
    case when balance < 0 then - balance else cast(0 as numeric(20, 2)) end as ytd_credit
from balances
where movement <> 0 or balance <> 0;

create or replace table analytics.trial_balance_by_tracking as
with entries as (
    select
        ledger._tenant_id,
        ledger.basis,
        ledger.month,
        ledger.account_id,
        categories.tracking_category_id,
        categories.name as category_name,
        tracking.tracking_option_id,
        coalesce(options.name, tracking.option_name, 'Unassigned') as option_name,
        ledger.net_amount
    from analytics.general_ledger as ledger
    inner join analytics_staging.stg_xero__tracking_categories as categories
        on categories._tenant_id = ledger._tenant_id
    left join analytics_ledger.ledger_line_tracking as tracking
        on tracking._tenant_id = ledger._tenant_id
        and tracking.line_key = ledger.line_key
        and tracking.tracking_category_id = categories.tracking_category_id
    left join analytics_staging.stg_xero__tracking_options as options
        on options._tenant_id = tracking._tenant_id
        and options.tracking_category_id = tracking.tracking_category_id
        and options.tracking_option_id = tracking.tracking_option_id
)
select
    entries._tenant_id,
    entries.basis,
    entries.month,
    entries.tracking_category_id,
    entries.category_name,
    entries.tracking_option_id,
    entries.option_name,
    entries.account_id,
    accounts.account_code,
    accounts.account_name,
    accounts.account_class,
    accounts.account_type,
    accounts.section,
    cast(sum(entries.net_amount) as numeric(20, 2)) as movement
from entries
left join analytics_ledger.ledger_accounts as accounts
    on accounts._tenant_id = entries._tenant_id
    and accounts.account_id = entries.account_id
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
having sum(entries.net_amount) <> 0;

create or replace table analytics.balance_sheet as
with lines as (
    select
        _tenant_id, basis, month, month_end, section, section_order,
        account_id, account_code, account_name, account_class, account_type, balance
    from analytics.trial_balance
    where not is_earnings
    union all
    select
        _tenant_id, basis, month, month_end, 'Equity', 31,
        cast(null as varchar), cast(null as varchar), 'Current Year Earnings', 'EQUITY',
        cast(null as varchar), sum(balance)
    from analytics.trial_balance
    where is_earnings
    group by 1, 2, 3, 4
)
select
    _tenant_id,
    basis,
    month,
    month_end,
    case account_class
        when 'ASSET' then 'Assets' when 'LIABILITY' then 'Liabilities' else 'Equity'
    end as side,
    section,
    section_order,
    account_id,
    account_code,
    account_name,
    account_type,
    cast(case when account_class = 'ASSET' then balance else - balance end as numeric(20, 2)) as amount
from lines
where balance <> 0;

create or replace table analytics.balance_sheet_by_tracking as
with movements as (
    select
        _tenant_id, basis, month, tracking_category_id, category_name,
        tracking_option_id, option_name,
        case when account_class in ('REVENUE', 'EXPENSE') then null else account_id end as account_id,
        case when account_class in ('REVENUE', 'EXPENSE') then null else account_code end as account_code,
        case when account_class in ('REVENUE', 'EXPENSE') then 'Earnings' else account_name end as account_name,
        case when account_class in ('REVENUE', 'EXPENSE') then 'EQUITY' else account_class end as account_class,
        case when account_class in ('REVENUE', 'EXPENSE') then 'Equity' else section end as section,
        sum(movement) as movement
    from analytics.trial_balance_by_tracking
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
), lines as (
    select
        _tenant_id, basis, tracking_category_id, category_name, tracking_option_id, option_name,
        account_id, account_code, account_name, account_class, section, min(month) as first_month
    from movements
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
), running as (
    select
        months.month,
        months.month_end,
        lines.*,
        sum(coalesce(movements.movement, 0)) over (
            partition by
                lines._tenant_id, lines.basis, lines.tracking_category_id, lines.tracking_option_id,
                lines.option_name, lines.account_id, lines.account_name
            order by months.month
            rows between unbounded preceding and current row
        ) as balance
    from lines
    inner join analytics_ledger.ledger_months as months
        on months._tenant_id = lines._tenant_id
        and months.basis = lines.basis
        and months.month >= lines.first_month
    left join movements
        on movements._tenant_id = lines._tenant_id
        and movements.basis = lines.basis
        and movements.month = months.month
        and movements.tracking_category_id = lines.tracking_category_id
        and coalesce(movements.tracking_option_id, '') = coalesce(lines.tracking_option_id, '')
        and movements.option_name = lines.option_name
        and coalesce(movements.account_id, '') = coalesce(lines.account_id, '')
)
select
    _tenant_id,
    basis,
    month,
    month_end,
    tracking_category_id,
    category_name,
    tracking_option_id,
    option_name,
    case account_class
        when 'ASSET' then 'Assets' when 'LIABILITY' then 'Liabilities' else 'Equity'
    end as side,
    section,
    account_id,
    account_code,
    account_name,
    cast(case when account_class = 'ASSET' then balance else - balance end as numeric(20, 2)) as amount
from running
where balance <> 0;

create or replace table analytics.bank_balances as
with banks as (
    select balances._tenant_id, balances.basis, balances.account_id, min(balances.month) as first_month
    from analytics.trial_balance as balances
    where balances.account_type = 'BANK'
    group by 1, 2, 3
), by_source as (
    -- What was deleted again within a month was neither received nor spent.
    select
        _tenant_id, basis, account_id, month, coalesce(source_id, entry_id) as source_id,
        sum(net_amount) as net_amount
    from analytics.general_ledger
    where account_type = 'BANK'
    group by 1, 2, 3, 4, 5
), moved as (
    select
        months._tenant_id,
        months.basis,
        months.month,
        months.month_end,
        banks.account_id,
        sum(case when by_source.net_amount > 0 then by_source.net_amount else 0 end) as received,
        sum(case when by_source.net_amount < 0 then - by_source.net_amount else 0 end) as spent
    from banks
    inner join analytics_ledger.ledger_months as months
        on months._tenant_id = banks._tenant_id
        and months.basis = banks.basis
        and months.month >= banks.first_month
    left join by_source
        on by_source._tenant_id = banks._tenant_id
        and by_source.basis = banks.basis
        and by_source.account_id = banks.account_id
        and by_source.month = months.month
    group by 1, 2, 3, 4, 5
), running as (
    select
        moved.*,
        sum(moved.received - moved.spent) over (
            partition by moved._tenant_id, moved.basis, moved.account_id
            order by moved.month
            rows between unbounded preceding and current row
        ) as closing_balance
    from moved
)
select
    running._tenant_id,
    running.basis,
    running.month,
    running.month_end,
    running.account_id,
    accounts.account_code,
    accounts.account_name,
    accounts.currency_code,
    cast(running.closing_balance - running.received + running.spent as numeric(20, 2)) as opening_balance,
    cast(running.received as numeric(20, 2)) as received,
    cast(running.spent as numeric(20, 2)) as spent,
    cast(running.closing_balance as numeric(20, 2)) as closing_balance
from running
inner join analytics_ledger.ledger_accounts as accounts
    on accounts._tenant_id = running._tenant_id
    and accounts.account_id = running.account_id;

create or replace table analytics.profit_and_loss as
select
    _tenant_id,
    basis,
    month,
    month_end,
    financial_year_start,
    section,
    section_order,
    account_id,
    account_code,
    account_name,
    account_type,
    case
        when section in ('Income', 'Plus Other Income') then - movement else movement
    end as amount,
    - movement as profit
from analytics.trial_balance
where is_earnings and movement <> 0;

create or replace table analytics.profit_and_loss_by_tracking as
select
    _tenant_id,
    basis,
    month,
    tracking_category_id,
    category_name,
    tracking_option_id,
    option_name,
    section,
    account_id,
    account_code,
    account_name,
    account_type,
    case
        when section in ('Income', 'Plus Other Income') then - movement else movement
    end as amount,
    - movement as profit
from analytics.trial_balance_by_tracking
where account_class in ('REVENUE', 'EXPENSE');

create or replace table analytics.reconciliation as
with xero as (
    -- On cash basis only where there is a ledger: that needs Xero's cash journals.
    select balances.*
    from analytics_ledger.ledger_trial_balances as balances
    left join (select distinct _tenant_id, basis from analytics_ledger.ledger_months) as ledgers
        on ledgers._tenant_id = balances._tenant_id
        and ledgers.basis = balances.basis
    where balances.basis <> 'cash' or ledgers._tenant_id is not null
), months as (
    select
        _tenant_id,
        basis,
        month,
        balance_date,
        max(read_at) as read_at,
        lag(max(read_at)) over (partition by _tenant_id, basis order by month) as read_at_before
    from xero
    group by 1, 2, 3, 4
), ledger as (
    select balances.*, months.balance_date
    from analytics.trial_balance as balances
    inner join months
        on months._tenant_id = balances._tenant_id
        and months.basis = balances.basis
        and months.month = balances.month
), residuals as (
    select
        _tenant_id,
        account_id,
        cast(date_trunc('month', entry_date) as date) as month,
        sum(net_amount) as not_in_documents,
        max(case when source_type = 'OPENING' then 1 else 0 end) = 1 as is_opening
    from analytics_ledger.ledger_residuals
    group by 1, 2, 3
), openings as (
    -- The opening balance belongs to the first month that was read, not to the day before it.
    select
        residuals._tenant_id,
        residuals.account_id,
        residuals.not_in_documents
    from residuals
    where residuals.is_opening
), first_months as (
    select _tenant_id, min(month) as month
    from months
    where basis = 'accrual'
    group by 1
), conversions as (
    -- The first month with amounts, if Xero had none before it: conversion balances are its movements.
    select _tenant_id, min(month) as month
    from (
        select
            xero._tenant_id,
            xero.month,
            min(xero.month) over (partition by xero._tenant_id) as first_month,
            xero.balance - xero.movement as balance_before
        from xero
        where xero.basis = 'accrual'
    ) as amounts
    where month = first_month
    group by 1
    having sum(abs(balance_before)) = 0
), stock_codes as (
    select _tenant_id, inventory_asset_account_code as account_code
    from analytics_staging.stg_xero__items
    where is_tracked_as_inventory
    union
    select _tenant_id, cogs_account_code
    from analytics_staging.stg_xero__items
    where is_tracked_as_inventory
), account_months as (
    select _tenant_id, basis, month, account_id
    from ledger
    union
    select _tenant_id, basis, month, account_id
    from xero
    union
    -- What documents say and the residual takes back leaves neither side with an amount.
    select _tenant_id, 'accrual', month, account_id
    from residuals
    where not is_opening
    union
    select openings._tenant_id, 'accrual', first_months.month, openings.account_id
    from openings
    inner join first_months
        on first_months._tenant_id = openings._tenant_id
), compared as (
    select
        account_months._tenant_id,
        account_months.basis,
        account_months.month,
        months.balance_date,
        account_months.account_id,
        coalesce(accounts.account_code, xero.account_code) as account_code,
        coalesce(accounts.account_name, xero.account_name) as account_name,
        coalesce(ledger.movement, 0) as ledger_movement,
        coalesce(xero.movement, 0) as xero_movement,
        coalesce(ledger.balance, 0) as ledger_balance,
        coalesce(xero.balance, 0) as xero_balance
    from account_months
    inner join months
        on months._tenant_id = account_months._tenant_id
        and months.basis = account_months.basis
        and months.month = account_months.month
    left join ledger
        on ledger._tenant_id = account_months._tenant_id
        and ledger.basis = account_months.basis
        and ledger.month = account_months.month
        and coalesce(ledger.account_id, '') = coalesce(account_months.account_id, '')
    left join xero
        on xero._tenant_id = account_months._tenant_id
        and xero.basis = account_months.basis
        and xero.month = account_months.month
        and xero.account_id = account_months.account_id
    left join analytics_ledger.ledger_accounts as accounts
        on accounts._tenant_id = account_months._tenant_id
        and accounts.account_id = account_months.account_id
), late_journals as (
    -- Accounts with journals up to a month that were made after its trial balance was read.
    select
        compared._tenant_id,
        compared.basis,
        compared.month,
        compared.account_id
    from compared
    inner join months
        on months._tenant_id = compared._tenant_id
        and months.basis = compared.basis
        and months.month = compared.month
    left join analytics_ledger.ledger_accounts as accounts
        on accounts._tenant_id = compared._tenant_id
        and accounts.account_id = compared.account_id
    inner join analytics_ledger.ledger_changes as changes
        on changes._tenant_id = compared._tenant_id
        and changes.basis = compared.basis
        and changes.made_from = 'journals'
        and changes.month <= compared.month
        and changes.changed_at > months.read_at
        -- Retained earnings have what all accounts of earlier years earned.
        and (changes.account_id = compared.account_id or accounts.system_account = 'RETAINEDEARNINGS')
    where compared.ledger_balance <> compared.xero_balance
    group by 1, 2, 3, 4
), late_changes as (
    -- A document that was changed after the trial balance of its month was read differs in that
    -- month, and the other way round in the first month that was read after the change.
    select
        months._tenant_id,
        months.month
    from months
    inner join analytics_ledger.ledger_changes as changes
        on changes._tenant_id = months._tenant_id
        and changes.basis = months.basis
        and changes.made_from = 'documents'
        and (
            (changes.month = months.month and changes.changed_at > months.read_at)
            or (
                changes.month < months.month
                and changes.changed_at > months.read_at_before
                and changes.changed_at <= months.read_at
            )
        )
    where months.basis = 'accrual'
    group by 1, 2
), causes as (
    select
        compared.*,
        coalesce(residuals.not_in_documents, 0) as not_in_documents,
        case
            when first_months.month is not null then coalesce(openings.not_in_documents, 0)
            else 0
        end as opening_not_in_documents,
        accounts.account_type,
        accounts.system_account,
        coalesce(accounts.currency_code, organisations.base_currency) <> organisations.base_currency
            as is_foreign,
        late_journals.month is not null as is_posted_after_read,
        late_changes.month is not null as is_changed_after_read,
        conversions.month is not null as is_conversion,
        made_from.made_from = 'journals' and compared.basis = 'accrual' and ledgers._tenant_id is null
            as has_no_journals,
        stock_codes.account_code is not null or coalesce(accounts.account_type, '') = 'INVENTORY' as is_stock
    from compared
    left join residuals
        on residuals._tenant_id = compared._tenant_id
        and compared.basis = 'accrual'
        and residuals.account_id = compared.account_id
        and residuals.month = compared.month
        and not residuals.is_opening
    left join first_months
        on first_months._tenant_id = compared._tenant_id
        and first_months.month = compared.month
        and compared.basis = 'accrual'
    left join conversions
        on conversions._tenant_id = compared._tenant_id
        and conversions.month = compared.month
        and compared.basis = 'accrual'
    left join openings
        on openings._tenant_id = compared._tenant_id
        and openings.account_id = compared.account_id
    left join late_journals
        on late_journals._tenant_id = compared._tenant_id
        and late_journals.basis = compared.basis
        and late_journals.month = compared.month
        and late_journals.account_id = compared.account_id
    left join late_changes
        on late_changes._tenant_id = compared._tenant_id
        and late_changes.month = compared.month
        and compared.basis = 'accrual'
    left join analytics_ledger.ledger_accounts as accounts
        on accounts._tenant_id = compared._tenant_id
        and accounts.account_id = compared.account_id
    left join analytics_staging.stg_xero__organisations as organisations
        on organisations._tenant_id = compared._tenant_id
    left join analytics_ledger.ledger_made_from as made_from
        on made_from._tenant_id = compared._tenant_id
    left join (select distinct _tenant_id, basis from analytics_ledger.ledger_months) as ledgers
        on ledgers._tenant_id = compared._tenant_id
        and ledgers.basis = compared.basis
    left join stock_codes
        on stock_codes._tenant_id = compared._tenant_id
        and stock_codes.account_code = accounts.account_code
)
select
    _tenant_id,
    basis,
    month,
    balance_date,
    account_id,
    account_code,
    account_name,
    account_type,
    cast(ledger_movement as numeric(20, 2)) as ledger_movement,
    cast(xero_movement as numeric(20, 2)) as xero_movement,
    cast(ledger_balance as numeric(20, 2)) as ledger_balance,
    cast(xero_balance as numeric(20, 2)) as xero_balance,
    cast(ledger_balance - xero_balance as numeric(20, 2)) as difference,
    is_posted_after_read,
    cast(not_in_documents as numeric(20, 2)) as not_in_documents,
    cast(opening_not_in_documents as numeric(20, 2)) as opening_not_in_documents,
    case
        when is_posted_after_read
            then 'Journals were posted after the trial balance of this month was read. Read the month again: '
                || 'run tap-xero with a larger reports.again'
        when has_no_journals
            then 'No journals of this organisation are loaded, but its ledger is to be made of them '
                || '(xero_ledger_source). Load journals, or set it to auto'
        when ledger_balance <> xero_balance and basis = 'cash'
            then 'The cash journals and the trial balance were read at different times'
        when ledger_balance <> xero_balance
            then 'The ledger and the trial balance were read at different times'
        when not_in_documents = 0 and opening_not_in_documents <> 0
            then 'Opening balance: conversion balances, or documents from before the first month'
        when not_in_documents = 0 then null
        when is_stock then 'Cost of tracked stock: Xero moves it at its average cost, no document says so'
        when system_account in ('BANKCURRENCYGAIN', 'UNREALISEDCURRENCYGAIN') or is_foreign
            then 'Revaluation of foreign currency'
        when system_account = 'REALISEDCURRENCYGAIN' or abs(not_in_documents) <= 0.05
            then 'Rounding of foreign currency or of tax'
        when system_account in ('UNPAIDEXPCLM', 'WAGEPAYABLES')
            then 'Expense claims or payroll: they are in no document of this API'
        when is_conversion
            then 'Opening balance: conversion balances, in the month in which the books begin'
        when is_changed_after_read
            then 'Documents were changed after the trial balance of their month was read. Read the months '
                || 'again: run tap-xero with a larger reports.again'
        else 'A document that was not read, or a change that did not move its time of change'
    end as likely_cause
from causes;

create or replace function analytics.aged_payables_at(day date)
returns table (
    as_at date, _tenant_id varchar, contact_id varchar, contact_name varchar,
    not_due numeric(20, 2), days_1_to_30 numeric(20, 2), days_31_to_60 numeric(20, 2),
    days_61_to_90 numeric(20, 2), days_over_90 numeric(20, 2), total numeric(20, 2),
    prepayments numeric(20, 2), documents bigint
) as $$
select
    open.as_at,
    open._tenant_id,
    open.contact_id,
    max(open.contact_name) as contact_name,
    cast(sum(case when open.is_on_control_account and open.days_overdue <= 0 then open.amount_base else 0 end) as numeric(20, 2)) as not_due,
    cast(sum(case when open.is_on_control_account and open.days_overdue between 1 and 30 then open.amount_base else 0 end) as numeric(20, 2)) as days_1_to_30,
    cast(sum(case when open.is_on_control_account and open.days_overdue between 31 and 60 then open.amount_base else 0 end) as numeric(20, 2)) as days_31_to_60,
    cast(sum(case when open.is_on_control_account and open.days_overdue between 61 and 90 then open.amount_base else 0 end) as numeric(20, 2)) as days_61_to_90,
    cast(sum(case when open.is_on_control_account and open.days_overdue > 90 then open.amount_base else 0 end) as numeric(20, 2)) as days_over_90,
    cast(sum(case when open.is_on_control_account then open.amount_base else 0 end) as numeric(20, 2)) as total,
    cast(sum(case when open.is_on_control_account then 0 else open.amount_base end) as numeric(20, 2)) as prepayments,
    cast(sum(case when open.amount_base <> 0 then 1 else 0 end) as bigint) as documents
from (
    select
        days.as_at,
        items._tenant_id,
        items.contact_id,
        items.contact_name,
        items.is_on_control_account,
        datediff(
        day,
        items.due_date,
        days.as_at
        ) as days_overdue,
        sum(items.amount_base) as amount_base
    from analytics.open_items as items
    inner join (select day as as_at) as days
        on items.change_date <= days.as_at
    where items.ledger_side = 'payable'
    group by
        days.as_at, items._tenant_id, items.contact_id, items.contact_name,
        items.document_kind, items.document_id, items.is_on_control_account, items.due_date
    having sum(items.amount_base) <> 0
) as open
group by open.as_at, open._tenant_id, open.contact_id
$$;

create or replace function analytics.aged_receivables_at(day date)
returns table (
    as_at date, _tenant_id varchar, contact_id varchar, contact_name varchar,
    not_due numeric(20, 2), days_1_to_30 numeric(20, 2), days_31_to_60 numeric(20, 2),
    days_61_to_90 numeric(20, 2), days_over_90 numeric(20, 2), total numeric(20, 2),
    prepayments numeric(20, 2), documents bigint
) as $$
select
    open.as_at,
    open._tenant_id,
    open.contact_id,
    max(open.contact_name) as contact_name,
    cast(sum(case when open.is_on_control_account and open.days_overdue <= 0 then open.amount_base else 0 end) as numeric(20, 2)) as not_due,
    cast(sum(case when open.is_on_control_account and open.days_overdue between 1 and 30 then open.amount_base else 0 end) as numeric(20, 2)) as days_1_to_30,
    cast(sum(case when open.is_on_control_account and open.days_overdue between 31 and 60 then open.amount_base else 0 end) as numeric(20, 2)) as days_31_to_60,
    cast(sum(case when open.is_on_control_account and open.days_overdue between 61 and 90 then open.amount_base else 0 end) as numeric(20, 2)) as days_61_to_90,
    cast(sum(case when open.is_on_control_account and open.days_overdue > 90 then open.amount_base else 0 end) as numeric(20, 2)) as days_over_90,
    cast(sum(case when open.is_on_control_account then open.amount_base else 0 end) as numeric(20, 2)) as total,
    cast(sum(case when open.is_on_control_account then 0 else open.amount_base end) as numeric(20, 2)) as prepayments,
    cast(sum(case when open.amount_base <> 0 then 1 else 0 end) as bigint) as documents
from (
    select
        days.as_at,
        items._tenant_id,
        items.contact_id,
        items.contact_name,
        items.is_on_control_account,
        datediff(
        day,
        items.due_date,
        days.as_at
        ) as days_overdue,
        sum(items.amount_base) as amount_base
    from analytics.open_items as items
    inner join (select day as as_at) as days
        on items.change_date <= days.as_at
    where items.ledger_side = 'receivable'
    group by
        days.as_at, items._tenant_id, items.contact_id, items.contact_name,
        items.document_kind, items.document_id, items.is_on_control_account, items.due_date
    having sum(items.amount_base) <> 0
) as open
group by open.as_at, open._tenant_id, open.contact_id
$$;
