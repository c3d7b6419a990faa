{#- What payments and allocations take off documents, in their order, and what is left after each. #}
with events as (
{% set paid = [
    ('invoice', 'invoice_id'), ('credit_note', 'credit_note_id'),
    ('prepayment', 'prepayment_id'), ('overpayment', 'overpayment_id'),
] %}
{% for kind, id in paid %}
    select
        _tenant_id,
        '{{ kind }}' as document_kind,
        {{ id }} as document_id,
        'payment' as event_kind,
        payment_id as event_id,
        date as event_date,
        amount,
        account_id as bank_account_id,
        coalesce(nullif(currency_rate, 0), 1) as payment_rate,
        upper(payment_type) as payment_type,
        reference
    from {{ ref('stg_xero__payments') }}
    where {{ id }} is not null
        and upper(status) = 'AUTHORISED'

    union all
{% endfor %}
{% set credits = ['credit_note', 'prepayment', 'overpayment'] %}
{% for kind in credits %}
    {% for document_kind, document_id in [(kind, kind ~ '_id'), ('invoice', 'invoice_id')] %}
    select
        _tenant_id,
        '{{ document_kind }}',
        {{ document_id }},
        'allocation',
        coalesce(allocation_id, '{{ kind }}:' || {{ kind }}_id || ':' || {{ text('line') }}),
        date,
        amount,
        {{ null_of('text') }},
        1,
        {{ null_of('text') }},
        {{ null_of('text') }}
    from {{ ref('stg_xero__' ~ kind ~ '_allocations') }}
    where not coalesce(is_deleted, false)
    {% if not loop.last %}

    union all
    {% endif %}
    {% endfor %}
    {% if not loop.last %}

    union all
    {% endif %}
{% endfor %}
), running as (

    select
        events.*,
        documents.document_type,
        documents.outstanding_sign,
        documents.currency_rate,
        documents.control_account_id,
        documents.contact_id,
        documents.total,
        documents.total_base,
        row_number() over (
            partition by events._tenant_id, events.document_kind, events.document_id
            order by events.event_date, events.event_kind, events.event_id
        ) as sequence,
        {{ number("
            documents.total - sum(events.amount) over (
                partition by events._tenant_id, events.document_kind, events.document_id
                order by events.event_date, events.event_kind, events.event_id
                rows between unbounded preceding and current row
            )
        ") }} as outstanding
    from events
    inner join {{ ref('ledger_documents') }} as documents
        on documents._tenant_id = events._tenant_id
        and documents.document_kind = events.document_kind
        and documents.document_id = events.document_id

), in_base as (

    select
        running.*,
        {{ to_base('running.outstanding', 'running.currency_rate') }} as outstanding_base
    from running

)

select
    in_base.*,
    {{ money("
        in_base.outstanding_base - coalesce(
            lag(in_base.outstanding_base) over (
                partition by in_base._tenant_id, in_base.document_kind, in_base.document_id
                order by in_base.sequence
            ),
            in_base.total_base
        )
    ") }} as change_base
from in_base
