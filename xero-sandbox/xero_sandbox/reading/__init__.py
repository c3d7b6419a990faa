"""Reading the Accounting API: lists, single records, filters, shapes (xero-facts.md: Paging-xero-facts.md: Formats)."""
