"""Proof that two organisations hold the same: counts, totals, documents and reports."""
