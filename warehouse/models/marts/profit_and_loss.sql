select
    _tenant_id,
    basis,
    month,
    month_end,
    financial_year_start,
    section,
    section_order,
    account_id,
    account_code,
    account_name,
    account_type,
    case
        when section in ('Income', 'Plus Other Income') then - movement else movement
    end as amount,
    - movement as profit
from {{ ref('trial_balance') }}
where is_earnings and movement <> 0
