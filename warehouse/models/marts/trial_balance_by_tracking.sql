{#- Movements by account, month and tracking option, for each category; the rest is `Unassigned`. #}
with entries as (

    select
        ledger._tenant_id,
        ledger.basis,
        ledger.month,
        ledger.account_id,
        categories.tracking_category_id,
        categories.name as category_name,
        tracking.tracking_option_id,
        coalesce(options.name, tracking.option_name, 'Unassigned') as option_name,
        ledger.net_amount
    from {{ ref('general_ledger') }} as ledger
    inner join {{ ref('stg_xero__tracking_categories') }} as categories
        on categories._tenant_id = ledger._tenant_id
    left join {{ ref('ledger_line_tracking') }} as tracking
        on tracking._tenant_id = ledger._tenant_id
        and tracking.line_key = ledger.line_key
        and tracking.tracking_category_id = categories.tracking_category_id
    left join {{ ref('stg_xero__tracking_options') }} as options
        on options._tenant_id = tracking._tenant_id
        and options.tracking_category_id = tracking.tracking_category_id
        and options.tracking_option_id = tracking.tracking_option_id

)

select
    entries._tenant_id,
    entries.basis,
    entries.month,
    entries.tracking_category_id,
    entries.category_name,
    entries.tracking_option_id,
    entries.option_name,
    entries.account_id,
    accounts.account_code,
    accounts.account_name,
    accounts.account_class,
    accounts.account_type,
    accounts.section,
    {{ money('sum(entries.net_amount)') }} as movement
from entries
left join {{ ref('ledger_accounts') }} as accounts
    on accounts._tenant_id = entries._tenant_id
    and accounts.account_id = entries.account_id
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
having sum(entries.net_amount) <> 0
