-- The tax of a period is the movement of the tax account.
with account as (

    select _tenant_id, basis, month, sum(- movement) as tax_amount
    from {{ ref('trial_balance') }}
    where system_account = 'GST'
    group by 1, 2, 3

), periods as (

    select _tenant_id, basis, month, sum(tax_amount) as tax_amount
    from {{ ref('tax_by_period') }}
    group by 1, 2, 3

)

select account._tenant_id, account.basis, account.month, account.tax_amount, periods.tax_amount as of_period
from account
left join periods
    on periods._tenant_id = account._tenant_id
    and periods.basis = account.basis
    and periods.month = account.month
where account.tax_amount <> coalesce(periods.tax_amount, 0)
