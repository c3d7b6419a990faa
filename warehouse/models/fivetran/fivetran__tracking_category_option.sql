{{ config(alias='tracking_category_option') }}
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
from {{ ref('stg_xero__tracking_options') }} as records
inner join {{ ref('ledger_source_relations') }} as organisations
    on organisations._tenant_id = records._tenant_id
