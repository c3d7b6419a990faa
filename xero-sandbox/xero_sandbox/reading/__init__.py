"""Reading the Accounting API: lists, single records, filters, shapes (xero-api.md §2-§4)."""
