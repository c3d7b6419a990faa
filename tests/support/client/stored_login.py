"""What a login has stored: its scopes, and runs with its tokens."""

import re
import shlex

from connections import web_config

from tap_runner import read as read_here
from xero_client.store.database import Store
from xero_client.store.grants import GrantKey

WEB, PKCE, CUSTOM = "sandbox-web", "sandbox-pkce", "sandbox-custom"
INVOICES, PROJECTS = "accounting.invoices.read", "projects.read"


def read(xero, store_uri, *streams, **settings):
    """A run of the tap with the tokens of the login."""
    config = web_config(xero, store_uri, client_id=PKCE, client_secret=None)
    return read_here(xero, streams, **{**config, "tenant_id": xero.tenant_id, **settings})


def stored_scopes(xero, store_uri):
    store = Store(store_uri)
    scopes = store.granted_scopes(GrantKey(PKCE, xero.token_uri))
    store.close()
    return set(scopes)


def command_in(error):
    """The command of ``xero`` that an error names."""
    return shlex.split(re.search("`(xero login[^`]*)`", error)[1])
