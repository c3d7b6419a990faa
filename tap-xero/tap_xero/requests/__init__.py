"""What a stream asks Xero for: request parameters and the plan of a read."""
