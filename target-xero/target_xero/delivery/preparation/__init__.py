"""What must be known before an item is sent: what the publish log and Xero have of it."""
