"""Says, for each stream, which steps copy its records."""
