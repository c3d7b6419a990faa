"""STATE messages, held back until every record before them has its outcome."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Any


class Checkpoints:
    """Counts records between STATE messages; safe to share between threads."""

    def __init__(self, emit: Callable[[Any], None]) -> None:
        """Starts with nothing under way.

        Args:
            emit: Passes a state on.
        """
        self._emit = emit
        self._lock = threading.Lock()
        self._epoch = 0
        self._open: Counter[int] = Counter()
        self._waiting: deque[tuple[int, Any]] = deque()
        self._blocked = False

    def take(self) -> int:
        """Counts a record that has come in; gives the stretch that it belongs to."""
        with self._lock:
            self._open[self._epoch] += 1
            return self._epoch

    def state(self, value: Any) -> None:  # noqa: ANN401  # any JSON
        """Takes a STATE message's value, and passes it on as soon as it is true."""
        with self._lock:
            self._waiting.append((self._epoch, value))
            self._epoch += 1
            self._pass_on()

    def settle(self, epoch: int) -> None:
        """Ends a record that ``take`` counted."""
        with self._lock:
            self._open[epoch] -= 1
            self._pass_on()

    @property
    def held(self) -> int:
        """States that were not passed on."""
        return len(self._waiting)

    def _pass_on(self) -> None:
        while self._waiting and not self._open[self._waiting[0][0]]:
            epoch, value = self._waiting.popleft()
            del self._open[epoch]
            self._emit(value)
