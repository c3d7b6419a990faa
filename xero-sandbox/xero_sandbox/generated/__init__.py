"""Companies of any size, whose records are made when they are asked for."""
