"""Xero's identity service: apps, consent, tokens, scopes and connections (xero-api.md §6, §7)."""
