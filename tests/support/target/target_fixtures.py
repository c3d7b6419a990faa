"""Fixtures that the tests of the target share."""

import backoff
import pytest
from target_runner import publish, records

from target_xero.delivery import sender
from xero_client.http.transport import Transport


@pytest.fixture
def by_hand(tmp_path, xero):
    """Makes records in Xero that the publish log of the test does not know."""
    folder = tmp_path / "by hand"
    folder.mkdir()

    def make(stream, *rows):
        run = publish(folder, xero, records(stream, rows))
        assert run.exit_code == 0, run.log
        # Xero forgets the keys, so that equal requests of the test are requests of their own.
        xero.clock.advance(400)
        return [result["xero_id"] for result in run.results]

    return make


@pytest.fixture
def no_waiting(monkeypatch):
    """Removes the waits between tries."""
    monkeypatch.setattr(backoff, "full_jitter", lambda _seconds: 0.0)
    monkeypatch.setattr(Transport, "pause", lambda _self, _seconds: None)


@pytest.fixture
def two_tries(monkeypatch):
    """A target that sends a request only twice under one key."""
    monkeypatch.setattr(sender, "MAX_TRIES", 2)


@pytest.fixture
def one_try(monkeypatch):
    """A target that sends a request only once under one key."""
    monkeypatch.setattr(sender, "MAX_TRIES", 1)
