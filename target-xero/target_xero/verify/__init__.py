"""Verifies that two organisations have the same books: records, totals and reports."""
