"""Double entry: amounts, exchange rates, journals and how documents are posted."""
