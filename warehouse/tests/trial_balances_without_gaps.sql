-- A month that is missing between two trial balances leaves its movements in the next one.
{{ config(severity='warn') }}
with months as (

    select
        _tenant_id,
        basis,
        month,
        lag(month) over (partition by _tenant_id, basis order by month) as month_before
    from (select distinct _tenant_id, basis, month from {{ ref('ledger_trial_balances') }}) as months

)

select *
from months
where {{ dbt.datediff('month_before', 'month', 'month') }} > 1
