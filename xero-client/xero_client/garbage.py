"""Python's garbage collector, kept out of the way of a run that moves many records."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

# New containers after which the youngest are looked through: about a page of records.
SELDOM = 10_000


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Lets the collector look seldom at what is new, and never at what a start has loaded.

    Records are trees, which Python frees without it as soon as they are let go; looking through
    them for cycles is a fifth of the time of a read. Cycles of other origin are still found.
    """
    threshold = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(SELDOM, *threshold[1:])
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()
        # At the end of the process everything goes: looking through it first took 0.1 s.
        atexit.register(gc.freeze)
