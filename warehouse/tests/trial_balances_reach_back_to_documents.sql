-- Documents stand in months before the first trial balance. In these months the ledger has nothing else, so that
-- its balances are not Xero's: run tap-xero with a reports.from of the first month that is named here.
{{ config(severity='warn') }}
with documents as (

    select _tenant_id, min(month) as first_document_month
    from {{ ref('general_ledger') }}
    where made_from = 'documents'
    group by 1

), balanced as (

    select _tenant_id, min(month) as first_month
    from {{ ref('ledger_trial_balances') }}
    where basis = 'accrual'
    group by 1

)

select documents._tenant_id, documents.first_document_month, balanced.first_month
from documents
inner join balanced
    on balanced._tenant_id = documents._tenant_id
where documents.first_document_month < balanced.first_month
