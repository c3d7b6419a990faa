{#- Every entry of the ledger: of journals, or of documents with what they do not explain. #}
select {{ entry_columns() | join(', ') }}
from {{ ref('ledger_from_journals') }}
where basis = 'cash'

union all

select {% for name in entry_columns() %}entries.{{ name }}{{ ', ' if not loop.last }}{% endfor %}
from {{ ref('ledger_from_journals') }} as entries
inner join {{ ref('ledger_made_from') }} as made_from
    on made_from._tenant_id = entries._tenant_id
    and made_from.made_from = 'journals'
where entries.basis = 'accrual'

union all

select {% for name in entry_columns() %}entries.{{ name }}{{ ', ' if not loop.last }}{% endfor %}
from {{ ref('ledger_from_documents') }} as entries
inner join {{ ref('ledger_made_from') }} as made_from
    on made_from._tenant_id = entries._tenant_id
    and made_from.made_from = 'documents'

union all

select {{ entry_columns() | join(', ') }}
from {{ ref('ledger_residuals') }}
