"""Reading through the Accounting API: lists, single records, filters and response shapes."""
