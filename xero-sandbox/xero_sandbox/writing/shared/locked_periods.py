"""Locked periods, in which nothing can be dated or changed."""

from __future__ import annotations

from datetime import date

from xero_sandbox.model.transaction import Transaction


def check_unlocked(transaction: Transaction, day: date | None, errors: list[str]) -> None:
    """Checks that a date is after the lock dates (xero-facts.md: Writing rules)."""
    organisation = transaction.organisation
    if day is None:
        return
    if organisation.end_of_year_lock_date and day <= organisation.end_of_year_lock_date:
        errors.append(
            "The document date cannot be before the end of year lock date, currently set at "
            f"{organisation.end_of_year_lock_date:%d %b %Y}."
        )
    elif organisation.period_lock_date and day <= organisation.period_lock_date:
        errors.append(
            "The document date cannot be before the period lock date, currently set at "
            f"{organisation.period_lock_date:%d %b %Y}."
        )
