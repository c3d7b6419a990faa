"""Records for tests of lost responses, and the requests that the publish log has of them."""

import time

from sqlalchemy import create_engine, text
from target_runner import records

KEY_LIFE = 360


def contacts(*names):
    return records("contacts", [{"Name": name} for name in names])


def names(xero):
    return sorted(contact["Name"] for contact in xero.records("Contacts"))


def refuse_look_ups(xero, nth=2):
    """It cannot be looked up in Xero what became of a bill; its number is looked up before."""
    refusal = {"status": 400, "body": "<html></html>", "content_type": "text/html"}
    xero.fault("status", "Invoices", method="GET", nth=nth, times=None, **refusal)


def keys(xero, endpoint="*"):
    calls = xero.calls(endpoint)
    return [call["headers"]["idempotency-key"] for call in calls if call["method"] != "GET"]


def age_requests(folder, seconds):
    """Makes the requests in the publish log older."""
    engine = create_engine(f"sqlite:///{folder / 'xero.db'}")
    with engine.begin() as connection:
        change = text("UPDATE publish_requests SET first_sent_at = first_sent_at - :seconds")
        connection.execute(change, {"seconds": seconds})
    engine.dispose()


def open_requests(folder):
    engine = create_engine(f"sqlite:///{folder / 'xero.db'}")
    with engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM publish_requests")).scalar()
    engine.dispose()
    return count


def until(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
