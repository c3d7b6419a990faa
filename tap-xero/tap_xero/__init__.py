"""Singer tap for Xero: reads the records of organisations and writes Singer messages."""
