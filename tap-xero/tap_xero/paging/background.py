"""Calls that run in threads, with their results taken in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def run_in_thread(call: Callable[[], T]) -> Future[T]:
    """Runs the call in a thread that does not keep the process alive."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001  # raised again by future.result()
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def results_in_order(calls: Iterable[Callable[[], T]], max_concurrency: int) -> Iterator[T]:
    """The results of the calls in their order, with up to ``max_concurrency`` calls at once.

    A call is taken from ``calls`` only when it can start, so that few are held in memory.
    """
    remaining = iter(calls)
    running = deque(map(run_in_thread, islice(remaining, max_concurrency)))
    while running:
        result = running.popleft().result()
        running.extend(map(run_in_thread, islice(remaining, 1)))
        yield result
        del result  # it may be large, and the next wait may be long
