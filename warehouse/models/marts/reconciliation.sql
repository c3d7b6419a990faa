with xero as (

    -- On cash basis only where there is a ledger: that needs Xero's cash journals.
    select balances.*
    from {{ ref('ledger_trial_balances') }} as balances
    left join (select distinct _tenant_id, basis from {{ ref('ledger_months') }}) as ledgers
        on ledgers._tenant_id = balances._tenant_id
        and ledgers.basis = balances.basis
    where balances.basis <> 'cash' or ledgers._tenant_id is not null

), months as (

    select
        _tenant_id,
        basis,
        month,
        balance_date,
        max(read_at) as read_at,
        lag(max(read_at)) over (partition by _tenant_id, basis order by month) as read_at_before
    from xero
    group by 1, 2, 3, 4

), ledger as (

    select balances.*, months.balance_date
    from {{ ref('trial_balance') }} as balances
    inner join months
        on months._tenant_id = balances._tenant_id
        and months.basis = balances.basis
        and months.month = balances.month

), residuals as (

    select
        _tenant_id,
        account_id,
        {{ month_of('entry_date') }} as month,
        sum(net_amount) as not_in_documents,
        max(case when source_type = 'OPENING' then 1 else 0 end) = 1 as is_opening
    from {{ ref('ledger_residuals') }}
    group by 1, 2, 3

), openings as (

    -- The opening balance belongs to the first month that was read, not to the day before it.
    select
        residuals._tenant_id,
        residuals.account_id,
        residuals.not_in_documents
    from residuals
    where residuals.is_opening

), first_months as (

    select _tenant_id, min(month) as month
    from months
    where basis = 'accrual'
    group by 1

), conversions as (

    -- The first month with amounts, if Xero had none before it: conversion balances are its movements.
    select _tenant_id, min(month) as month
    from (
        select
            xero._tenant_id,
            xero.month,
            min(xero.month) over (partition by xero._tenant_id) as first_month,
            xero.balance - xero.movement as balance_before
        from xero
        where xero.basis = 'accrual'
    ) as amounts
    where month = first_month
    group by 1
    having sum(abs(balance_before)) = 0

), stock_codes as (

    select _tenant_id, inventory_asset_account_code as account_code
    from {{ ref('stg_xero__items') }}
    where is_tracked_as_inventory
    {{ union_distinct() }}
    select _tenant_id, cogs_account_code
    from {{ ref('stg_xero__items') }}
    where is_tracked_as_inventory

), account_months as (

    select _tenant_id, basis, month, account_id
    from ledger
    {{ union_distinct() }}
    select _tenant_id, basis, month, account_id
    from xero
    {{ union_distinct() }}
    -- What documents say and the residual takes back leaves neither side with an amount.
    select _tenant_id, 'accrual', month, account_id
    from residuals
    where not is_opening
    {{ union_distinct() }}
    select openings._tenant_id, 'accrual', first_months.month, openings.account_id
    from openings
    inner join first_months
        on first_months._tenant_id = openings._tenant_id

), compared as (

    select
        account_months._tenant_id,
        account_months.basis,
        account_months.month,
        months.balance_date,
        account_months.account_id,
        coalesce(accounts.account_code, xero.account_code) as account_code,
        coalesce(accounts.account_name, xero.account_name) as account_name,
        coalesce(ledger.movement, 0) as ledger_movement,
        coalesce(xero.movement, 0) as xero_movement,
        coalesce(ledger.balance, 0) as ledger_balance,
        coalesce(xero.balance, 0) as xero_balance
    from account_months
    inner join months
        on months._tenant_id = account_months._tenant_id
        and months.basis = account_months.basis
        and months.month = account_months.month
    left join ledger
        on ledger._tenant_id = account_months._tenant_id
        and ledger.basis = account_months.basis
        and ledger.month = account_months.month
        and coalesce(ledger.account_id, '') = coalesce(account_months.account_id, '')
    left join xero
        on xero._tenant_id = account_months._tenant_id
        and xero.basis = account_months.basis
        and xero.month = account_months.month
        and xero.account_id = account_months.account_id
    left join {{ ref('ledger_accounts') }} as accounts
        on accounts._tenant_id = account_months._tenant_id
        and accounts.account_id = account_months.account_id

), late_journals as (

    -- Accounts with journals up to a month that were made after its trial balance was read.
    select
        compared._tenant_id,
        compared.basis,
        compared.month,
        compared.account_id
    from compared
    inner join months
        on months._tenant_id = compared._tenant_id
        and months.basis = compared.basis
        and months.month = compared.month
    left join {{ ref('ledger_accounts') }} as accounts
        on accounts._tenant_id = compared._tenant_id
        and accounts.account_id = compared.account_id
    inner join {{ ref('ledger_changes') }} as changes
        on changes._tenant_id = compared._tenant_id
        and changes.basis = compared.basis
        and changes.made_from = 'journals'
        and changes.month <= compared.month
        and changes.changed_at > months.read_at
        -- Retained earnings have what all accounts of earlier years earned.
        and (changes.account_id = compared.account_id or accounts.system_account = 'RETAINEDEARNINGS')
    where compared.ledger_balance <> compared.xero_balance
    group by 1, 2, 3, 4

), late_changes as (

    -- A document that was changed after the trial balance of its month was read differs in that
    -- month, and the other way round in the first month that was read after the change.
    select
        months._tenant_id,
        months.month
    from months
    inner join {{ ref('ledger_changes') }} as changes
        on changes._tenant_id = months._tenant_id
        and changes.basis = months.basis
        and changes.made_from = 'documents'
        and (
            (changes.month = months.month and changes.changed_at > months.read_at)
            or (
                changes.month < months.month
                and changes.changed_at > months.read_at_before
                and changes.changed_at <= months.read_at
            )
        )
    where months.basis = 'accrual'
    group by 1, 2

), causes as (

    select
        compared.*,
        coalesce(residuals.not_in_documents, 0) as not_in_documents,
        case
            when first_months.month is not null then coalesce(openings.not_in_documents, 0)
            else 0
        end as opening_not_in_documents,
        accounts.account_type,
        accounts.system_account,
        coalesce(accounts.currency_code, organisations.base_currency) <> organisations.base_currency
            as is_foreign,
        late_journals.month is not null as is_posted_after_read,
        late_changes.month is not null as is_changed_after_read,
        conversions.month is not null as is_conversion,
        made_from.made_from = 'journals' and compared.basis = 'accrual' and ledgers._tenant_id is null
            as has_no_journals,
        stock_codes.account_code is not null or coalesce(accounts.account_type, '') = 'INVENTORY' as is_stock
    from compared
    left join residuals
        on residuals._tenant_id = compared._tenant_id
        and compared.basis = 'accrual'
        and residuals.account_id = compared.account_id
        and residuals.month = compared.month
        and not residuals.is_opening
    left join first_months
        on first_months._tenant_id = compared._tenant_id
        and first_months.month = compared.month
        and compared.basis = 'accrual'
    left join conversions
        on conversions._tenant_id = compared._tenant_id
        and conversions.month = compared.month
        and compared.basis = 'accrual'
    left join openings
        on openings._tenant_id = compared._tenant_id
        and openings.account_id = compared.account_id
    left join late_journals
        on late_journals._tenant_id = compared._tenant_id
        and late_journals.basis = compared.basis
        and late_journals.month = compared.month
        and late_journals.account_id = compared.account_id
    left join late_changes
        on late_changes._tenant_id = compared._tenant_id
        and late_changes.month = compared.month
        and compared.basis = 'accrual'
    left join {{ ref('ledger_accounts') }} as accounts
        on accounts._tenant_id = compared._tenant_id
        and accounts.account_id = compared.account_id
    left join {{ ref('stg_xero__organisations') }} as organisations
        on organisations._tenant_id = compared._tenant_id
    left join {{ ref('ledger_made_from') }} as made_from
        on made_from._tenant_id = compared._tenant_id
    left join (select distinct _tenant_id, basis from {{ ref('ledger_months') }}) as ledgers
        on ledgers._tenant_id = compared._tenant_id
        and ledgers.basis = compared.basis
    left join stock_codes
        on stock_codes._tenant_id = compared._tenant_id
        and stock_codes.account_code = accounts.account_code

)

