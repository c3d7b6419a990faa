-- The lines of a document, with their tax, come to its total in the base currency.
select
    documents._tenant_id,
    documents.document_kind,
    documents.document_id,
    documents.own_sign * documents.total_base as total,
    sum(shares.net_amount) as lines
from {{ ref('ledger_documents') }} as documents
inner join {{ ref('ledger_line_shares') }} as shares
    on shares._tenant_id = documents._tenant_id
    and shares.document_kind = documents.document_kind
    and shares.document_id = documents.document_id
    and shares.sequence = 0
group by
    documents._tenant_id, documents.document_kind, documents.document_id,
    documents.own_sign, documents.total_base
having sum(shares.net_amount) + documents.own_sign * documents.total_base <> 0
