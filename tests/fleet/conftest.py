"""A fleet whose state database is SQLite, or PostgreSQL if the test asks for both."""

import pytest
from fleet_runner import Fleet


@pytest.fixture(params=["sqlite"])
def fleet(request, tmp_path, xero):
    store_uri = ""
    if request.param == "postgres":
        store_uri = request.getfixturevalue("fresh_postgres_uri")
    return Fleet.at(tmp_path, xero, store_uri=store_uri)
