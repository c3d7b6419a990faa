"""Rows of tables: rows that are one document, and Xero's own import templates."""
