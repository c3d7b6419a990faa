select
    ledger._tenant_id,
    ledger.organisation_name,
    ledger.basis,
    ledger.account_id,
    ledger.account_code,
    ledger.account_name,
    ledger.account_class,
    ledger.entry_date,
    ledger.month,
    ledger.contact_id,
    ledger.contact_name,
    ledger.source_type,
    ledger.document_kind,
    ledger.document_id,
    ledger.document_number,
    ledger.reference,
    ledger.description,
    ledger.debit,
    ledger.credit,
    ledger.net_amount,
    {{ money("
        sum(ledger.net_amount) over (
            partition by ledger._tenant_id, ledger.basis, ledger.account_id
            order by ledger.entry_date, ledger.entry_id
            rows between unbounded preceding and current row
        )
    ") }} as running_balance,
    ledger.tax_amount,
    ledger.tax_type,
    ledger.source_id,
    ledger.entry_id
from {{ ref('general_ledger') }} as ledger
