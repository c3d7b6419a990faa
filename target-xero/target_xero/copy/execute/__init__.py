"""Executes the steps of a copy, and tracks what became of each."""
