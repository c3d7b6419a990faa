"""HTTP calls to Xero: transport, rate limits, retries, error responses, and Xero's JSON."""
