{#- What each line holds of its document in the base currency, to the cent: at its total (sequence 0),
    and for prepayments, which stand on the accounts of their lines, after each settlement. #}
with positions as (

    select
        _tenant_id, document_kind, document_id, 0 as sequence, total, total as amount,
        total_base as amount_base, currency_rate, own_sign
    from {{ ref('ledger_documents') }}
    where document_type not like '%OVERPAYMENT'

    union all

    select
        settlements._tenant_id, settlements.document_kind, settlements.document_id,
        settlements.sequence, settlements.total, settlements.outstanding,
        settlements.outstanding_base, settlements.currency_rate, - settlements.outstanding_sign
    from {{ ref('ledger_settlements') }} as settlements
    where settlements.document_kind = 'prepayment'

), spread as (
{% set query %}
        select
            parts.*,
            positions.sequence,
            - positions.own_sign as line_sign,
            positions.amount_base as total,
            case
                when positions.currency_rate = 1 and positions.amount = positions.total
                    then parts.net_amount
                when positions.total = 0
                    then {{ divide('parts.net_amount', 'positions.currency_rate') }}
                else {{ divide('parts.net_amount * positions.amount', '(positions.total * positions.currency_rate)') }}
            end as exact,
            case
                when positions.total = 0
                    then {{ to_base('parts.tax_amount', 'positions.currency_rate') }}
                else {{ to_base('parts.tax_amount * positions.amount', '(positions.total * positions.currency_rate)') }}
            end as tax_base
        from {{ ref('ledger_line_parts') }} as parts
        inner join positions
            on positions._tenant_id = parts._tenant_id
            and positions.document_kind = parts.document_kind
            and positions.document_id = parts.document_id
{% endset %}
{{ spread_cents(query, '_tenant_id, document_kind, document_id, sequence', 'line, component') }}
)

select
    _tenant_id,
    document_kind,
    document_id,
    sequence,
    line,
    component,
    line_id,
    line_key,
    account_id,
    description,
    tax_type,
    {{ money('line_sign * share') }} as net_amount,
    {{ money('line_sign * tax_base') }} as tax_amount
from spread
