"""Singer tap for Xero."""
