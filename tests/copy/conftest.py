"""Fixtures that the tests of copying share.

Not in the other tests' conftest.py: they import tap and target, which takes seconds.
"""

from copy_fixtures import backup, copied, finished_copy, pair, small_company

__all__ = ["backup", "copied", "finished_copy", "pair", "small_company"]
