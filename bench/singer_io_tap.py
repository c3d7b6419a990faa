"""Runs singer-io's tap-xero 2.6.0 with the addresses of a sandbox, and otherwise unchanged.

Runs in an environment of its own, ``.tools/bench/singer-io``.
"""

import os

import requests

import tap_xero
from tap_xero import client

post = requests.Session.post


def post_to_sandbox(session, url, **options):
    """The only POST of that tap goes to Xero's token endpoint, whose address is in its code."""
    del url
    return post(session, os.environ["SANDBOX_TOKEN_URI"], **options)


client.BASE_URL = os.environ["SANDBOX_BASE_URI"]
requests.Session.post = post_to_sandbox
tap_xero.main()
