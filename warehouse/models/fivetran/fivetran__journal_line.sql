{{ config(alias='journal_line') }}
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
from {{ ref('stg_xero__journal_lines') }} as records
inner join {{ ref('ledger_source_relations') }} as organisations
    on organisations._tenant_id = records._tenant_id
