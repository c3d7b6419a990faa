"""Singer messages: read, checked and handed on as records."""
