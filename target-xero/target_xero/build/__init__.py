"""Turns a Singer record into a request: columns, values, grouping, method and path. No network."""
