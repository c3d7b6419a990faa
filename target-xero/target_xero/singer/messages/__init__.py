"""Singer messages: read, checked, and refused."""
