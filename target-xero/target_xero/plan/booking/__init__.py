"""What a document books: its lines, amounts and accounts."""
