"""HTTP calls to Xero: the transport, its limits and retries, and Xero's JSON."""
