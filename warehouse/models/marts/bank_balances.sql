with banks as (

    select balances._tenant_id, balances.basis, balances.account_id, min(balances.month) as first_month
    from {{ ref('trial_balance') }} as balances
    where balances.account_type = 'BANK'
    group by 1, 2, 3

), by_source as (

    -- What was deleted again within a month was neither received nor spent.
    select
        _tenant_id, basis, account_id, month, coalesce(source_id, entry_id) as source_id,
        sum(net_amount) as net_amount
    from {{ ref('general_ledger') }}
    where account_type = 'BANK'
    group by 1, 2, 3, 4, 5

), moved as (

    select
        months._tenant_id,
        months.basis,
        months.month,
        months.month_end,
        banks.account_id,
        sum(case when by_source.net_amount > 0 then by_source.net_amount else 0 end) as received,
        sum(case when by_source.net_amount < 0 then - by_source.net_amount else 0 end) as spent
    from banks
    inner join {{ ref('ledger_months') }} as months
        on months._tenant_id = banks._tenant_id
        and months.basis = banks.basis
        and months.month >= banks.first_month
    left join by_source
        on by_source._tenant_id = banks._tenant_id
        and by_source.basis = banks.basis
        and by_source.account_id = banks.account_id
        and by_source.month = months.month
    group by 1, 2, 3, 4, 5

), running as (

    select
        moved.*,
        sum(moved.received - moved.spent) over (
            partition by moved._tenant_id, moved.basis, moved.account_id
            order by moved.month
            rows between unbounded preceding and current row
        ) as closing_balance
    from moved

)

select
    running._tenant_id,
    running.basis,
    running.month,
    running.month_end,
    running.account_id,
    accounts.account_code,
    accounts.account_name,
    accounts.currency_code,
    {{ money('running.closing_balance - running.received + running.spent') }} as opening_balance,
    {{ money('running.received') }} as received,
    {{ money('running.spent') }} as spent,
    {{ money('running.closing_balance') }} as closing_balance
from running
inner join {{ ref('ledger_accounts') }} as accounts
    on accounts._tenant_id = running._tenant_id
    and accounts.account_id = running.account_id
