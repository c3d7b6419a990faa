"""What a run says: results, rejects, progress and exit codes."""
