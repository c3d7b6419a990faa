"""Singer target for Xero."""
