-- Each thing that was posted has debits and credits that are equal, and so has what no document explains.
select
    _tenant_id,
    basis,
    made_from,
    coalesce(source_id, cast(entry_date as {{ text_type() }})) as posted,
    sum(debit) as debits,
    sum(credit) as credits
from {{ ref('general_ledger') }}
group by 1, 2, 3, 4
having sum(debit) <> sum(credit)
