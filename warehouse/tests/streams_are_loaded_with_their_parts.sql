-- The streams that are not loaded although their records are. The ledger lacks what these streams have.
{{ config(severity='warn') }}
{% set missing = [] -%}
{% for records, part in [
    ('invoices', 'invoice_line_items'),
    ('credit_notes', 'credit_note_line_items'),
    ('credit_notes', 'credit_note_allocations'),
    ('prepayments', 'prepayment_line_items'),
    ('prepayments', 'prepayment_allocations'),
    ('overpayments', 'overpayment_allocations'),
    ('bank_transactions', 'bank_transaction_line_items'),
    ('manual_journals', 'manual_journal_lines'),
    ('journals', 'journal_lines'),
    ('journals_cash', 'journals_cash_lines'),
] -%}
    {% if loaded_table(records) is not none and loaded_table(part) is none -%}
        {% do missing.append(part) -%}
        {% do exceptions.warn(
            'The stream ' ~ part ~ ' is not loaded, but ' ~ records ~ ' is: the ledger lacks what it has. '
            ~ 'Load ' ~ part ~ ' too'
        ) -%}
    {% endif -%}
{% endfor -%}
{% for part in missing -%}
select '{{ part }}' as stream{{ ' union all' if not loop.last }}
{% else -%}
select stream from (select '' as stream) as nothing where 1 = 0
{% endfor %}
