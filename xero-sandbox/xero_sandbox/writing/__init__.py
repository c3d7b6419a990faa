"""Carries out PUT, POST and DELETE on an organisation.

(xero-facts.md: Writing, Writing by entity)
"""

from __future__ import annotations

from xero_sandbox.writing.dispatch import write
from xero_sandbox.writing.shared.request import (
    ElementResult,
    ValidationError,
    WriteError,
    WriteOutcome,
    WriteRequest,
)

__all__ = [
    "ElementResult",
    "ValidationError",
    "WriteError",
    "WriteOutcome",
    "WriteRequest",
    "write",
]
