{#- Every document that stands on the books: approved, not voided, not deleted. #}
with documents as (

    select
        _tenant_id,
        'invoice' as document_kind,
        invoice_id as document_id,
        upper(type) as document_type,
        invoice_number as document_number,
        reference,
        contact_id,
        contact_name,
        date as document_date,
        due_date,
        line_amount_types,
        currency_code,
        currency_rate,
        total,
        sub_total + total_tax as total_of_lines,
        {{ null_of('text') }} as bank_account_id
    from {{ ref('stg_xero__invoices') }}
    where upper(status) in ('AUTHORISED', 'PAID')

    union all

    select
        _tenant_id,
        'credit_note',
        credit_note_id,
        upper(type),
        credit_note_number,
        reference,
        contact_id,
        contact_name,
        date,
        due_date,
        line_amount_types,
        currency_code,
        currency_rate,
        total,
        sub_total + total_tax,
        {{ null_of('text') }}
    from {{ ref('stg_xero__credit_notes') }}
    where upper(status) in ('AUTHORISED', 'PAID')

    union all

    -- A transfer's two bank transactions are told by the transfer.
    select
        _tenant_id,
        'bank_transaction',
        bank_transaction_id,
        upper(type),
        {{ null_of('text') }},
        reference,
        contact_id,
        contact_name,
        date,
        {{ null_of('date') }},
        line_amount_types,
        currency_code,
        currency_rate,
        total,
        sub_total + total_tax,
        bank_account_id
    from {{ ref('stg_xero__bank_transactions') }}
    where upper(status) = 'AUTHORISED'
        and upper(type) not in ('SPEND-TRANSFER', 'RECEIVE-TRANSFER')

    union all

    select
        _tenant_id,
        'prepayment',
        prepayment_id,
        upper(type),
        {{ null_of('text') }},
        reference,
        contact_id,
        contact_name,
        date,
        {{ null_of('date') }},
        line_amount_types,
        currency_code,
        currency_rate,
        total,
        sub_total + total_tax,
        {{ null_of('text') }}
    from {{ ref('stg_xero__prepayments') }}
    where upper(status) in ('AUTHORISED', 'PAID')

    union all

    select
        _tenant_id,
        'overpayment',
        overpayment_id,
        upper(type),
        {{ null_of('text') }},
        reference,
        contact_id,
        contact_name,
        date,
        {{ null_of('date') }},
        line_amount_types,
        currency_code,
        currency_rate,
        total,
        sub_total + total_tax,
        {{ null_of('text') }}
    from {{ ref('stg_xero__overpayments') }}
    where upper(status) in ('AUTHORISED', 'PAID')

)

select
    documents._tenant_id,
    documents.document_kind,
    documents.document_id,
    documents.document_type,
    documents.document_number,
    documents.reference,
    documents.contact_id,
    documents.contact_name,
    documents.document_date,
    documents.due_date,
    upper(coalesce(documents.line_amount_types, 'NOTAX')) = 'INCLUSIVE' as amounts_include_tax,
    documents.currency_code,
    coalesce(nullif(documents.currency_rate, 0), 1) as currency_rate,
    coalesce(documents.total, 0) as total,
    {{ number('coalesce(documents.total_of_lines, documents.total, 0)') }} as total_of_lines,
    {{ to_base('coalesce(documents.total, 0)', 'documents.currency_rate') }} as total_base,
    -- The account against which the lines stand: receivables, payables or the bank.
    coalesce(documents.bank_account_id, controls.account_id) as own_account_id,
    controls.account_id as control_account_id,
    -- 1 if the document debits its own account, else -1.
    case
        when documents.document_type in ('ACCREC', 'ACCPAYCREDIT') then 1
        when documents.document_type like 'RECEIVE%' then 1
        else -1
    end as own_sign,
    -- 1 if what is left of the document is a debit on receivables or payables, else -1.
    case
        when documents.document_type in ('ACCREC', 'ACCPAYCREDIT') then 1
        when documents.document_type like 'SPEND%' then 1
        else -1
    end as outstanding_sign,
    case
        when documents.document_type like 'ACCREC%' or documents.document_type like 'RECEIVE%'
            then 'receivable'
        else 'payable'
    end as ledger_side
from documents
left join {{ ref('ledger_accounts') }} as controls
    on controls._tenant_id = documents._tenant_id
    and controls.system_account = case
        when documents.document_type like 'ACCREC%' or documents.document_type like 'RECEIVE%'
            then 'DEBTORS'
        else 'CREDITORS'
    end
