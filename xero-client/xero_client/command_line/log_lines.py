"""Leaves out lines of singer-sdk's log that tell a user nothing."""

from __future__ import annotations

import logging

# The environment was read already, by ``read_config``.
_ALWAYS = ("Skipping parse of env var settings",)


class UnneededLineFilter(logging.Filter):
    """Drops lines that begin with certain words."""

    def __init__(self, *beginnings: str) -> None:
        """Takes the words.

        Args:
            beginnings: The words, besides those that the tap and the target both drop.
        """
        super().__init__()
        self._beginnings = (*_ALWAYS, *beginnings)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write the line."""
        return not record.getMessage().startswith(self._beginnings)
