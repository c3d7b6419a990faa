-- Each entry stands on an account of its own organisation, and belongs to its contact.
select ledger._tenant_id, ledger.entry_id, ledger.account_id, ledger.contact_id
from {{ ref('general_ledger') }} as ledger
left join {{ ref('stg_xero__accounts') }} as accounts
    on accounts._tenant_id = ledger._tenant_id
    and accounts.account_id = ledger.account_id
where accounts.account_id is null

union all

-- And each organisation's trial balance is balanced by itself.
select _tenant_id, basis, cast(month as {{ text_type() }}), null
from {{ ref('trial_balance') }}
group by 1, 2, 3
having sum(balance) <> 0
