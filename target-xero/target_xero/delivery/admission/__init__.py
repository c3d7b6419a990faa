"""What a run has met: equal records, and second contents of a record."""
