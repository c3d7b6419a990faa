"""What PUT, POST and DELETE do to an organisation (xero-facts.md: Writing, Writing by entity)."""

from __future__ import annotations

from xero_sandbox.writing.dispatch import write
from xero_sandbox.writing.request import (
    Invalid,
    WriteRefused,
    WriteRequest,
    WriteResult,
    Written,
)

__all__ = ["Invalid", "WriteRefused", "WriteRequest", "WriteResult", "Written", "write"]
