{#- What each line puts on which account, in the document's currency, debits and credits not yet told:
    its own account with the tax that cannot be recovered, and the tax account with the rest. #}
with recoverable as (

    select
        _tenant_id,
        document_kind,
        document_id,
        line_id,
        sum(case when is_non_recoverable then 0 else tax_amount end) as recoverable_tax,
        sum(case when is_non_recoverable then tax_amount else 0 end) as lost_tax
    from {{ ref('ledger_tax_parts') }}
    group by 1, 2, 3, 4

), parts as (

    select
        lines._tenant_id,
        lines.document_kind,
        lines.document_id,
        lines.line,
        0 as component,
        lines.line_id,
        lines.line_key,
        lines.account_id,
        lines.description,
        lines.tax_type,
        {{ number('lines.net_amount + coalesce(recoverable.lost_tax, 0)') }} as net_amount,
        {{ money('coalesce(recoverable.recoverable_tax, 0)') }} as tax_amount
    from {{ ref('ledger_document_lines') }} as lines
    left join recoverable
        on recoverable._tenant_id = lines._tenant_id
        and recoverable.document_kind = lines.document_kind
        and recoverable.document_id = lines.document_id
        and recoverable.line_id = lines.line_id
    where lines.account_id is not null

    union all

    select
        taxes._tenant_id,
        taxes.document_kind,
        taxes.document_id,
        taxes.line,
        taxes.component + 1,
        taxes.line_id,
        {{ null_of('text') }},
        tax_accounts.account_id,
        taxes.component_name,
        {{ null_of('text') }},
        taxes.tax_amount,
        0
    from {{ ref('ledger_tax_parts') }} as taxes
    left join {{ ref('ledger_accounts') }} as tax_accounts
        on tax_accounts._tenant_id = taxes._tenant_id
        and tax_accounts.system_account = 'GST'
    where not taxes.is_non_recoverable
        and taxes.tax_amount <> 0

), sums as (

    select _tenant_id, document_kind, document_id, sum(net_amount) as net_amount
    from parts
    group by 1, 2, 3

)

select * from parts

union all

-- What a document's total has more than its lines stands on Xero's rounding account.
select
    documents._tenant_id,
    documents.document_kind,
    documents.document_id,
    1000000,
    0,
    'rounding',
    {{ null_of('text') }},
    rounding.account_id,
    'Rounding',
    {{ null_of('text') }},
    {{ number('documents.total - sums.net_amount') }},
    0
from {{ ref('ledger_documents') }} as documents
inner join sums
    on sums._tenant_id = documents._tenant_id
    and sums.document_kind = documents.document_kind
    and sums.document_id = documents.document_id
inner join {{ ref('ledger_accounts') }} as rounding
    on rounding._tenant_id = documents._tenant_id
    and rounding.system_account = 'ROUNDING'
where documents.document_type not like '%OVERPAYMENT'
    and documents.total <> sums.net_amount
