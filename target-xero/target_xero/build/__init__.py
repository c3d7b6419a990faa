"""From a Singer record to a request: columns, values, grouping, method and path. No I/O."""
