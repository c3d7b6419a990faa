"""Reads of several organisations, and what they read and remember."""

from __future__ import annotations

from tap_runner import read

WEB = "sandbox-web"
STREAMS = ["accounts", "contacts", "invoices"]


def contacts_of(xero, count=2):
    """Adds contacts to every organisation; their ids by tenant."""
    return {
        tenant: sorted(xero.add("Contacts", {"Name": f"C{n}"}, tenant) for n in range(count))
        for tenant in xero.tenant_ids
    }


def read_all(xero, selection=STREAMS, **settings):
    if "access_token" not in settings:
        settings["access_token"] = xero.grant(WEB)["access_token"]
    return read(xero, selection, **({"tenant_ids": "all"} | settings))


def contacts_read(run):
    found = {}
    for record in run.records("contacts"):
        found.setdefault(record["_tenant_id"], []).append(record["ContactID"])
    return {tenant: sorted(ids) for tenant, ids in found.items()}


def activated(run):
    return {m["stream"] for m in run.messages if m["type"] == "ACTIVATE_VERSION"}


def bookmarked(run, stream="contacts"):
    organisations = run.state["bookmarks"][stream]["organisations"]
    return {tenant for tenant, state in organisations.items() if "replication_key_value" in state}
