"""The companies that a sandbox can start with: the demo company and empty ones."""
