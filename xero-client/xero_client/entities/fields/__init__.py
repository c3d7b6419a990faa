"""The fields of the records of the Accounting API, by subject; the table has them in its rows."""
