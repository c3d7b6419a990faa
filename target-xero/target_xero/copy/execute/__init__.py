"""Executes the steps of a copy and records what became of each."""
