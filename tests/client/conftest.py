"""Fixtures that the tests of the client share."""

import pytest
from login_runner import Machine


@pytest.fixture
def machine(tmp_path, xero, redirect_uri):
    """A computer on which nobody has logged in, with a browser; no organisation is connected."""
    xero.sandbox.tokens.register_redirect_uri(redirect_uri)
    for app in ("sandbox-web", "sandbox-pkce", "sandbox-legacy"):
        xero.sandbox.connections.disconnect_all(app)
    return Machine.at(tmp_path, xero, redirect_uri)


@pytest.fixture
def store_uri(machine):
    """The state database of the computer's user."""
    folder = machine.home / "data" / "xero-client"
    folder.mkdir(parents=True)
    return f"sqlite:///{folder / 'xero.db'}"
