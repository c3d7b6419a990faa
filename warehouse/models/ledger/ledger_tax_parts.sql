{#- The tax of each line, split over the components of its rate, in the document's currency. #}
with rates as (

    select
        components._tenant_id,
        components.tax_type,
        components.line as component,
        components.component_name,
        coalesce(components.is_non_recoverable, false) as is_non_recoverable,
        -- A compound component is on top of the others.
        case
            when coalesce(components.is_compound, false) then components.rate * (
                1 + sum(case when coalesce(components.is_compound, false) then 0 else components.rate end)
                    over (partition by components._tenant_id, components.tax_type) / 100
            )
            else components.rate
        end as rate
    from {{ ref('stg_xero__tax_rate_components') }} as components

), weights as (

    select
        rates.*,
        sum(rates.rate) over (partition by rates._tenant_id, rates.tax_type) as rate_of_all,
        row_number() over (partition by rates._tenant_id, rates.tax_type order by rates.component) as turn_of_component
    from rates

), spread as (
{% set query %}
        select
            lines._tenant_id,
            lines.document_kind,
            lines.document_id,
            lines.line,
            lines.line_id,
            lines.tax_amount as total,
            coalesce(weights.component, 0) as component,
            weights.component_name,
            coalesce(weights.is_non_recoverable, false) as is_non_recoverable,
            case
                when weights.component is null then lines.tax_amount
                when weights.rate_of_all <> 0
                    then {{ divide('lines.tax_amount * weights.rate', 'weights.rate_of_all') }}
                when weights.turn_of_component = 1 then lines.tax_amount
                else 0
            end as exact
        from {{ ref('ledger_document_lines') }} as lines
        left join weights
            on weights._tenant_id = lines._tenant_id
            and weights.tax_type = lines.tax_type
        where lines.tax_amount <> 0
{% endset %}
{{ spread_cents(query, '_tenant_id, document_kind, document_id, line_id', 'component') }}
)

select
    _tenant_id,
    document_kind,
    document_id,
    line,
    line_id,
    component,
    component_name,
    is_non_recoverable,
    share as tax_amount
from spread
