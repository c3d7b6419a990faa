"""Finds, for records and references of the source, their counterparts in the target."""
