"""One run: its organisations, its messages, its summary and its end."""
