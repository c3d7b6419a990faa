{#- The tracking options of the lines of documents and journals: a row for each line and category. #}
{% for kind, model, id in [
    ('invoice', 'invoice_line_item_tracking', 'invoice_id'),
    ('credit_note', 'credit_note_line_item_tracking', 'credit_note_id'),
    ('bank_transaction', 'bank_transaction_line_item_tracking', 'bank_transaction_id'),
    ('prepayment', 'prepayment_line_item_tracking', 'prepayment_id'),
] %}
select
    _tenant_id,
    '{{ kind }}:' || {{ id }} || ':' || coalesce(line_item_id, {{ text('line_no') }}) as line_key,
    tracking_category_id,
    tracking_option_id,
    category_name,
    option_name
from {{ ref('stg_xero__' ~ model) }}

union all
{% endfor %}
select
    _tenant_id, 'manual_journal:' || manual_journal_id || ':' || {{ text('line_no') }},
    tracking_category_id, tracking_option_id, category_name, option_name
from {{ ref('stg_xero__manual_journal_line_tracking') }}
{% for basis, model in [('accrual', 'journal_line_tracking'), ('cash', 'journals_cash_line_tracking')] %}
union all

select
    _tenant_id, '{{ basis }}:' || journal_id || ':' || journal_line_id,
    tracking_category_id, tracking_option_id, category_name, option_name
from {{ ref('stg_xero__' ~ model) }}
{% endfor %}
