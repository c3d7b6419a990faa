"""Fixtures that the tests of the tap share."""

import pytest

from xero_sandbox.http.limits import GENEROUS
from xero_sandbox.server import server


@pytest.fixture
def three():
    """A sandbox with three empty organisations."""
    with server(companies=["empty", "empty", "empty"], limits=GENEROUS) as xero:
        yield xero
