{#- What a journal's SourceID is: a document, a payment, an allocation; and who is behind it. #}
with sources as (

    select _tenant_id, invoice_id as source_id, 'invoice' as document_kind, invoice_id as document_id, contact_id
    from {{ ref('stg_xero__invoices') }}
    union all
    select _tenant_id, credit_note_id, 'credit_note', credit_note_id, contact_id
    from {{ ref('stg_xero__credit_notes') }}
    union all
    select _tenant_id, bank_transaction_id, 'bank_transaction', bank_transaction_id, contact_id
    from {{ ref('stg_xero__bank_transactions') }}
    union all
    select _tenant_id, prepayment_id, 'prepayment', prepayment_id, contact_id
    from {{ ref('stg_xero__prepayments') }}
    union all
    select _tenant_id, overpayment_id, 'overpayment', overpayment_id, contact_id
    from {{ ref('stg_xero__overpayments') }}
    union all
    select _tenant_id, manual_journal_id, 'manual_journal', manual_journal_id, {{ null_of('text') }}
    from {{ ref('stg_xero__manual_journals') }}
    union all
    select _tenant_id, bank_transfer_id, 'bank_transfer', bank_transfer_id, {{ null_of('text') }}
    from {{ ref('stg_xero__bank_transfers') }}
{% for kind in ['credit_note', 'prepayment', 'overpayment'] %}
    union all
    select allocations._tenant_id, allocations.allocation_id, '{{ kind }}', credits.{{ kind }}_id, credits.contact_id
    from {{ ref('stg_xero__' ~ kind ~ '_allocations') }} as allocations
    inner join {{ ref('stg_xero__' ~ kind ~ 's') }} as credits
        on credits._tenant_id = allocations._tenant_id
        and credits.{{ kind }}_id = allocations.{{ kind }}_id
{% endfor %}
{% for kind in ['invoice', 'credit_note', 'prepayment', 'overpayment'] %}
    union all
    select payments._tenant_id, payments.payment_id, '{{ kind }}', documents.{{ kind }}_id, documents.contact_id
    from {{ ref('stg_xero__payments') }} as payments
    inner join {{ ref('stg_xero__' ~ kind ~ 's') }} as documents
        on documents._tenant_id = payments._tenant_id
        and documents.{{ kind }}_id = payments.{{ kind }}_id
{% endfor %}
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
where turn = 1
