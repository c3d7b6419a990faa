"""Fixtures that tests of several packages share."""

from copies import backup, made, pair
from postgres import fresh_postgres_uri, postgres_uri

__all__ = ["backup", "fresh_postgres_uri", "made", "pair", "postgres_uri"]
