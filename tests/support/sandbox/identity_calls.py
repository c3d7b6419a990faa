"""A browser on the sandbox's consent page, and calls of its token endpoint and API."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import requests

REDIRECT = "http://localhost:8765/callback"
SCOPES = "openid offline_access accounting.contacts accounting.settings.read"


class Browser:
    """Reads the consent page's form and submits it, as a browser without JavaScript does."""

    def __init__(self, xero):
        self.xero = xero

    def open(self, **parameters):
        asked = {
            "response_type": "code",
            "client_id": "sandbox-web",
            "redirect_uri": REDIRECT,
            "scope": SCOPES,
            "state": "s 1&2",
            **parameters,
        }
        asked = {name: value for name, value in asked.items() if value is not None}
        return requests.get(
            self.xero.authorize_uri, params=asked, allow_redirects=False, timeout=10
        )

    def decide(self, page, decision, tenants, *, user=None):
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        form = [(name, html.unescape(value)) for name, value in hidden]
        form += [("tenant", tenant) for tenant in tenants]
        form += [("decision", decision)] if decision else []
        form += [("user", user)] if user else []
        action = re.search(r'action="([^"]+)"', page.text).group(1)
        return requests.post(
            self.xero.origin + action, data=form, allow_redirects=False, timeout=10
        )

    def allow(self, tenants=(), **parameters):
        answer = self.decide(self.open(**parameters), "allow", tenants or [self.xero.tenant_id])
        assert answer.status_code == 302, answer.text
        return told(answer)


def told(answer):
    location = urlsplit(answer.headers["Location"])
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def token(xero, auth=("sandbox-web", "sandbox-web-secret"), **form):
    return requests.post(xero.token_uri, data=form, auth=auth, timeout=10)


def exchange(xero, code, **form):
    return token(xero, grant_type="authorization_code", code=code, redirect_uri=REDIRECT, **form)


def refresh(xero, value, **options):
    return token(xero, grant_type="refresh_token", refresh_token=value, **options)


def api(xero, access_token, path="Contacts", tenant_id=None):
    headers = {
        "Authorization": f"Bearer {access_token}",
        "xero-tenant-id": tenant_id or xero.tenant_id,
        "Accept": "application/json",
    }
    return requests.get(f"{xero.base_uri}/{path}", headers=headers, timeout=10)


def connections(xero, access_token, **parameters):
    headers = {"Authorization": f"Bearer {access_token}"}
    return requests.get(xero.connections_uri, headers=headers, params=parameters, timeout=10)
