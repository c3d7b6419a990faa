"""Reading the Accounting API: lists, single records, filters, orders, shapes (xero-api.md §2-§4)."""
