"""Finds the records that a record names: its parent, others, and itself."""
