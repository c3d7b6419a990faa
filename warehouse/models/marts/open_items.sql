{#- What each document added to what is owed, and what settled it: a row for each change, so that the
    sum up to a day is what was open on that day. #}
select
    documents._tenant_id,
    documents.ledger_side,
    documents.document_kind,
    documents.document_id,
    documents.document_type,
    documents.document_number,
    documents.reference,
    documents.contact_id,
    coalesce(contacts.name, documents.contact_name) as contact_name,
    documents.document_date,
    coalesce(documents.due_date, documents.document_date) as due_date,
    documents.currency_code,
    documents.document_date as change_date,
    'document' as change_kind,
    documents.document_id as change_id,
    {{ number("
        case when documents.ledger_side = 'receivable' then 1 else -1 end
        * documents.outstanding_sign * documents.total
    ") }} as amount,
    {{ money("
        case when documents.ledger_side = 'receivable' then 1 else -1 end
        * documents.outstanding_sign * documents.total_base
    ") }} as amount_base,
    documents.document_kind <> 'prepayment' as is_on_control_account
from {{ ref('ledger_documents') }} as documents
left join {{ ref('stg_xero__contacts') }} as contacts
    on contacts._tenant_id = documents._tenant_id
    and contacts.contact_id = documents.contact_id
where documents.document_kind in ('invoice', 'credit_note', 'prepayment', 'overpayment')

union all

select
    documents._tenant_id,
    documents.ledger_side,
    documents.document_kind,
    documents.document_id,
    documents.document_type,
    documents.document_number,
    documents.reference,
    documents.contact_id,
    coalesce(contacts.name, documents.contact_name),
    documents.document_date,
    coalesce(documents.due_date, documents.document_date),
    documents.currency_code,
    settlements.event_date,
    settlements.event_kind,
    settlements.event_id,
    {{ number("
        - case when documents.ledger_side = 'receivable' then 1 else -1 end
        * documents.outstanding_sign * settlements.amount
    ") }},
    {{ money("
        case when documents.ledger_side = 'receivable' then 1 else -1 end
        * documents.outstanding_sign * settlements.change_base
    ") }},
    documents.document_kind <> 'prepayment'
from {{ ref('ledger_settlements') }} as settlements
inner join {{ ref('ledger_documents') }} as documents
    on documents._tenant_id = settlements._tenant_id
    and documents.document_kind = settlements.document_kind
    and documents.document_id = settlements.document_id
left join {{ ref('stg_xero__contacts') }} as contacts
    on contacts._tenant_id = documents._tenant_id
    and contacts.contact_id = documents.contact_id
