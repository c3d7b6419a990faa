"""STATE messages, held back until every record before them has its outcome."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Any

from xero_client.json_value import Json


class Checkpoints:
    """Counts the open records of each epoch; safe to share between threads.

    An epoch is the time between two STATE messages. Its records are open until they have their
    outcome. A STATE message is passed on when all records before it are settled.
    """

    def __init__(self, emit: Callable[[Any], None]) -> None:
        """Starts the first epoch.

        Args:
            emit: Passes a state on.
        """
        self._emit = emit
        self._lock = threading.Lock()
        self._epoch = 0
        self._open: Counter[int] = Counter()
        self._waiting: deque[tuple[int, Any]] = deque()

    def add_record(self) -> int:
        """Counts a record that came in, and returns its epoch."""
        with self._lock:
            self._open[self._epoch] += 1
            return self._epoch

    def add_state(self, value: Json) -> None:
        """Ends the epoch with the value of a STATE message."""
        with self._lock:
            self._waiting.append((self._epoch, value))
            self._epoch += 1
            self._pass_on()

    def settle_records(self, epochs: Iterable[int]) -> None:
        """Notes that records have their outcome.

        Args:
            epochs: The epoch of each record.
        """
        with self._lock:
            for epoch in epochs:
                self._open[epoch] -= 1
            self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting and not self._open[self._waiting[0][0]]:
            epoch, value = self._waiting.popleft()
            del self._open[epoch]
            self._emit(value)
