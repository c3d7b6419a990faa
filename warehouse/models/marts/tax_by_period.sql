{#- Tax by month and rate, as it stands on the tax account: positive is owed to the tax office. #}
with taxed as (

    select
        _tenant_id,
        basis,
        month,
        tax_type,
        case
            when account_class = 'REVENUE' then 'sales'
            when account_class in ('EXPENSE', 'ASSET') then 'purchases'
            else 'other'
        end as tax_on,
        sum(- net_amount) as net_amount,
        sum(- tax_amount) as tax_amount
    from {{ ref('general_ledger') }}
    where tax_type is not null
    group by 1, 2, 3, 4, 5

), on_account as (

    select
        _tenant_id,
        basis,
        month,
        sum(- net_amount) as tax_amount
    from {{ ref('general_ledger') }}
    where system_account = 'GST'
    group by 1, 2, 3

), periods as (

    select _tenant_id, basis, month from taxed
    {{ union_distinct() }}
    select _tenant_id, basis, month from on_account

), sums as (

    select _tenant_id, basis, month, sum(tax_amount) as tax_amount
    from taxed
    group by 1, 2, 3

), lines as (

    select _tenant_id, basis, month, tax_type, tax_on, net_amount, tax_amount
    from taxed

    union all

    -- Payments to the tax office, adjustments, and what the rates do not tell.
    select
        periods._tenant_id,
        periods.basis,
        periods.month,
        {{ null_of('text') }},
        'payments and adjustments',
        0,
        coalesce(on_account.tax_amount, 0) - coalesce(sums.tax_amount, 0)
    from periods
    left join on_account
        on on_account._tenant_id = periods._tenant_id
        and on_account.basis = periods.basis
        and on_account.month = periods.month
    left join sums
        on sums._tenant_id = periods._tenant_id
        and sums.basis = periods.basis
        and sums.month = periods.month
    where coalesce(on_account.tax_amount, 0) <> coalesce(sums.tax_amount, 0)

)

select
    lines._tenant_id,
    lines.basis,
    lines.month,
    {{ month_end_of('lines.month') }} as month_end,
    lines.tax_on,
    lines.tax_type,
    rates.name as tax_name,
    rates.effective_rate,
    {{ money('lines.net_amount') }} as net_amount,
    {{ money('lines.tax_amount') }} as tax_amount
from lines
left join {{ ref('stg_xero__tax_rates') }} as rates
    on rates._tenant_id = lines._tenant_id
    and rates.tax_type = lines.tax_type
