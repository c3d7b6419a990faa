{{ config(alias='journal_cash_line_has_tracking_category') }}
select
    records._tenant_id,
    organisations.source_relation,
    records.journal_id,
    records.journal_line_id,
    records.option_name as option,
    records.tracking_category_id,
    records.tracking_option_id as tracking_category_option_id,
    records._read_at as _fivetran_synced
from {{ ref('stg_xero__journals_cash_line_tracking') }} as records
inner join {{ ref('ledger_source_relations') }} as organisations
    on organisations._tenant_id = records._tenant_id
