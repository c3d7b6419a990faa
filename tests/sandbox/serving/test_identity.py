"""The identity service: consent, PKCE, tokens, scopes, connections.

(xero-facts.md: OAuth, Scopes)
"""

import base64
import hashlib
import re

import pytest
import requests
from identity_calls import Browser, api, connections, exchange, refresh, token, told
from joserfc import jwt
from joserfc.jwk import KeySet

from xero_sandbox.server import server

REDIRECT = "http://localhost:8765/callback"
VERIFIER = "v" * 64
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)
SCOPES = "openid offline_access accounting.contacts accounting.settings.read"

pytestmark = pytest.mark.sandbox(companies=["empty", "empty"])


def test_a_consent_gives_tokens_that_open_the_chosen_organisation_only(xero):
    answer = Browser(xero).allow()
    assert answer["state"] == "s 1&2"
    tokens = exchange(xero, answer["code"]).json()
    assert tokens["expires_in"] == 1800
    assert tokens["token_type"] == "Bearer"
    assert api(xero, tokens["access_token"]).status_code == 200
    other = api(xero, tokens["access_token"], tenant_id=xero.tenant_ids[1])
    assert (other.status_code, other.json()["Detail"]) == (403, "AuthenticationUnsuccessful")


def test_the_page_names_the_app_the_scopes_and_every_organisation(xero):
    page = Browser(xero).open()
    assert page.status_code == 200
    for expected in ("Sandbox web app", "accounting.contacts", *xero.tenant_ids):
        assert expected in page.text
    assert "<script" not in page.text


def test_several_organisations_can_be_chosen_and_are_told_apart_by_their_consent(xero):
    first = exchange(xero, Browser(xero).allow([xero.tenant_ids[0]])["code"]).json()
    second = exchange(xero, Browser(xero).allow([xero.tenant_ids[1]])["code"]).json()
    listed = connections(xero, second["access_token"]).json()
    assert {record["tenantId"] for record in listed} == set(xero.tenant_ids)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}", listed[0]["createdDateUtc"])
    event = claims(xero, first["access_token"])["authentication_event_id"]
    only = connections(xero, first["access_token"], authEventId=event).json()
    assert [record["tenantId"] for record in only] == [xero.tenant_ids[0]]


def test_an_app_below_the_advanced_tier_connects_one_organisation_at_a_time(xero):
    browser = Browser(xero)
    page = browser.open(client_id="sandbox-starter")
    refused = browser.decide(page, "allow", xero.tenant_ids)
    assert (refused.status_code, "one organisation at a time" in refused.text) == (400, True)
    for tenant in xero.tenant_ids:
        assert browser.decide(page, "allow", [tenant]).status_code == 302
    assert len(xero.sandbox.connections.of_app("sandbox-starter")) == 2


def claims(xero, value):
    keys = requests.get(f"{xero.origin}/.well-known/openid-configuration", timeout=10).json()
    published = KeySet.import_key_set(requests.get(keys["jwks_uri"], timeout=10).json())
    return jwt.decode(value, published).claims


def test_access_and_id_tokens_are_signed_by_the_published_key(xero):
    tokens = exchange(xero, Browser(xero).allow(nonce="n1")["code"]).json()
    access = claims(xero, tokens["access_token"])
    assert access["scope"] == sorted(SCOPES.split())
    assert access["exp"] - access["iat"] == 1800
    assert claims(xero, tokens["id_token"])["nonce"] == "n1"


def test_cancel_sends_the_user_back_with_access_denied_and_the_state(xero):
    browser = Browser(xero)
    answer = told(browser.decide(browser.open(), "cancel", xero.tenant_ids))
    assert answer == {"error": "access_denied", "state": "s 1&2"}


def test_allowing_without_an_organisation_asks_again(xero):
    browser = Browser(xero)
    again = browser.decide(browser.open(), "allow", [])
    assert again.status_code == 400
    assert "at least one organisation" in again.text
    assert xero.sandbox.connections.of_app("sandbox-web") == []


def test_text_of_the_request_is_escaped_on_the_page(xero):
    page = Browser(xero).open(state='"><b>x')
    assert '"><b>x' not in page.text


def test_a_code_is_good_once_and_for_five_minutes(xero):
    code = Browser(xero).allow()["code"]
    assert exchange(xero, code).status_code == 200
    assert exchange(xero, code).json() == {"error": "invalid_grant"}
    late = Browser(xero).allow()["code"]
    xero.clock.advance(300)
    assert exchange(xero, late).json()["error"] == "invalid_grant"


def test_a_code_is_bound_to_its_redirect_uri_and_app(xero):
    code = Browser(xero).allow()["code"]
    other = token(
        xero, grant_type="authorization_code", code=code, redirect_uri="http://localhost:1/x"
    )
    assert other.json()["error"] == "invalid_grant"
    code = Browser(xero).allow()["code"]
    stolen = token(
        xero,
        auth=("sandbox-legacy", "sandbox-legacy-secret"),
        grant_type="authorization_code",
        code=code,
        redirect_uri=REDIRECT,
    )
    assert stolen.json()["error"] == "invalid_grant"


