"""What tap-xero and target-xero share to talk to Xero."""
