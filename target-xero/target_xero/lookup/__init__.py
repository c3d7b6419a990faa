"""Reads what Xero already has: whole lists, and records by id, number, name or content."""
