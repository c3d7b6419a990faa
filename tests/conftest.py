"""Fixtures that tests of several packages share."""

from postgres import fresh_postgres_uri, postgres_uri

__all__ = ["fresh_postgres_uri", "postgres_uri"]
