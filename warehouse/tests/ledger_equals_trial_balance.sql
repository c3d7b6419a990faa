-- To the cent, for each account and month that was read. What differs: a document was changed between
-- two streams of one read. Read again. A month with a change after its read is only warned of.
select *
from {{ ref('reconciliation') }}
where difference <> 0
    and not is_posted_after_read
