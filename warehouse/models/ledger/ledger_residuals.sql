{#- What Xero's trial balance says and no document explains: a row for each account and month.

    A month's movement is the difference of two balances, so that the ledger always comes to Xero's
    balance, also when a month was changed after it was read. The first row of an account is its
    opening balance, on the day before the first month. #}
with months as (

    select distinct balances._tenant_id, balances.month, balances.balance_date
    from {{ ref('ledger_trial_balances') }} as balances
    inner join {{ ref('ledger_made_from') }} as made_from
        on made_from._tenant_id = balances._tenant_id
        and made_from.made_from = 'documents'
    where balances.basis = 'accrual'

), periods as (

    select
        months._tenant_id,
        months.month,
        months.balance_date,
        lag(months.balance_date) over (
            partition by months._tenant_id order by months.balance_date
        ) as date_before,
        {{ financial_year_start('months.balance_date', 'organisations') }} as year_start
    from months
    inner join {{ ref('stg_xero__organisations') }} as organisations
        on organisations._tenant_id = months._tenant_id

), years as (

    select
        periods.*,
        lag(periods.year_start) over (
            partition by periods._tenant_id order by periods.balance_date
        ) as year_start_before
    from periods

), documents as (

    select
        entries._tenant_id,
        entries.account_id,
        entries.entry_date,
        {{ financial_year_start('entries.entry_date', 'organisations') }} as year_start,
        sum(entries.net_amount) as net_amount
    from {{ ref('ledger_from_documents') }} as entries
    inner join {{ ref('stg_xero__organisations') }} as organisations
        on organisations._tenant_id = entries._tenant_id
    group by 1, 2, 3, 4

), account_ids as (

    select _tenant_id, account_id
    from {{ ref('ledger_trial_balances') }}
    where basis = 'accrual'
    {{ union_distinct() }}
    select _tenant_id, account_id
    from documents
    where account_id is not null
    {{ union_distinct() }}
    select _tenant_id, account_id
    from {{ ref('ledger_accounts') }}
    where system_account = 'RETAINEDEARNINGS'

), grid as (

    select
        years._tenant_id,
        years.month,
        years.balance_date,
        years.date_before,
        years.year_start,
        years.year_start_before,
        account_ids.account_id,
        coalesce(accounts.is_earnings, false) as is_earnings,
        coalesce(accounts.system_account, '') = 'RETAINEDEARNINGS' as is_retained,
        coalesce(balances.movement, 0) as movement,
        coalesce(balances.balance, 0) as balance
    from years
    inner join account_ids
        on account_ids._tenant_id = years._tenant_id
    left join {{ ref('ledger_accounts') }} as accounts
        on accounts._tenant_id = account_ids._tenant_id
        and accounts.account_id = account_ids.account_id
    left join {{ ref('ledger_trial_balances') }} as balances
        on balances._tenant_id = years._tenant_id
        and balances.basis = 'accrual'
        and balances.balance_date = years.balance_date
        and balances.account_id = account_ids.account_id

), before as (

    select
        grid.*,
        lag(grid.balance) over (
            partition by grid._tenant_id, grid.account_id order by grid.balance_date
        ) as balance_before,
        -- What the year before earned in the month itself, if the new year begins within it.
        case
            when grid.is_earnings and grid.year_start > grid.month then grid.movement - grid.balance
            else 0
        end as earned_in_month
    from grid

), earned as (

    -- What the year before had earned when a new year begins: Xero adds it to retained earnings.
    select
        _tenant_id,
        balance_date,
        sum(case when is_earnings then coalesce(balance_before, 0) else 0 end + earned_in_month)
            as earned_before,
        sum(earned_in_month) as earned_in_month
    from before
    where year_start <> year_start_before or date_before is null
    group by 1, 2

), expected as (

    select
        before._tenant_id,
        before.account_id,
        before.balance_date as entry_date,
        before.balance_date,
        'month' as part,
        case
            when before.date_before is null then before.movement
            when before.is_earnings and before.year_start <> before.year_start_before
                then case
                    -- A year that begins within a month: only the month's own columns have both parts.
                    when before.year_start > before.month then before.movement
                    else before.balance
                end
            when before.is_retained
                then before.balance - before.balance_before - coalesce(earned.earned_before, 0)
            else before.balance - before.balance_before
        end as net_amount
    from before
    left join earned
        on earned._tenant_id = before._tenant_id
        and earned.balance_date = before.balance_date

    union all

    select
        before._tenant_id,
        before.account_id,
        {{ days_after('before.month', -1) }},
        before.balance_date,
        'opening',
        case
            when before.is_earnings and before.year_start >= before.month then 0
            when before.is_retained
                then before.balance - before.movement - coalesce(earned.earned_in_month, 0)
            else before.balance - before.movement
        end
    from before
    left join earned
        on earned._tenant_id = before._tenant_id
        and earned.balance_date = before.balance_date
    where before.date_before is null

), explained as (

    select
        years._tenant_id,
        documents.account_id,
        years.balance_date,
        'month' as part,
        sum(documents.net_amount) as net_amount
    from years
    inner join documents
        on documents._tenant_id = years._tenant_id
        and documents.entry_date <= years.balance_date
        and documents.entry_date > coalesce(years.date_before, {{ days_after('years.month', -1) }})
    group by 1, 2, 3

    union all

    select
        years._tenant_id,
        case
            when accounts.is_earnings and documents.year_start < years.year_start
                then retained.account_id
            else documents.account_id
        end,
        years.balance_date,
        'opening',
        sum(documents.net_amount)
    from years
    inner join documents
        on documents._tenant_id = years._tenant_id
        and documents.entry_date < years.month
    left join {{ ref('ledger_accounts') }} as accounts
        on accounts._tenant_id = documents._tenant_id
        and accounts.account_id = documents.account_id
    left join {{ ref('ledger_accounts') }} as retained
        on retained._tenant_id = documents._tenant_id
        and retained.system_account = 'RETAINEDEARNINGS'
    where years.date_before is null
    group by 1, 2, 3

)

select
    expected._tenant_id,
    'accrual' as basis,
    'residual' as made_from,
    'residual:' || expected.account_id || ':' || {{ text('expected.entry_date') }} as entry_id,
    expected.entry_date,
    case when expected.part = 'opening' then 'OPENING' else 'RESIDUAL' end as source_type,
    {{ null_of('text') }} as source_id,
    {{ null_of('text') }} as document_kind,
    {{ null_of('text') }} as document_id,
    {{ null_of('text') }} as line_key,
    expected.account_id,
    {{ money('expected.net_amount - coalesce(explained.net_amount, 0)') }} as net_amount,
    {{ money('0') }} as tax_amount,
    {{ null_of('text') }} as tax_type,
    case
        when expected.part = 'opening' then 'Balance before the first month that was read'
        else 'In the trial balance of Xero, but in no document'
    end as description,
    {{ null_of('text') }} as reference,
    {{ null_of('text') }} as contact_id
from expected
left join explained
    on explained._tenant_id = expected._tenant_id
    and explained.account_id = expected.account_id
    and explained.balance_date = expected.balance_date
    and explained.part = expected.part
where expected.net_amount - coalesce(explained.net_amount, 0) <> 0
