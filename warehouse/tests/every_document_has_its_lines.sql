-- A document with a total and without lines: its line items were not read together with it. A stream
-- of lines that is not loaded at all is only warned of.
with documents as (

    select _tenant_id, document_kind, document_id, total
    from {{ ref('ledger_documents') }}
    where {{ has_loaded_lines(['invoice', 'credit_note', 'bank_transaction', 'prepayment']) }}
        and total <> 0

)

select documents._tenant_id, documents.document_kind, documents.document_id, documents.total
from documents
left join {{ ref('ledger_document_lines') }} as lines
    on lines._tenant_id = documents._tenant_id
    and lines.document_kind = documents.document_kind
    and lines.document_id = documents.document_id
where lines.line_key is null
