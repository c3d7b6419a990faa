"""OAuth scopes: what they let do, and which are needed."""
