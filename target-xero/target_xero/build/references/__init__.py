"""How a record names other records: by their fields, its parents, and what stands inside it."""
