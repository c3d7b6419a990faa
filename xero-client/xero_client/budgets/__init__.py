"""The calls that several processes share: the budgets, and where they are kept."""
