"""The faults and scheduled actions that wait for their call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from xero_sandbox.faults.definitions import Fault, Trigger
from xero_sandbox.http.calls import Call


@dataclass
class _Scheduled:
    trigger: Trigger
    action: Callable[[], object] | None = None
    matched: int = 0


@dataclass
class FaultSchedule:
    """Which faults and actions wait, and which faults have happened.

    Attributes:
        triggered: The faults that have happened, with the endpoint of each.
    """

    _scheduled: list[_Scheduled] = field(default_factory=list)
    triggered: list[dict[str, Any]] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Adds a fault."""
        self._scheduled.append(_Scheduled(fault))

    def schedule(self, trigger: Trigger, action: Callable[[], object]) -> None:
        """Runs an action just before the calls that the trigger matches."""
        self._scheduled.append(_Scheduled(trigger, action))

    def clear(self) -> None:
        """Removes all faults and actions."""
        self._scheduled.clear()
        self.triggered.clear()

    def due(self, call: Call) -> list[Fault]:
        """Counts the call, runs the actions that are due, and returns the faults that are due."""
        faults: list[Fault] = []
        for scheduled in list(self._scheduled):
            if not scheduled.trigger.matches(call):
                continue
            scheduled.matched += 1
            if not scheduled.trigger.applies_to(scheduled.matched):
                continue
            if scheduled.action is not None:
                scheduled.action()
            elif isinstance(scheduled.trigger, Fault):
                faults.append(scheduled.trigger)
                self.triggered.append({"kind": scheduled.trigger.kind, "endpoint": call.endpoint})
        return faults
