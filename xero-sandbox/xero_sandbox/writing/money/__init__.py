"""Writing money: payments, allocations, bank transactions and bank transfers."""
