"""What Xero already has: records found by id, number, name or content."""
