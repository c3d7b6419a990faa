"""The books: double entry, and the reports that are computed from it."""

from __future__ import annotations

from xero_sandbox.books.parameters import ReportRefused
from xero_sandbox.books.reports import report

__all__ = ["ReportRefused", "report"]
