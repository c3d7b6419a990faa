"""Xero's identity service: apps, consent, tokens, scopes and connections (xero-facts.md: OAuth, Scopes)."""
