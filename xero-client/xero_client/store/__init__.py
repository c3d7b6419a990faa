"""The state database: tokens, locks, and the encryption of secrets."""
