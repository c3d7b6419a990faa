{#- The ledger of accrual basis as documents tell it: a row for each amount on an account. #}
{% set sources = {
    'ACCRECCREDIT': 'ACCRECCREDIT', 'ACCPAYCREDIT': 'ACCPAYCREDIT',
    'RECEIVE-PREPAYMENT': 'ARPREPAYMENT', 'SPEND-PREPAYMENT': 'APPREPAYMENT',
    'RECEIVE-OVERPAYMENT': 'AROVERPAYMENT', 'SPEND-OVERPAYMENT': 'APOVERPAYMENT',
    'RECEIVE': 'CASHREC', 'SPEND': 'CASHPAID',
} %}
with documents as (

    select
        documents.*,
        case documents.document_type
            {%- for type, source in sources.items() %}
            when '{{ type }}' then '{{ source }}'
            {%- endfor %}
            else documents.document_type
        end as source_type
    from {{ ref('ledger_documents') }} as documents

), own_sides as (

    select
        _tenant_id, document_date as entry_date, source_type, document_id as source_id,
        document_kind, document_id, 'own' as part, {{ null_of('text') }} as line_key,
        own_account_id as account_id, own_sign * total_base as net_amount, 0 as tax_amount,
        {{ null_of('text') }} as tax_type, contact_name as description,
        coalesce(nullif(document_number, ''), reference) as reference, contact_id
    from documents
    where {{ has_loaded_lines(['invoice', 'credit_note', 'bank_transaction']) }}

), overpaid as (

    -- An overpayment's line is the part that stays on receivables or payables.
    select
        _tenant_id, document_date, source_type, document_id,
        document_kind, document_id, 'overpaid', {{ null_of('text') }},
        control_account_id, - own_sign * total_base, 0,
        {{ null_of('text') }}, contact_name, reference, contact_id
    from documents
    where {{ has_loaded_lines(['bank_transaction']) }}
        and document_type like '%OVERPAYMENT'

), lines as (

    select
        documents._tenant_id, documents.document_date, documents.source_type, documents.document_id,
        documents.document_kind, documents.document_id,
        shares.line_id || ':' || {{ text('shares.component') }}, shares.line_key,
        shares.account_id, shares.net_amount, shares.tax_amount,
        shares.tax_type, shares.description,
        coalesce(nullif(documents.document_number, ''), documents.reference), documents.contact_id
    from {{ ref('ledger_line_shares') }} as shares
    inner join documents
        on documents._tenant_id = shares._tenant_id
        and documents.document_kind = shares.document_kind
        and documents.document_id = shares.document_id
    where shares.sequence = 0
        and documents.document_kind in ('invoice', 'credit_note', 'bank_transaction')

), settled as (

    select
        settlements._tenant_id, settlements.event_date,
        coalesce(
            case
                when settlements.event_kind = 'payment' then
                    case settlements.payment_type
                        when 'ARPREPAYMENTPAYMENT' then 'ARPREPAYMENT'
                        when 'APPREPAYMENTPAYMENT' then 'APPREPAYMENT'
                        when 'AROVERPAYMENTPAYMENT' then 'AROVERPAYMENT'
                        when 'APOVERPAYMENTPAYMENT' then 'APOVERPAYMENT'
                        else settlements.payment_type
                    end
            end,
            'ALLOCATION'
        ) as source_type,
        settlements.event_id, settlements.document_kind, settlements.document_id,
        'settled:' || settlements.document_kind || ':' || settlements.document_id as part,
        {{ null_of('text') }} as line_key, settlements.control_account_id as account_id,
        settlements.outstanding_sign * settlements.change_base as net_amount, 0 as tax_amount,
        {{ null_of('text') }} as tax_type, documents.contact_name as description,
        coalesce(settlements.reference, documents.document_number, documents.reference) as reference,
        settlements.contact_id
    from {{ ref('ledger_settlements') }} as settlements
    inner join documents
        on documents._tenant_id = settlements._tenant_id
        and documents.document_kind = settlements.document_kind
        and documents.document_id = settlements.document_id
    where settlements.document_kind <> 'prepayment'

), prepaid as (

    -- A settled prepayment leaves the accounts of its lines in proportion.
    select
        settlements._tenant_id, settlements.event_date,
        case
            when settlements.document_type like 'RECEIVE%' then 'ARPREPAYMENT' else 'APPREPAYMENT'
        end,
        settlements.event_id, settlements.document_kind, settlements.document_id,
        'prepaid:' || after.line_id || ':' || {{ text('after.component') }},
        after.line_key, after.account_id, after.net_amount - before.net_amount,
        after.tax_amount - before.tax_amount, after.tax_type, after.description,
        settlements.reference, settlements.contact_id
    from {{ ref('ledger_settlements') }} as settlements
    inner join {{ ref('ledger_line_shares') }} as after
        on after._tenant_id = settlements._tenant_id
        and after.document_kind = settlements.document_kind
        and after.document_id = settlements.document_id
        and after.sequence = settlements.sequence
    inner join {{ ref('ledger_line_shares') }} as before
        on before._tenant_id = after._tenant_id
        and before.document_kind = after.document_kind
        and before.document_id = after.document_id
        and before.sequence = after.sequence - 1
        and before.line_id = after.line_id
        and before.component = after.component
    where settlements.document_kind = 'prepayment'

), paid as (

    select
        settlements._tenant_id, settlements.event_date,
        case settlements.payment_type
            when 'ARPREPAYMENTPAYMENT' then 'ARPREPAYMENT'
            when 'APPREPAYMENTPAYMENT' then 'APPREPAYMENT'
            when 'AROVERPAYMENTPAYMENT' then 'AROVERPAYMENT'
            when 'APOVERPAYMENTPAYMENT' then 'APOVERPAYMENT'
            else settlements.payment_type
        end,
        settlements.event_id, settlements.document_kind, settlements.document_id,
        'bank', {{ null_of('text') }}, settlements.bank_account_id,
        settlements.outstanding_sign * {{ to_base('settlements.amount', 'settlements.payment_rate') }}, 0,
        {{ null_of('text') }}, documents.contact_name,
        coalesce(settlements.reference, documents.document_number, documents.reference),
        settlements.contact_id
    from {{ ref('ledger_settlements') }} as settlements
    inner join documents
        on documents._tenant_id = settlements._tenant_id
        and documents.document_kind = settlements.document_kind
        and documents.document_id = settlements.document_id
    where settlements.event_kind = 'payment'

), events as (

    select * from settled
    union all
    select * from prepaid
    union all
    select * from paid

{%- if loaded_table('prepayment_line_items') is none %}

), whole_events as (

    -- Without the lines of prepayments, what settles one has no other side.
    select events.*
    from events
    left join (
        select distinct _tenant_id, event_id
        from {{ ref('ledger_settlements') }}
        where document_kind = 'prepayment'
    ) as of_prepayments
        on of_prepayments._tenant_id = events._tenant_id
        and of_prepayments.event_id = events.event_id
    where of_prepayments.event_id is null
{%- endif %}
{%- set events = 'events' if loaded_table('prepayment_line_items') is not none else 'whole_events' %}

), gains as (

    -- What money and credits at other rates than the document's leave over.
    select
        events._tenant_id, min(events.event_date), min(events.source_type), events.event_id,
        min(events.document_kind), min(events.document_id), 'gain', {{ null_of('text') }},
        accounts.account_id, - sum(events.net_amount), 0,
        {{ null_of('text') }}, 'Realised currency gain', min(events.reference),
        min(events.contact_id)
    from {{ events }} as events
    left join {{ ref('ledger_accounts') }} as accounts
        on accounts._tenant_id = events._tenant_id
        and accounts.system_account = 'REALISEDCURRENCYGAIN'
    group by events._tenant_id, events.event_id, accounts.account_id
    having sum(events.net_amount) <> 0

), transfers as (

    select
        transfers._tenant_id,
        transfers.bank_transfer_id,
        transfers.date,
        transfers.reference,
        transfers.from_bank_account_id,
        transfers.to_bank_account_id,
        {{ to_base('coalesce(leaving.total, transfers.amount)', 'coalesce(leaving.currency_rate, 1)') }} as amount_base
    from {{ ref('stg_xero__bank_transfers') }} as transfers
    left join {{ ref('stg_xero__bank_transactions') }} as leaving
        on leaving._tenant_id = transfers._tenant_id
        and leaving.bank_transaction_id = transfers.from_bank_transaction_id
    where upper(coalesce(transfers.status, 'AUTHORISED')) <> 'DELETED'

), moved as (

    select
        _tenant_id, date, 'TRANSFER', bank_transfer_id, 'bank_transfer', bank_transfer_id, 'from',
        {{ null_of('text') }}, from_bank_account_id, - amount_base, 0, {{ null_of('text') }},
        'Transfer', reference, {{ null_of('text') }}
    from transfers

    union all

    select
        _tenant_id, date, 'TRANSFER', bank_transfer_id, 'bank_transfer', bank_transfer_id, 'to',
        {{ null_of('text') }}, to_bank_account_id, amount_base, 0, {{ null_of('text') }},
        'Transfer', reference, {{ null_of('text') }}
    from transfers

), manual as (

    select
        parts._tenant_id, journals.date, 'MANJOURNAL', parts.document_id,
        parts.document_kind, parts.document_id,
        parts.line_id || ':' || {{ text('parts.component') }}, parts.line_key,
        parts.account_id, {{ money('parts.net_amount') }}, {{ money('parts.tax_amount') }},
        parts.tax_type, coalesce(parts.description, journals.narration), journals.narration,
        {{ null_of('text') }}
    from {{ ref('ledger_line_parts') }} as parts
    inner join {{ ref('stg_xero__manual_journals') }} as journals
        on journals._tenant_id = parts._tenant_id
        and journals.manual_journal_id = parts.document_id
    where parts.document_kind = 'manual_journal'

), postings as (

    select * from own_sides
    union all
    select * from overpaid
    union all
    select * from lines
    union all
    select * from {{ events }}
    union all
    select * from gains
    union all
    select * from moved
    union all
    select * from manual

)

select
    _tenant_id,
    'accrual' as basis,
    'documents' as made_from,
    source_type || ':' || source_id || ':' || part as entry_id,
    entry_date,
    source_type,
    source_id,
    document_kind,
    document_id,
    line_key,
    account_id,
    {{ money('net_amount') }} as net_amount,
    {{ money('tax_amount') }} as tax_amount,
    tax_type,
    description,
    reference,
    contact_id
from postings
where net_amount <> 0 or tax_amount <> 0
