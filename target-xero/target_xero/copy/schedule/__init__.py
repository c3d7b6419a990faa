"""The steps of a copy, and the order in which they are executed."""
