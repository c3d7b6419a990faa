-- What is open at a month end is the balance of accounts receivable or payable. A cent and a document
-- may differ in foreign currency: Xero rounds in the order in which payments were entered.
{{ config(severity='warn') }}
with aged as (

    select _tenant_id, as_at, 'DEBTORS' as system_account, sum(total) as total
    from {{ ref('aged_receivables') }}
    group by 1, 2
    union all
    select _tenant_id, as_at, 'CREDITORS', - sum(total)
    from {{ ref('aged_payables') }}
    group by 1, 2

)

select balances._tenant_id, balances.month_end, balances.system_account, balances.balance, aged.total
from {{ ref('trial_balance') }} as balances
left join aged
    on aged._tenant_id = balances._tenant_id
    and aged.as_at = balances.month_end
    and aged.system_account = balances.system_account
where balances.basis = 'accrual'
    and balances.system_account in ('DEBTORS', 'CREDITORS')
    and balances.balance <> coalesce(aged.total, 0)
