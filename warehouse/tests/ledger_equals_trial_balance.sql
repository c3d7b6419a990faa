-- To the cent, for each account and month that was read. What differs: a document was changed between
-- two streams of one read, or a month that is not read any more was changed. Read again.
select *
from {{ ref('reconciliation') }}
where difference <> 0