select
    _tenant_id,
    basis,
    month,
    balance_date,
    account_id,
    account_code,
    account_name,
    account_type,
    {{ money('ledger_movement') }} as ledger_movement,
    {{ money('xero_movement') }} as xero_movement,
    {{ money('ledger_balance') }} as ledger_balance,
    {{ money('xero_balance') }} as xero_balance,
    {{ money('ledger_balance - xero_balance') }} as difference,
    is_posted_after_read,
    {{ money('not_in_documents') }} as not_in_documents,
    {{ money('opening_not_in_documents') }} as opening_not_in_documents,
    case
        when is_posted_after_read
            then 'Journals were posted after the trial balance of this month was read. Read the month again: '
                || 'run tap-xero with a larger reports.again'
        when has_no_journals
            then 'No journals of this organisation are loaded, but its ledger is to be made of them '
                || '(xero_ledger_source). Load journals, or set it to auto'
        when ledger_balance <> xero_balance and basis = 'cash'
            then 'The cash journals and the trial balance were read at different times'
        when ledger_balance <> xero_balance
            then 'The ledger and the trial balance were read at different times'
        when not_in_documents = 0 and opening_not_in_documents <> 0
            then 'Opening balance: conversion balances, or documents from before the first month'
        when not_in_documents = 0 then null
        when is_stock then 'Cost of tracked stock: Xero moves it at its average cost, no document says so'
        when system_account in ('BANKCURRENCYGAIN', 'UNREALISEDCURRENCYGAIN') or is_foreign
            then 'Revaluation of foreign currency'
        when system_account = 'REALISEDCURRENCYGAIN' or abs(not_in_documents) <= 0.05
            then 'Rounding of foreign currency or of tax'
        when system_account in ('UNPAIDEXPCLM', 'WAGEPAYABLES')
            then 'Expense claims or payroll: they are in no document of this API'
        when is_conversion
            then 'Opening balance: conversion balances, in the month in which the books begin'
        when is_changed_after_read
            then 'Documents were changed after the trial balance of their month was read. Read the months '
                || 'again: run tap-xero with a larger reports.again'
        else 'A document that was not read, or a change that did not move its time of change'
    end as likely_cause
from causes
