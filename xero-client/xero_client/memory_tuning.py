"""Settings of Python's garbage collector and of the C library, for the start and for long runs."""

from __future__ import annotations

import atexit
import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# New containers before the youngest generation is collected: about a page of records.
YOUNG_THRESHOLD = 10_000
# From this size on, a block gets memory of its own. The body of a page's response is larger.
LARGE_BLOCK_BYTES = 1_000_000
# In glibc's malloc.h.
_M_MMAP_THRESHOLD = -3


@contextmanager
def imports_without_gc() -> Iterator[None]:
    """Imports modules without the collector, which takes a fifth of a program's start.

    What they made lasts as long as the program. So the collector leaves it out.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def infrequent_gc() -> Iterator[None]:
    """Runs the collector rarely, and never on the objects that exist already.

    Records are trees. Python frees them without the collector, whose search for cycles in them
    takes a fifth of the time of a read. Other cycles are still found.
    """
    threshold = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG_THRESHOLD, *threshold[1:])
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()
        # A last collection before the process ends would take 0.1 s.
        atexit.register(gc.freeze)


def return_large_blocks() -> None:
    """Returns the memory of response bodies to the system as soon as they are freed.

    By default, glibc raises this threshold when a large block is freed, and puts later blocks of
    that size on its heaps. Small blocks that live longer then leave gaps between them, and memory
    grows with the length of a run. Other C libraries do not have this setting.
    """
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)
    except (OSError, AttributeError):
        return
