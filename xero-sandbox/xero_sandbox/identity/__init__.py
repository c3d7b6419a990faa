"""Xero's identity service: apps, tokens, scopes and connections.

(xero-facts.md: OAuth, Scopes)
"""
