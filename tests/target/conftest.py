"""Fixtures that the tests of the target share."""

from target_fixtures import by_hand, no_waiting, one_try, two_tries

__all__ = ["by_hand", "no_waiting", "one_try", "two_tries"]
