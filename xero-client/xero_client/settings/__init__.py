"""Settings of a connection: their schema, and where their values come from."""
