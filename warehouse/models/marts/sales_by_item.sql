with items as (

    -- A code may be given to another item later. Then it names the item that was changed last.
    select
        items.*,
        row_number() over (
            partition by items._tenant_id, items.code
            order by coalesce(items.updated_date_utc, items._read_at) desc, items.item_id
        ) = 1 as has_code
    from {{ ref('stg_xero__items') }} as items

), lines as (

    select
        documents._tenant_id,
        {{ month_of('documents.document_date') }} as month,
        nullif(lines.item_code, '') as item_code,
        coalesce(nullif(lines.item_id, ''), codes.item_id) as item_id,
        documents.document_type,
        documents.contact_id,
        case when documents.document_type = 'ACCRECCREDIT' then -1 else 1 end
        * coalesce(lines.quantity, 0) as quantity,
        - shares.net_amount as net_amount,
        - shares.tax_amount as tax_amount
    from {{ ref('ledger_document_lines') }} as lines
    inner join {{ ref('ledger_documents') }} as documents
        on documents._tenant_id = lines._tenant_id
        and documents.document_kind = lines.document_kind
        and documents.document_id = lines.document_id
    inner join {{ ref('ledger_line_shares') }} as shares
        on shares._tenant_id = lines._tenant_id
        and shares.document_kind = lines.document_kind
        and shares.document_id = lines.document_id
        and shares.line_id = lines.line_id
        and shares.component = 0
        and shares.sequence = 0
    left join items as codes
        on codes._tenant_id = lines._tenant_id
        and codes.code = lines.item_code
        and codes.has_code
    where documents.document_type in ('ACCREC', 'ACCRECCREDIT', 'RECEIVE')

)

select
    lines._tenant_id,
    lines.month,
    coalesce(items.code, lines.item_code) as item_code,
    lines.item_id,
    items.name as item_name,
    cast(sum(lines.quantity) as {{ number_type() }}) as quantity,
    {{ money('sum(lines.net_amount)') }} as net_amount,
    {{ money('sum(lines.tax_amount)') }} as tax_amount
from lines
left join items
    on items._tenant_id = lines._tenant_id
    and items.item_id = lines.item_id
where lines.item_code is not null
group by 1, 2, 3, 4, 5
