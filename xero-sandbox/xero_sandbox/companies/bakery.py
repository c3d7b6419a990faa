"""Harbour Lane Bakery: twenty months of a wholesale bakery, always the same."""

from __future__ import annotations

from datetime import date
from random import Random

from xero_sandbox.companies import (
    bakery_extras,
    bakery_money,
    bakery_other_apis,
    bakery_settings,
    bakery_trade,
)
from xero_sandbox.companies.bookkeeper import Bookkeeper
from xero_sandbox.model.organisation import Organisation

START = date(2025, 4, 1)
END = date(2026, 11, 20)
SEED = 20261122


def fill(organisation: Organisation) -> None:
    """Adds the bakery's settings, trade and payments to a new organisation."""
    books = Bookkeeper(organisation, START, Random(SEED))  # noqa: S311  # always the same numbers
    bakery_settings.create_settings(books)
    bakery_trade.schedule_sales(books, START, END)
    bakery_trade.schedule_bills(books, START, END)
    bakery_trade.schedule_orders(books, START, END)
    bakery_money.schedule_months(books, START, END)
    bakery_money.schedule_credits(books, START, END)
    books.run_until(END)
    bakery_extras.create_extras(books)
    bakery_other_apis.create_other_records(books)
