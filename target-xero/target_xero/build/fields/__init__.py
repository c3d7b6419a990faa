"""From the columns of a record to the fields that Xero takes, and their values."""
