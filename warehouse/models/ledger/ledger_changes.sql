{#- When what stands in each month was changed last, by Xero's clock. Of journals it is known by account:
    a change adds journals. A document may leave an account or the books, so its whole month counts. #}
{% for basis, journals, journal_lines in [
    ('accrual', 'stg_xero__journals', 'stg_xero__journal_lines'),
    ('cash', 'stg_xero__journals_cash', 'stg_xero__journals_cash_lines'),
] %}
select
    journals._tenant_id,
    '{{ basis }}' as basis,
    'journals' as made_from,
    {{ month_of('journals.journal_date') }} as month,
    journal_lines.account_id,
    max(journals.created_date_utc) as changed_at
from {{ ref(journals) }} as journals
inner join {{ ref(journal_lines) }} as journal_lines
    on journal_lines._tenant_id = journals._tenant_id
    and journal_lines.journal_id = journals.journal_id
where journals.created_date_utc is not null
group by 1, 2, 3, 4, 5

union all
{% endfor %}
select
    changes._tenant_id,
    'accrual',
    'documents',
    {{ month_of('changes.date') }},
    {{ null_of('text') }},
    max(changes.changed_at)
from (
{%- for stream, changed_at in [
    ('invoices', 'updated_date_utc'),
    ('credit_notes', 'updated_date_utc'),
    ('bank_transactions', 'updated_date_utc'),
    ('prepayments', 'updated_date_utc'),
    ('overpayments', 'updated_date_utc'),
    ('payments', 'updated_date_utc'),
    ('manual_journals', 'updated_date_utc'),
    ('bank_transfers', 'created_date_utc'),
] %}
    select _tenant_id, date, {{ changed_at }} as changed_at from {{ ref('stg_xero__' ~ stream) }}
    {{- ' union all' if not loop.last }}
{%- endfor %}
) as changes
where changes.changed_at is not null
group by 1, 4
