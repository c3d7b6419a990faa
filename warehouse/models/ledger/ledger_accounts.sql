with typed as (

    select
        accounts.*,
        upper(coalesce(accounts.type, '')) as account_type,
        upper(coalesce(accounts.class, '')) as account_class,
        upper(coalesce(accounts.system_account, '')) as system_name
    from {{ ref('stg_xero__accounts') }} as accounts

)

select
    typed._tenant_id,
    typed.account_id,
    typed.code as account_code,
    typed.name as account_name,
    typed.account_class,
    typed.account_type,
    typed.status as account_status,
    nullif(typed.system_name, '') as system_account,
    typed.currency_code,
    typed.account_class in ('REVENUE', 'EXPENSE') as is_earnings,
    typed.account_class in ('ASSET', 'EXPENSE') as is_debit_account,
    case
        when typed.account_type in ('REVENUE', 'SALES') then 'Income'
        when typed.account_type = 'OTHERINCOME' then 'Plus Other Income'
        when typed.account_type = 'DIRECTCOSTS' then 'Less Cost of Sales'
        when typed.account_class = 'REVENUE' then 'Income'
        when typed.account_class = 'EXPENSE' then 'Less Operating Expenses'
        when typed.account_type = 'BANK' then 'Bank'
        when typed.account_type in ('CURRENT', 'INVENTORY', 'PREPAYMENT') then 'Current Assets'
        when typed.account_type = 'FIXED' then 'Fixed Assets'
        when typed.account_class = 'ASSET' then 'Non-current Assets'
        when typed.account_type = 'TERMLIAB' then 'Non-Current Liabilities'
        when typed.account_class = 'LIABILITY' then 'Current Liabilities'
        when typed.account_class = 'EQUITY' then 'Equity'
    end as section,
    case
        when typed.account_type in ('REVENUE', 'SALES') then 1
        when typed.account_type = 'OTHERINCOME' then 3
        when typed.account_type = 'DIRECTCOSTS' then 2
        when typed.account_class = 'REVENUE' then 1
        when typed.account_class = 'EXPENSE' then 4
        when typed.account_type = 'BANK' then 11
        when typed.account_type in ('CURRENT', 'INVENTORY', 'PREPAYMENT') then 12
        when typed.account_type = 'FIXED' then 13
        when typed.account_class = 'ASSET' then 14
        when typed.account_type = 'TERMLIAB' then 22
        when typed.account_class = 'LIABILITY' then 21
        when typed.account_class = 'EQUITY' then 31
    end as section_order,
    -- A code may be used again after its account was archived: the active account has it.
    row_number() over (
        partition by typed._tenant_id, typed.code
        order by case when typed.status = 'ACTIVE' then 0 else 1 end, typed.account_id
    ) = 1 and typed.code is not null as has_code
from typed
