"""Writing contacts and contact groups, and computing contact balances."""
