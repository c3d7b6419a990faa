"""The fleet in the state database: organisations, work, leases, states, batches, results."""
