"""Writing over HTTP: bodies in, results out, idempotency, attachments (xero-api.md §5)."""
