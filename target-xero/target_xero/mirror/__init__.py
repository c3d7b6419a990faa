"""The setting ``mirror``: removes what a stream published and its source has deleted."""
