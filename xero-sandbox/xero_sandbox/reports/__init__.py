"""The eight reports, computed from the journals."""

from __future__ import annotations

from xero_sandbox.reports.parameters import ReportError
from xero_sandbox.reports.registry import report

__all__ = ["ReportError", "report"]
