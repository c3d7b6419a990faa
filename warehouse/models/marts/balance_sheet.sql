with lines as (

    select
        _tenant_id, basis, month, month_end, section, section_order,
        account_id, account_code, account_name, account_class, account_type, balance
    from {{ ref('trial_balance') }}
    where not is_earnings

    union all

    select
        _tenant_id, basis, month, month_end, 'Equity', 31,
        {{ null_of('text') }}, {{ null_of('text') }}, 'Current Year Earnings', 'EQUITY',
        {{ null_of('text') }}, sum(balance)
    from {{ ref('trial_balance') }}
    where is_earnings
    group by 1, 2, 3, 4

)

select
    _tenant_id,
    basis,
    month,
    month_end,
    case account_class
        when 'ASSET' then 'Assets' when 'LIABILITY' then 'Liabilities' else 'Equity'
    end as side,
    section,
    section_order,
    account_id,
    account_code,
    account_name,
    account_type,
    {{ money("case when account_class = 'ASSET' then balance else - balance end") }} as amount
from lines
where balance <> 0
