"""The fields of documents with lines."""
