"""Harbour Lane Bakery: twenty months of a wholesale bakery's books, the same every time."""

from __future__ import annotations

from datetime import date
from random import Random

from xero_sandbox.companies import bakery_extras, bakery_money, bakery_settings, bakery_trade
from xero_sandbox.companies.bookkeeper import Bookkeeper
from xero_sandbox.organisation import Organisation

START = date(2025, 4, 1)
END = date(2026, 11, 20)
SEED = 20261122


def keep_books(organisation: Organisation) -> None:
    """Fills a fresh organisation with the bakery's settings, trade and money."""
    books = Bookkeeper(organisation, START, Random(SEED))  # noqa: S311  # the same every time
    bakery_settings.settle_in(books)
    bakery_trade.plan_sales(books, START, END)
    bakery_trade.plan_bills(books, START, END)
    bakery_trade.plan_orders(books, START, END)
    bakery_money.plan_months(books, START, END)
    bakery_money.plan_credits(books, START, END)
    books.work_until(END)
    bakery_extras.finish(books)
