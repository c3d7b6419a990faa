"""What a run reports: results, rejects, STATE, progress, a summary and an exit code."""
