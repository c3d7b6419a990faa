{#- The ledger as Xero's own journals tell it, on both bases. #}
with lines as (
{% for basis, journals, journal_lines in [
    ('accrual', 'stg_xero__journals', 'stg_xero__journal_lines'),
    ('cash', 'stg_xero__journals_cash', 'stg_xero__journals_cash_lines'),
] %}
    select
        journals._tenant_id,
        '{{ basis }}' as basis,
        journals.journal_id,
        journals.journal_date,
        upper(journals.source_type) as source_type,
        coalesce(journals.source_id, journals.journal_id) as source_id,
        journals.reference,
        journal_lines.line,
        journal_lines.journal_line_id,
        journal_lines.account_id,
        journal_lines.net_amount,
        journal_lines.tax_amount,
        journal_lines.tax_type,
        journal_lines.description
    from {{ ref(journals) }} as journals
    inner join {{ ref(journal_lines) }} as journal_lines
        on journal_lines._tenant_id = journals._tenant_id
        and journal_lines.journal_id = journals.journal_id
    {% if not loop.last %}

    union all
    {% endif %}
{% endfor %}
)

select
    lines._tenant_id,
    lines.basis,
    'journals' as made_from,
    lines.basis || ':' || lines.journal_id || ':' || {{ text('lines.line') }} as entry_id,
    lines.journal_date as entry_date,
    lines.source_type,
    lines.source_id,
    sources.document_kind,
    sources.document_id,
    lines.basis || ':' || lines.journal_id || ':' || lines.journal_line_id as line_key,
    lines.account_id,
    {{ money('coalesce(lines.net_amount, 0)') }} as net_amount,
    {{ money('coalesce(lines.tax_amount, 0)') }} as tax_amount,
    nullif(lines.tax_type, '') as tax_type,
    lines.description,
    lines.reference,
    sources.contact_id
from lines
left join {{ ref('ledger_sources') }} as sources
    on sources._tenant_id = lines._tenant_id
    and sources.source_id = lines.source_id
