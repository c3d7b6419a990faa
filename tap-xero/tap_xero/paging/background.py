"""Calls that are made while something else is done, and whose results are taken in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_background(work: Callable[[], T]) -> Future[T]:
    """Does the work in a thread that does not keep the process alive."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  # raised again where the result is taken
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def in_order(works: Iterable[Callable[[], T]], window: int) -> Iterator[T]:
    """The results of works in their order, with up to ``window`` of them under way.

    Works are taken from their source only when there is room, so that what waits stays little.
    """
    waiting = iter(works)
    under_way = deque(map(in_background, islice(waiting, window)))
    while under_way:
        result = under_way.popleft().result()
        under_way.extend(map(in_background, islice(waiting, 1)))
        yield result
        del result  # it may be large, and the next one is waited for
