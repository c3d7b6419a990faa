{{ config(alias='account') }}
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
from {{ ref('stg_xero__accounts') }} as records
inner join {{ ref('ledger_source_relations') }} as organisations
    on organisations._tenant_id = records._tenant_id
