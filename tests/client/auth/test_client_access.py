"""What a token may reach: scopes, connected organisations, and which one a run is about."""

from __future__ import annotations

import json

import pytest
from connections import WEB, checked, static_transport, store_in, token_calls, web_config

from tap_runner import read
from xero_client.auth.tenants import choose_tenants
from xero_client.auth.token_sources import StaticToken
from xero_client.errors import AccessDeniedError, SettingsError, TenantNotConnectedError
from xero_client.http.transport import Request

two_organisations = pytest.mark.sandbox(companies=["empty", "empty"])


def run(xero, tmp_path, streams=("currencies",), **settings):
    if "refresh_token" not in settings:
        settings["refresh_token"] = xero.grant(WEB)["refresh_token"]
    return read(xero, streams, **web_config(xero, store_in(tmp_path), **settings))


def names_of(xero):
    return [xero.organisation(tenant_id).name for tenant_id in xero.tenant_ids]


# --- scopes --------------------------------------------------------------------------------


def test_a_missing_scope_is_named_and_never_answered_with_a_refresh(xero, tmp_path):
    scopes = ["offline_access", "accounting.settings.read"]
    token = xero.grant(WEB, scopes)["refresh_token"]
    finished = run(xero, tmp_path, ["contacts", "currencies"], refresh_token=token)
    assert finished.exit_code == 1
    assert "accounting.contacts.read" in finished.last_line
    assert "xero login" in finished.last_line
    assert xero.calls("Contacts")[0]["correlation_id"] in finished.last_line
    assert len(finished.records("currencies")) == 1  # the others are read
    assert len(xero.calls("Contacts")) == 1
    assert len(token_calls(xero)) == 1


def test_a_role_that_forbids_is_neither_scope_nor_tenant(xero):
    xero.fault("forbidden", "ManualJournals", detail="The user may not see journals")
    with pytest.raises(AccessDeniedError, match="The user may not see journals"):
        static_transport(xero).send(Request("GET", "/ManualJournals"))
    assert len(xero.calls("ManualJournals")) == 1


# --- organisations -------------------------------------------------------------------------


@two_organisations
def test_the_only_connected_organisation_needs_no_setting(xero, tmp_path):
    token = xero.grant(WEB, tenant_ids=[xero.tenant_ids[1]])["refresh_token"]
    finished = run(xero, tmp_path, refresh_token=token)
    [record] = finished.records("currencies")
    assert record["_tenant_id"] == xero.tenant_ids[1]


@two_organisations
def test_of_several_organisations_none_is_picked_silently(xero, tmp_path):
    failed = run(xero, tmp_path)
    assert failed.exit_code == 1
    for tenant_id, name in zip(xero.tenant_ids, names_of(xero), strict=True):
        assert f"{name} ({tenant_id})" in failed.last_line
    assert "'tenant_id'" in failed.last_line
    assert failed.messages == []
    assert xero.counters()["calls"] == 2  # for a token and the connections


@two_organisations
def test_the_chosen_one_of_several_is_read(xero, tmp_path):
    finished = run(xero, tmp_path, tenant_id=f" {xero.tenant_ids[1]}\n")
    [record] = finished.records("currencies")
    assert record["_tenant_id"] == xero.tenant_ids[1]
    assert record["_tenant_name"] == names_of(xero)[1]


@two_organisations
def test_an_organisation_that_is_not_connected_is_refused_with_those_that_are(xero, tmp_path):
    token = xero.grant(WEB, tenant_ids=[xero.tenant_ids[0]])["refresh_token"]
    failed = run(xero, tmp_path, refresh_token=token, tenant_id=xero.tenant_ids[1])
    assert failed.exit_code == 1
    assert xero.tenant_ids[1] in failed.last_line
    assert f"connected: {names_of(xero)[0]} ({xero.tenant_ids[0]})" in failed.last_line


@two_organisations
def test_an_organisation_that_is_disconnected_under_way_is_told_with_those_that_stay(
    xero, tmp_path
):
    xero.before("Contacts", lambda: xero.disconnect(xero.tenant_ids[0]))
    failed = run(xero, tmp_path, ["contacts"], tenant_id=xero.tenant_ids[0])
    assert failed.exit_code == 1
    assert f"Organisation {names_of(xero)[0]} ({xero.tenant_ids[0]}) is not" in failed.last_line
    assert f"connected: {names_of(xero)[1]} ({xero.tenant_ids[1]})" in failed.last_line
    assert len(token_calls(xero)) == 1


