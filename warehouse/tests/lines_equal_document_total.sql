-- The lines of a document, with their tax, come to its total: in its own currency to what Xero says
-- of them (SubTotal and TotalTax, a cent a line for rounding), in the base currency to the cent.
with own as (

    select _tenant_id, document_kind, document_id, count(*) as lines, sum(net_amount + tax_amount) as of_lines
    from {{ ref('ledger_document_lines') }}
    group by 1, 2, 3

), base as (

    select _tenant_id, document_kind, document_id, - sum(net_amount) as of_lines
    from {{ ref('ledger_line_shares') }}
    where sequence = 0
    group by 1, 2, 3

)

select
    documents._tenant_id,
    documents.document_kind,
    documents.document_id,
    documents.total_of_lines as total,
    own.of_lines,
    documents.own_sign * documents.total_base as total_base,
    base.of_lines as of_lines_base
from {{ ref('ledger_documents') }} as documents
inner join own
    on own._tenant_id = documents._tenant_id
    and own.document_kind = documents.document_kind
    and own.document_id = documents.document_id
inner join base
    on base._tenant_id = documents._tenant_id
    and base.document_kind = documents.document_kind
    and base.document_id = documents.document_id
where abs(own.of_lines - documents.total_of_lines) > 0.01 * own.lines
    or base.of_lines <> documents.own_sign * documents.total_base
