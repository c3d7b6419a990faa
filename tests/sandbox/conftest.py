"""Fixtures that the tests of the sandbox share."""

import pytest

from xero_sandbox.companies.presets import demo_company


@pytest.fixture(scope="session")
def bakery():
    """The demo company, for tests that change no record of it."""
    return demo_company("99999999-9999-4999-8999-999999999999")
