"""Parts that all kinds of writes share: requests, parsing, matching, batches, locked periods."""
