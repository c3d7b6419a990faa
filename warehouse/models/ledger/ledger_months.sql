{#- The months of each organisation's ledger, without a gap, and the financial year of each. They end
    with the last entry, or with the last trial balance: balances stand also when nothing was posted. #}
with entered as (

    select
        entries._tenant_id,
        entries.basis,
        {{ month_of('min(entries.entry_date)') }} as first_month,
        {{ month_of('max(entries.entry_date)') }} as last_month
    from {{ ref('ledger_entries') }} as entries
    group by 1, 2

), balanced as (

    select _tenant_id, basis, max(month) as last_month
    from {{ ref('ledger_trial_balances') }}
    group by 1, 2

), spans as (

    select
        entered._tenant_id,
        entered.basis,
        entered.first_month,
        case
            when balanced.last_month > entered.last_month then balanced.last_month
            else entered.last_month
        end as last_month
    from entered
    left join balanced
        on balanced._tenant_id = entered._tenant_id
        and balanced.basis = entered.basis

), digits as (
{% for digit in range(10) %}
    select {{ digit }} as digit{{ ' union all' if not loop.last }}
{%- endfor %}

), numbers as (

    -- Enough for a year that was mistyped, such as 1926 or 2206: no month of now may be cut off.
    select
        thousands.digit * 1000 + hundreds.digit * 100 + tens.digit * 10 + ones.digit as number
    from digits as thousands
    cross join digits as hundreds
    cross join digits as tens
    cross join digits as ones

), months as (

    select
        spans._tenant_id,
        spans.basis,
        cast({{ dbt.dateadd('month', 'numbers.number', 'spans.first_month') }} as date) as month
    from spans
    cross join numbers
    where cast({{ dbt.dateadd('month', 'numbers.number', 'spans.first_month') }} as date) <= spans.last_month

), ends as (

    select months.*, {{ month_end_of('months.month') }} as month_end
    from months

)

select
    ends._tenant_id,
    ends.basis,
    ends.month,
    ends.month_end,
    {{ financial_year_start('ends.month_end', 'organisations') }} as financial_year_start
from ends
inner join {{ ref('stg_xero__organisations') }} as organisations
    on organisations._tenant_id = ends._tenant_id
