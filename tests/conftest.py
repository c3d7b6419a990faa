"""Fixtures that tests of several packages share."""

from copy import deepcopy

import backoff
import pytest
from browser import chromium
from hypothesis import HealthCheck, settings
from login_runner import free_redirect_uri
from postgres import fresh_postgres_uri, postgres_uri

from xero_sandbox.server import server

__all__ = ["chromium", "fresh_postgres_uri", "postgres_uri"]

# Hypothesis fails an example that takes over 0.2 s, and a test whose first examples take some
# seconds to make. A busy machine causes both.
settings.register_profile(
    "without_time", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("without_time")


def pytest_configure(config):
    """Lets the tests run on a Python that is not supported any more: singer-sdk warns of it."""
    config.addinivalue_line("filterwarnings", r"ignore:Python 3\.\d+ reached its end of life")


def pytest_collection_modifyitems(items):
    """Puts the tests of the warehouse first.

    Each worker of pytest-xdist begins with tests that stand together, and a worker without work
    takes the last ones of another. At the end, these tests would be shared out, and every worker
    would make the databases that they share.
    """
    items.sort(key=lambda item: item.path.parent.name != "warehouse")


@pytest.fixture
def xero(request):
    """A sandbox with one empty organisation, or as the mark ``sandbox`` of the test says."""
    mark = request.node.get_closest_marker("sandbox")
    with server(**deepcopy(mark.kwargs if mark else {})) as running:
        yield running


@pytest.fixture(scope="module")
def demo():
    """A sandbox with the demo company, for tests that change no record."""
    with server(companies=["demo"]) as running:
        yield running


@pytest.fixture
def redirect_uri():
    """A redirect URI for a login of the test, on a free port."""
    return free_redirect_uri()


@pytest.fixture
def prompt(monkeypatch):
    """Makes the waits between tries short, and always the same."""
    monkeypatch.setattr(backoff, "full_jitter", lambda _seconds: 0.0)
