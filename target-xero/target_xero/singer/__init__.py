"""Reads Singer messages from standard input, validates them, and passes on their records."""
