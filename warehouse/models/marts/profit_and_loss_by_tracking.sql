select
    _tenant_id,
    basis,
    month,
    tracking_category_id,
    category_name,
    tracking_option_id,
    option_name,
    section,
    account_id,
    account_code,
    account_name,
    account_type,
    case
        when section in ('Income', 'Plus Other Income') then - movement else movement
    end as amount,
    - movement as profit
from {{ ref('trial_balance_by_tracking') }}
where account_class in ('REVENUE', 'EXPENSE')
