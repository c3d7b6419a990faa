{#- The lines of documents and manual journals in one form, in the document's currency. #}
with lines as (
{% set sources = [
    ('invoice', 'stg_xero__invoice_line_items', 'invoice_id'),
    ('credit_note', 'stg_xero__credit_note_line_items', 'credit_note_id'),
    ('bank_transaction', 'stg_xero__bank_transaction_line_items', 'bank_transaction_id'),
    ('prepayment', 'stg_xero__prepayment_line_items', 'prepayment_id'),
] %}
{% for kind, model, id in sources %}
    select
        _tenant_id,
        '{{ kind }}' as document_kind,
        {{ id }} as document_id,
        line,
        coalesce(line_item_id, {{ text('line') }}) as line_id,
        description,
        item_code,
        item_id,
        quantity,
        unit_amount,
        line_amount,
        tax_amount,
        tax_type,
        account_id,
        account_code
    from {{ ref(model) }}

    union all
{% endfor %}
    select
        _tenant_id,
        'manual_journal',
        manual_journal_id,
        line,
        {{ text('line') }},
        description,
        {{ null_of('text') }},
        {{ null_of('text') }},
        {{ null_of('number') }},
        {{ null_of('number') }},
        line_amount,
        tax_amount,
        tax_type,
        account_id,
        account_code
    from {{ ref('stg_xero__manual_journal_lines') }}

), inclusive as (

    select _tenant_id, document_kind, document_id, amounts_include_tax
    from {{ ref('ledger_documents') }}

    union all

    select
        _tenant_id,
        'manual_journal',
        manual_journal_id,
        upper(coalesce(line_amount_types, 'NOTAX')) = 'INCLUSIVE'
    from {{ ref('stg_xero__manual_journals') }}
    where upper(status) = 'POSTED'

)

select
    lines._tenant_id,
    lines.document_kind,
    lines.document_id,
    lines.line,
    lines.line_id,
    lines.document_kind || ':' || lines.document_id || ':' || lines.line_id as line_key,
    lines.description,
    lines.item_code,
    lines.item_id,
    lines.quantity,
    lines.unit_amount,
    {{ number("
        coalesce(lines.line_amount, 0)
        - case when inclusive.amounts_include_tax then coalesce(lines.tax_amount, 0) else 0 end
    ") }} as net_amount,
    coalesce(lines.tax_amount, 0) as tax_amount,
    lines.tax_type,
    coalesce(lines.account_id, codes.account_id) as account_id
from lines
inner join inclusive
    on inclusive._tenant_id = lines._tenant_id
    and inclusive.document_kind = lines.document_kind
    and inclusive.document_id = lines.document_id
left join {{ ref('ledger_accounts') }} as codes
    on codes._tenant_id = lines._tenant_id
    and codes.account_code = lines.account_code
    and codes.has_code
