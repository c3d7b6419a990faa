"""The errors of an input in the Singer protocol."""

from __future__ import annotations


class ProtocolErrors:
    """Keeps the first error; it ends the run after all records were published.

    Attributes:
        first: The first error; None without an error.
    """

    def __init__(self) -> None:
        self.first: Exception | None = None

    def note(self, error: Exception) -> None:
        """Notes an error."""
        if self.first is None:
            self.first = error
