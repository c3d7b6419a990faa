"""Decides in which order the steps of a copy are executed."""