def test_a_token_without_organisations_asks_for_a_login(xero, tmp_path):
    token = xero.grant(WEB)["refresh_token"]
    xero.sandbox.connections.disconnect_all(WEB)
    failed = run(xero, tmp_path, refresh_token=token)
    assert failed.exit_code == 1
    assert "No organisation is connected" in failed.last_line
    assert "xero login" in failed.last_line


# --- custom connections --------------------------------------------------------------------


@two_organisations
def test_a_custom_connection_finds_its_organisation_by_itself(xero):
    [record] = read(xero, ["currencies"]).records("currencies")
    assert record["_tenant_id"] == xero.tenant_id


@pytest.mark.parametrize("status", [401, 403, 404])
def test_without_a_list_of_connections_the_organisation_itself_is_asked(xero, status):
    xero.fault("status", "connections", status=status, body="no", times=None)
    [record] = read(xero, ["currencies"], tenant_id=xero.tenant_id).records("currencies")
    assert record["_tenant_id"] == xero.tenant_id
    assert record["_tenant_name"] == names_of(xero)[0]


def test_a_custom_connection_that_lists_nothing_is_not_told_to_log_in(xero):
    xero.sandbox.connections.disconnect_all("sandbox-custom")
    failed = read(xero, ["currencies"])
    assert failed.exit_code == 1
    assert "xero login" not in failed.last_line
    assert [call["endpoint"] for call in xero.calls("Organisation")] == ["Organisation"]
    assert "xero-tenant-id" not in xero.calls("Organisation")[0]["headers"]


# --- an access token beside what renews it -------------------------------------------------


def test_a_configured_access_token_is_used_while_it_lasts_and_then_refreshed(xero, tmp_path):
    grant = xero.grant(WEB)
    tokens = {"access_token": grant["access_token"], "refresh_token": grant["refresh_token"]}
    run(xero, tmp_path, **tokens)
    assert token_calls(xero) == []
    xero.clock.advance(1801)  # an access token lasts 30 minutes
    finished = run(xero, tmp_path, **tokens)
    assert finished.exit_code == 0, finished.log
    assert len(finished.records("currencies")) == 1
    assert len(token_calls(xero)) == 1


def test_a_configured_access_token_alone_says_what_to_set(xero, tmp_path):
    token = xero.grant(WEB)["access_token"]
    xero.clock.advance(1801)
    failed = run(xero, tmp_path, access_token=token, refresh_token=None)
    assert failed.exit_code == 1
    assert "'access_token'" in failed.last_line


# --- lists of connections ------------------------------------------------------------------


def test_an_organisation_that_is_listed_twice_is_one(xero, tmp_path):
    rows = [
        {"id": f"c{n}", "tenantId": xero.tenant_id.upper() if n else xero.tenant_id,
         "tenantType": "ORGANISATION", "tenantName": "Twice"}
        for n in range(2)
    ]  # fmt: skip
    xero.fault("status", "connections", status=200, body=json.dumps(rows), times=None)
    finished = run(xero, tmp_path)
    assert finished.exit_code == 0, finished.log
    assert len(finished.records("currencies")) == 1


# --- as others use it ----------------------------------------------------------------------


@two_organisations
def test_several_tenants_come_in_the_order_in_which_they_were_asked_for(xero):
    settings = checked(web_config(xero, "", access_token=xero.grant(WEB)["access_token"]))
    tokens = StaticToken(settings.access_token)
    wanted = [xero.tenant_ids[1], xero.tenant_ids[0], xero.tenant_ids[1]]
    chosen = choose_tenants(settings, tokens, wanted).tenants
    assert [tenant.tenant_id for tenant in chosen] == wanted[:2]
    with pytest.raises(SettingsError, match="'tenant_id'"):
        choose_tenants(settings, tokens)
    with pytest.raises(TenantNotConnectedError, match="elsewhere"):
        choose_tenants(settings, tokens, ["elsewhere"])
