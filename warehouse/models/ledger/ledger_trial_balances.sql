{#- Xero's own trial balances, the latest of each month, debits positive. #}
with dated as (

    select
        balances._tenant_id,
        lower(balances.basis) as basis,
        {{ month_of('balances.date') }} as month,
        balances.date as balance_date,
        balances.account_id,
        balances.account_code,
        balances.account_name,
        coalesce(balances.debit, 0) - coalesce(balances.credit, 0) as movement,
        coalesce(balances.ytd_debit, 0) - coalesce(balances.ytd_credit, 0) as balance,
        balances._read_at
    from {{ ref('stg_xero__trial_balances') }} as balances
    where balances.account_id is not null

), latest as (

    select
        dated.*,
        max(dated.balance_date) over (
            partition by dated._tenant_id, dated.basis, dated.month
        ) as latest_date
    from dated

)

select
    _tenant_id,
    basis,
    month,
    balance_date,
    account_id,
    max(account_code) as account_code,
    max(account_name) as account_name,
    {{ money('sum(movement)') }} as movement,
    {{ money('sum(balance)') }} as balance,
    max(_read_at) as read_at
from latest
where balance_date = latest_date
group by 1, 2, 3, 4, 5
