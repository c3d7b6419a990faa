"""Xero's reports as streams."""