def test_a_pkce_app_needs_a_challenge_and_the_verifier_that_fits(xero):
    browser = Browser(xero)
    pkce = {"client_id": "sandbox-pkce", "code_challenge": CHALLENGE}
    assert told(browser.open(client_id="sandbox-pkce"))["error"] == "invalid_request"
    assert told(browser.open(**pkce, code_challenge_method="plain"))["error"] == "invalid_request"
    for verifier, status in (("w" * 64, 400), ("", 400), (VERIFIER, 200)):
        code = browser.allow(**pkce, code_challenge_method="S256")["code"]
        answer = token(
            xero,
            auth=None,
            client_id="sandbox-pkce",
            grant_type="authorization_code",
            code=code,
            redirect_uri=REDIRECT,
            code_verifier=verifier,
        )
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    "asked",
    [
        {"client_id": "nobody"},
        {"redirect_uri": "http://localhost:9/x"},
        {"client_id": "sandbox-custom"},
    ],
)
def test_an_unknown_app_or_redirect_uri_is_never_redirected_to(xero, asked):
    page = Browser(xero).open(**asked)
    assert page.status_code == 400
    assert "Location" not in page.headers


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "accounting.everything"}, "invalid_scope"),
        ({"scope": "accounting.transactions"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "openid app.connections"}, "access_denied"),
    ],
)
def test_a_request_that_cannot_be_granted_goes_back_with_its_error(xero, asked, error):
    answer = told(Browser(xero).open(**asked))
    assert (answer["error"], answer["state"]) == (error, "s 1&2")


def test_an_app_of_2025_may_still_ask_for_broad_scopes(xero):
    page = Browser(xero).open(client_id="sandbox-legacy", scope="accounting.transactions")
    assert page.status_code == 200
    tokens = xero.grant("sandbox-legacy", ["accounting.transactions"])
    assert api(xero, tokens["access_token"], "Invoices").status_code == 200
    assert api(xero, tokens["access_token"], "Contacts").status_code == 401


def test_redirect_uris_are_registered_as_the_portal_would():
    with server(redirect_uris=["http://localhost:5555/back"]) as xero:
        assert Browser(xero).open(redirect_uri="http://localhost:5555/back").status_code == 200
    for refused in ("http://127.0.0.1:5555/back", "http://example.com/x", "https://*.example.com"):
        with pytest.raises(ValueError, match="redirect URI"), server(redirect_uris=[refused]):
            pass


def test_a_missing_scope_is_told_by_xeros_header_and_is_not_an_expiry(xero):
    value = xero.grant(scopes=["accounting.contacts"])["access_token"]
    refused = api(xero, value, "Invoices")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "insufficent_scope"
    assert refused.json()["Detail"] == "AuthorizationUnsuccessful"


def test_reading_takes_either_scope_and_writing_only_the_full_one(xero):
    headers = xero.headers("sandbox-web", ["accounting.contacts.read"])
    contacts = f"{xero.base_uri}/Contacts"
    assert requests.get(contacts, headers=headers, timeout=10).status_code == 200
    refused = requests.put(contacts, headers=headers, json={"Name": "Ana"}, timeout=10)
    assert refused.headers["WWW-Authenticate"] == "insufficent_scope"
    assert xero.records("Contacts") == []


def test_items_open_with_settings_or_invoices(xero):
    for scope in ("accounting.settings.read", "accounting.invoices.read"):
        value = xero.grant(scopes=[scope])["access_token"]
        assert api(xero, value, "Items").status_code == 200


def test_every_report_family_has_its_scope(xero):
    value = xero.grant(scopes=["accounting.reports.aged.read"])["access_token"]
    refused = api(xero, value, "Reports/BankSummary")
    assert refused.headers["WWW-Authenticate"] == "insufficent_scope"


def test_journals_need_the_advanced_tier(xero):
    assert api(xero, xero.grant("sandbox-web")["access_token"], "Journals").status_code == 200
    refused = api(xero, xero.grant("sandbox-starter")["access_token"], "Journals")
    assert refused.status_code == 403


def test_a_role_without_reporting_is_forbidden_what_needs_it(xero):
    xero.apps["sandbox-web"].may_report = False
    value = xero.grant("sandbox-web")["access_token"]
    assert api(xero, value, "ManualJournals").status_code == 403
    assert api(xero, value, "Contacts").status_code == 200


@pytest.mark.parametrize(
    ("auth", "error"),
    [
        (("sandbox-web", "wrong"), "invalid_client"),
        (("nobody", "x"), "invalid_client"),
    ],
)
def test_a_wrong_secret_or_app_is_an_invalid_client(xero, auth, error):
    answer = refresh(xero, xero.grant()["refresh_token"], auth=auth)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_refresh_token_belongs_to_its_app(xero):
    value = xero.grant("sandbox-web")["refresh_token"]
    answer = refresh(xero, value, auth=("sandbox-legacy", "sandbox-legacy-secret"))
    assert answer.json()["error"] == "invalid_grant"


