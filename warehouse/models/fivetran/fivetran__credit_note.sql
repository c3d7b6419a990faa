{{ config(alias='credit_note') }}
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
from {{ ref('stg_xero__credit_notes') }} as records
inner join {{ ref('ledger_source_relations') }} as organisations
    on organisations._tenant_id = records._tenant_id
