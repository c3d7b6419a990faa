"""One run: what it opens and closes, the records that wait for others, and its end."""
