"""Which organisations run next, and in which batches: pure functions over plain values."""
