"""What Xero's responses say of each record."""
