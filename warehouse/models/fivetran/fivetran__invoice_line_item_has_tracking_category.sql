{{ config(alias='invoice_line_item_has_tracking_category') }}
select
    records._tenant_id,
    organisations.source_relation,
    records.invoice_id,
    records.line_item_id,
    records.option_name as option,
    records.tracking_category_id,
    records._read_at as _fivetran_synced
from {{ ref('stg_xero__invoice_line_item_tracking') }} as records
inner join {{ ref('ledger_source_relations') }} as organisations
    on organisations._tenant_id = records._tenant_id
