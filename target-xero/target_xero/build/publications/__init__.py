"""From a record to its publication: method, path, query and content."""
