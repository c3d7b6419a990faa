"""Access tokens: where they come from, how they are renewed, and which organisations they reach."""
