"""The state database, and the encryption of its secrets."""
