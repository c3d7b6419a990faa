{{ config(alias='invoice_line_item') }}
select
    records._tenant_id,
    organisations.source_relation,
    -- The code now: dbt_xero finds the account by it, and a line keeps the code that it was read with.
    coalesce(accounts.account_code, records.account_code) as account_code,
    records.description,
    records.discount_entered_as_percent,
    cast(records.discount_rate as {{ integer_type() }}) as discount_rate,
    records.invoice_id,
    records.item_code,
    records.line_amount,
    records.line_item_id,
    records.quantity,
    records.tax_amount,
    records.tax_type,
    records.unit_amount,
    {{ null_of('text') }} as validation_errors,
    records._read_at as _fivetran_synced
from {{ ref('stg_xero__invoice_line_items') }} as records
inner join {{ ref('ledger_source_relations') }} as organisations
    on organisations._tenant_id = records._tenant_id
left join {{ ref('ledger_accounts') }} as accounts
    on accounts._tenant_id = records._tenant_id
    and accounts.account_id = records.account_id