def test_an_unknown_grant_type_is_named(xero):
    assert token(xero, grant_type="password").json()["error"] == "unsupported_grant_type"


def test_a_custom_connection_reaches_one_organisation_without_a_refresh_token(xero):
    auth = ("sandbox-custom", "sandbox-custom-secret")
    tokens = token(
        xero, auth=auth, grant_type="client_credentials", scope="accounting.contacts"
    ).json()
    assert "refresh_token" not in tokens
    assert [record["tenantId"] for record in connections(xero, tokens["access_token"]).json()] == [
        xero.tenant_id
    ]
    assert api(xero, tokens["access_token"]).status_code == 200
    broad = token(xero, auth=auth, grant_type="client_credentials", scope="accounting.transactions")
    assert broad.json()["error"] == "invalid_scope"


def test_client_credentials_of_another_app_are_only_for_connections(xero):
    xero.grant("sandbox-web")
    plain = token(xero, grant_type="client_credentials", scope="accounting.contacts")
    assert plain.json()["error"] == "unauthorized_client"
    listing = token(xero, grant_type="client_credentials", scope="app.connections").json()
    assert len(connections(xero, listing["access_token"]).json()) == 2
    assert api(xero, listing["access_token"]).status_code == 401


def test_revocation_ends_the_chain_and_all_of_the_apps_connections(xero):
    tokens = xero.grant("sandbox-web")
    answer = requests.post(
        xero.origin + "/connect/revocation",
        data={"token": tokens["refresh_token"]},
        auth=("sandbox-web", "sandbox-web-secret"),
        timeout=10,
    )
    assert (answer.status_code, answer.content) == (200, b"")
    assert refresh(xero, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert api(xero, tokens["access_token"]).status_code == 401
    assert xero.sandbox.connections.of_app("sandbox-web") == []
    assert xero.sandbox.connections.of_app("sandbox-custom") != []


@pytest.mark.sandbox(companies=["empty", "empty"], users=2)
def test_each_user_has_connections_and_tokens_of_their_own(xero):
    first, second = xero.tenant_ids
    browser = Browser(xero)
    page = browser.open()
    assert re.findall(r'<option value="([^"]+)">', page.text) == xero.user_ids
    tokens = {}
    for user_id, tenant_id in zip(xero.user_ids, xero.tenant_ids, strict=True):
        decided = told(browser.decide(page, "allow", [tenant_id], user=user_id))
        tokens[user_id] = exchange(xero, decided["code"]).json()
        access = tokens[user_id]["access_token"]
        assert claims(xero, access)["xero_userid"] == user_id
        assert [each["tenantId"] for each in connections(xero, access).json()] == [tenant_id]
    access = [tokens[user_id]["access_token"] for user_id in xero.user_ids]
    assert api(xero, access[1], tenant_id=second).status_code == 200
    assert api(xero, access[1], tenant_id=first).status_code == 403
    [foreign] = connections(xero, access[0]).json()
    refused = requests.delete(
        f"{xero.connections_uri}/{foreign['id']}",
        headers={"Authorization": f"Bearer {access[1]}"},
        timeout=10,
    )
    assert refused.status_code == 403

    requests.post(
        xero.origin + "/connect/revocation",
        data={"token": tokens[xero.user_ids[0]]["refresh_token"]},
        auth=("sandbox-web", "sandbox-web-secret"),
        timeout=10,
    )
    assert api(xero, access[0], tenant_id=first).status_code == 401
    assert api(xero, access[1], tenant_id=second).status_code == 200
    assert refresh(xero, tokens[xero.user_ids[1]]["refresh_token"]).status_code == 200


def test_a_connection_is_deleted_by_its_own_id_not_by_the_tenant(xero):
    value = xero.grant("sandbox-web")["access_token"]
    headers = {"Authorization": f"Bearer {value}"}
    wrong = requests.delete(f"{xero.connections_uri}/{xero.tenant_id}", headers=headers, timeout=10)
    assert wrong.status_code == 403
    own_id = connections(xero, value).json()[0]["id"]
    removed = requests.delete(f"{xero.connections_uri}/{own_id}", headers=headers, timeout=10)
    assert removed.status_code == 204
    assert api(xero, value).status_code == 403
    assert len(connections(xero, value).json()) == 1


def test_a_token_whose_organisations_are_gone_lists_none(xero):
    value = xero.grant("sandbox-web")["access_token"]
    xero.sandbox.connections.disconnect_all("sandbox-web")
    answer = connections(xero, value)
    assert (answer.status_code, answer.json()) == (200, [])


def test_calls_without_a_token_are_refused(xero):
    for address in (f"{xero.base_uri}/Contacts", xero.connections_uri):
        assert requests.get(address, timeout=10).status_code == 401


def test_the_log_of_identity_calls_keeps_no_secret(xero):
    value = xero.grant()["refresh_token"]
    refresh(xero, value)
    assert value not in repr(xero.log)
    assert "sandbox-web-secret" not in repr(xero.log)
