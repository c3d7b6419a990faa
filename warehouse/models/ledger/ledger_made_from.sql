{#- Whether an organisation's ledger of accrual basis is made of its journals or of its documents. #}
select
    organisations._tenant_id,
    {% if var('xero_ledger_source') in ['journals', 'documents'] -%}
    '{{ var('xero_ledger_source') }}' as made_from
    {%- elif var('xero_ledger_source') == 'auto' -%}
    case when journals._tenant_id is null then 'documents' else 'journals' end as made_from
    {%- else -%}
    {{ exceptions.raise_compiler_error(
        'The variable xero_ledger_source is ' ~ var('xero_ledger_source')
        ~ '; it must be auto, journals or documents.'
    ) }}
    {%- endif %}
from {{ ref('stg_xero__organisations') }} as organisations
left join (
    select distinct _tenant_id
    from {{ ref('ledger_from_journals') }}
    where basis = 'accrual'
) as journals
    on journals._tenant_id = organisations._tenant_id
