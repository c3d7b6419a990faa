"""From Xero's JSON to Singer records: schemas, dates and conversion."""
