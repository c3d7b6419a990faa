"""Fixtures that tests of several packages share."""

import backoff
import pytest
from copies import backup, copied, made, made_copy, pair
from postgres import fresh_postgres_uri, postgres_uri

__all__ = [
    "backup",
    "copied",
    "fresh_postgres_uri",
    "made",
    "made_copy",
    "pair",
    "postgres_uri",
]


@pytest.fixture
def prompt(monkeypatch):
    """Takes chance out of the waits between tries, and nearly all of their length."""
    monkeypatch.setattr(backoff, "full_jitter", lambda _seconds: 0.0)
