"""The books: double entry, and the reports that are computed from it."""

from __future__ import annotations

from xero_sandbox.books.reports import ReportRefused, report

__all__ = ["ReportRefused", "report"]
