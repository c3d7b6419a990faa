"""The order of streams: what is referred to comes first."""

import pytest

from tap_runner import catalog_of, read
from xero_client.entities.load_order import load_position
from xero_client.entities.table import BY_STREAM, ENTITIES
from xero_sandbox.server import server

STREAM_ORDER = sorted(BY_STREAM, key=load_position)


def test_every_stream_has_a_layer():
    assert [entity.stream for entity in ENTITIES if entity.load_layer is None] == []


@pytest.mark.parametrize(
    ("referred_to", "referring"),
    [
        ("tax_rates", "accounts"),
        ("accounts", "contacts"),
        ("tracking_categories", "contacts"),
        ("contacts", "contact_groups"),
        ("accounts", "items"),
        ("items", "invoices"),
        ("branding_themes", "invoices"),
        ("invoices", "payments"),
        ("credit_notes", "payments"),
        ("bank_transactions", "overpayments"),
        ("overpayments", "payments"),
        ("batch_payments", "payments"),
        ("invoices", "linked_transactions"),
    ],
)
def test_what_is_referred_to_comes_first(referred_to, referring):
    assert load_position(referred_to) < load_position(referring)


def test_a_stream_that_the_order_does_not_know_comes_last():
    assert max([*STREAM_ORDER, "assets"], key=load_position) == "assets"


def test_the_catalog_lists_the_streams_in_this_order():
    names = [entry["tap_stream_id"] for entry in catalog_of(())["streams"]]

    entities = [name for name in names if name in BY_STREAM]
    assert entities == STREAM_ORDER
    assert names.index("invoices") < names.index("invoice_line_items") < names.index("payments")


def test_the_tap_reads_in_this_order_whatever_the_order_of_its_catalog():
    wanted = ["payments", "invoices", "contacts", "accounts"]
    catalog = catalog_of(wanted)
    catalog["streams"].reverse()
    with server(companies=["empty"]) as xero:
        run = read(xero, catalog=catalog)

    schemas = [message["stream"] for message in run.messages if message["type"] == "SCHEMA"]
    assert list(dict.fromkeys(schemas)) == ["accounts", "contacts", "invoices", "payments"]
