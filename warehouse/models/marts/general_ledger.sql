select
    entries._tenant_id,
    organisations.name as organisation_name,
    entries.basis,
    entries.entry_id,
    entries.made_from,
    entries.entry_date,
    {{ month_of('entries.entry_date') }} as month,
    {{ financial_year_start('entries.entry_date', 'organisations') }} as financial_year_start,
    entries.source_type,
    entries.source_id,
    entries.document_kind,
    entries.document_id,
    documents.document_number,
    entries.reference,
    entries.description,
    entries.contact_id,
    coalesce(contacts.name, documents.contact_name) as contact_name,
    entries.account_id,
    accounts.account_code,
    accounts.account_name,
    accounts.account_class,
    accounts.account_type,
    accounts.system_account,
    case when entries.net_amount > 0 then entries.net_amount else {{ money('0') }} end as debit,
    case when entries.net_amount < 0 then - entries.net_amount else {{ money('0') }} end as credit,
    entries.net_amount,
    entries.tax_amount,
    entries.tax_type,
    entries.line_key
from {{ ref('ledger_entries') }} as entries
inner join {{ ref('stg_xero__organisations') }} as organisations
    on organisations._tenant_id = entries._tenant_id
left join {{ ref('ledger_accounts') }} as accounts
    on accounts._tenant_id = entries._tenant_id
    and accounts.account_id = entries.account_id
left join {{ ref('ledger_documents') }} as documents
    on documents._tenant_id = entries._tenant_id
    and documents.document_kind = entries.document_kind
    and documents.document_id = entries.document_id
left join {{ ref('stg_xero__contacts') }} as contacts
    on contacts._tenant_id = entries._tenant_id
    and contacts.contact_id = entries.contact_id
