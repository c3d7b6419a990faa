"""Companies of any size, whose records are generated when they are read."""
