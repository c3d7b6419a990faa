"""Writing settings: accounts, currencies, items, tax rates, tracking, payment services, set-up."""
