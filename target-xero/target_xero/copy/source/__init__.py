"""The records of the source organisation: collected, checked and stored."""
