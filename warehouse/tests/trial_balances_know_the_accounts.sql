-- The type of an account was changed from profit and loss to balance sheet, or the other way round, after the trial
-- balance of a month was read. Xero has since moved what it had in earlier years into retained earnings, or out of
-- them. Read these months again: run tap-xero with a larger reports.again.
{{ config(severity='warn') }}
select
    balances._tenant_id,
    balances.basis,
    balances.date,
    balances.account_id,
    accounts.account_name,
    balances.account_class as class_when_read,
    accounts.account_class as class_now
from {{ ref('stg_xero__trial_balances') }} as balances
inner join {{ ref('ledger_accounts') }} as accounts
    on accounts._tenant_id = balances._tenant_id
    and accounts.account_id = balances.account_id
where accounts.is_earnings <> (upper(balances.account_class) in ('REVENUE', 'EXPENSE'))
