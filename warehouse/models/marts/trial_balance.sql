with entries as (

    select
        ledger._tenant_id,
        ledger.basis,
        ledger.account_id,
        ledger.month,
        ledger.financial_year_start,
        sum(ledger.net_amount) as net_amount
    from {{ ref('general_ledger') }} as ledger
    group by 1, 2, 3, 4, 5

), account_ids as (

    select _tenant_id, basis, account_id
    from entries
    {{ union_distinct() }}
    select months._tenant_id, months.basis, accounts.account_id
    from {{ ref('ledger_months') }} as months
    inner join {{ ref('ledger_accounts') }} as accounts
        on accounts._tenant_id = months._tenant_id
        and accounts.system_account = 'RETAINEDEARNINGS'

), movements as (

    select
        months._tenant_id,
        months.basis,
        months.month,
        months.month_end,
        months.financial_year_start,
        account_ids.account_id,
        coalesce(sum(entries.net_amount), 0) as movement,
        coalesce(
            sum(case when entries.financial_year_start = months.financial_year_start then entries.net_amount end), 0
        ) as movement_of_year
    from {{ ref('ledger_months') }} as months
    inner join account_ids
        on account_ids._tenant_id = months._tenant_id
        and account_ids.basis = months.basis
    left join entries
        on entries._tenant_id = months._tenant_id
        and entries.basis = months.basis
        and entries.month = months.month
        and entries.account_id = account_ids.account_id
    group by 1, 2, 3, 4, 5, 6

), running as (

    select
        movements.*,
        accounts.account_code,
        accounts.account_name,
        accounts.account_class,
        accounts.account_type,
        accounts.system_account,
        accounts.section,
        accounts.section_order,
        coalesce(accounts.is_earnings, false) as is_earnings,
        sum(movements.movement) over (
            partition by movements._tenant_id, movements.basis, movements.account_id
            order by movements.month
            rows between unbounded preceding and current row
        ) as balance_ever,
        sum(movements.movement_of_year) over (
            partition by
                movements._tenant_id, movements.basis, movements.account_id, movements.financial_year_start
            order by movements.month
            rows between unbounded preceding and current row
        ) as balance_of_year
    from movements
    left join {{ ref('ledger_accounts') }} as accounts
        on accounts._tenant_id = movements._tenant_id
        and accounts.account_id = movements.account_id

), earlier as (

    -- What earlier years earned stands in retained earnings, without an entry of its own.
    select
        _tenant_id,
        basis,
        month,
        sum(balance_ever - balance_of_year) as earned
    from running
    where is_earnings
    group by 1, 2, 3

), balances as (

    select
        running._tenant_id,
        running.basis,
        running.month,
        running.month_end,
        running.financial_year_start,
        running.account_id,
        running.account_code,
        running.account_name,
        running.account_class,
        running.account_type,
        running.system_account,
        running.section,
        running.section_order,
        running.is_earnings,
        {{ money('running.movement') }} as movement,
        {{ money("
            case
                when running.is_earnings then running.balance_of_year
                when running.system_account = 'RETAINEDEARNINGS'
                    then running.balance_ever + coalesce(earlier.earned, 0)
                else running.balance_ever
            end
        ") }} as balance
    from running
    left join earlier
        on earlier._tenant_id = running._tenant_id
        and earlier.basis = running.basis
        and earlier.month = running.month

)

select
    balances.*,
    case when movement > 0 then movement else {{ money('0') }} end as debit,
    case when movement < 0 then - movement else {{ money('0') }} end as credit,
    case when balance > 0 then balance else {{ money('0') }} end as ytd_debit,
    case when balance < 0 then - balance else {{ money('0') }} end as ytd_credit
from balances
where movement <> 0 or balance <> 0
