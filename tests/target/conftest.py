"""Fixtures that the tests of the target share."""

from target_fixtures import by_hand, no_waiting

__all__ = ["by_hand", "no_waiting"]
