"""Writing over HTTP: bodies in, results out, idempotency, attachments (xero-facts.md: Writing)."""
