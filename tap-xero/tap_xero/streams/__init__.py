"""The streams of entities, of their children, and of the lists inside their records."""
