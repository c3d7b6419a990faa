"""HTTP in general: calls, responses, Xero's JSON, rate limits, idempotency, delivery, traffic."""
