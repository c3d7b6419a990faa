{{ config(alias='tracking_category_has_option') }}
select
    records._tenant_id,
    organisations.source_relation,
    records.tracking_category_id,
    records.tracking_option_id,
    records._read_at as _fivetran_synced
from {{ ref('stg_xero__tracking_options') }} as records
inner join {{ ref('ledger_source_relations') }} as organisations
    on organisations._tenant_id = records._tenant_id
