"""What records are published to: an entity, a child of a record, or any other path."""
