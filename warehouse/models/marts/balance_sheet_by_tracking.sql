{#- Balances at month ends by tracking option: earnings of all years together are one line. #}
with movements as (

    select
        _tenant_id, basis, month, tracking_category_id, category_name,
        tracking_option_id, option_name,
        case when account_class in ('REVENUE', 'EXPENSE') then null else account_id end as account_id,
        case when account_class in ('REVENUE', 'EXPENSE') then null else account_code end as account_code,
        case when account_class in ('REVENUE', 'EXPENSE') then 'Earnings' else account_name end as account_name,
        case when account_class in ('REVENUE', 'EXPENSE') then 'EQUITY' else account_class end as account_class,
        case when account_class in ('REVENUE', 'EXPENSE') then 'Equity' else section end as section,
        sum(movement) as movement
    from {{ ref('trial_balance_by_tracking') }}
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12

), lines as (

    select
        _tenant_id, basis, tracking_category_id, category_name, tracking_option_id, option_name,
        account_id, account_code, account_name, account_class, section, min(month) as first_month
    from movements
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11

), running as (

    select
        months.month,
        months.month_end,
        lines.*,
        sum(coalesce(movements.movement, 0)) over (
            partition by
                lines._tenant_id, lines.basis, lines.tracking_category_id, lines.tracking_option_id,
                lines.option_name, lines.account_id, lines.account_name
            order by months.month
            rows between unbounded preceding and current row
        ) as balance
    from lines
    inner join {{ ref('ledger_months') }} as months
        on months._tenant_id = lines._tenant_id
        and months.basis = lines.basis
        and months.month >= lines.first_month
    left join movements
        on movements._tenant_id = lines._tenant_id
        and movements.basis = lines.basis
        and movements.month = months.month
        and movements.tracking_category_id = lines.tracking_category_id
        and coalesce(movements.tracking_option_id, '') = coalesce(lines.tracking_option_id, '')
        and movements.option_name = lines.option_name
        and coalesce(movements.account_id, '') = coalesce(lines.account_id, '')

)

select
    _tenant_id,
    basis,
    month,
    month_end,
    tracking_category_id,
    category_name,
    tracking_option_id,
    option_name,
    case account_class
        when 'ASSET' then 'Assets' when 'LIABILITY' then 'Liabilities' else 'Equity'
    end as side,
    section,
    account_id,
    account_code,
    account_name,
    {{ money("case when account_class = 'ASSET' then balance else - balance end") }} as amount
from running
where balance <> 0
