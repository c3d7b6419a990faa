"""The settings of a connection: their JSON Schema, and how files and variables set them."""
