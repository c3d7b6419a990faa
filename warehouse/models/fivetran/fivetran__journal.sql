{{ config(alias='journal') }}
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
from {{ ref('stg_xero__journals') }} as records
inner join {{ ref('ledger_source_relations') }} as organisations
    on organisations._tenant_id = records._tenant_id
