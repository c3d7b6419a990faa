"""What a run that moves many records asks of Python's garbage collector and of the C library."""

from __future__ import annotations

import atexit
import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# New containers after which the youngest are looked through: about a page of records.
SELDOM = 10_000
# Bytes from which a block of memory is one of its own; the body of a page's answer has more.
LARGE = 1_000_000
# In glibc's malloc.h.
_M_MMAP_THRESHOLD = -3


@contextmanager
def infrequent_gc() -> Iterator[None]:
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


def return_large_blocks() -> None:
    """Lets the bodies of answers go back to the system as soon as they are let go.

    By itself glibc puts blocks of the size of one that was freed on its heaps from then on: between
    what lies there for longer they leave holes, and memory grows with the length of a run. Other C
    libraries have no such setting, and are left alone.
    """
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE)
    except (OSError, AttributeError):
        return
