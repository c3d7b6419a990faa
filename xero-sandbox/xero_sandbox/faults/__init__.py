"""Faults on request: what may go wrong with a call, for which calls, and what the client sees."""

from __future__ import annotations

from xero_sandbox.faults.definitions import Fault, Trigger

__all__ = ["Fault", "Trigger"]
