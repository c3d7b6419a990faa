"""The setting ``mirror``: what a stream published and that its source no longer has is removed."""
