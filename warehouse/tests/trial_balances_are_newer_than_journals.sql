-- Journals were posted to a month, or before it, after its trial balance was read. Read the month again:
-- run tap-xero with a larger reports.again.
{{ config(severity='warn') }}
select *
from {{ ref('reconciliation') }}
where difference <> 0
    and is_posted_after_read
