"""Which record of the target stands for which record of the source."""
