"""What became of requests without a clear answer: repeated, looked up, or read in the log."""
