-- A document with a total and without lines: its line items were not read together with it.
select documents._tenant_id, documents.document_kind, documents.document_id, documents.total
from {{ ref('ledger_documents') }} as documents
left join {{ ref('ledger_document_lines') }} as lines
    on lines._tenant_id = documents._tenant_id
    and lines.document_kind = documents.document_kind
    and lines.document_id = documents.document_id
where documents.total <> 0
    and documents.document_kind <> 'overpayment'
    and lines.line_key is null
