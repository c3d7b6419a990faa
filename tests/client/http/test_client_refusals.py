"""What Xero's refusals mean, and that their messages have no secret."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xero_client.errors import (
    AccessDeniedError,
    HighVolumeError,
    NoResponseError,
    NotFoundError,
    OrganisationOfflineError,
    RequestRefusedError,
    ScopeMissingError,
    TenantNotConnectedError,
    TokenRefusedError,
)
from xero_client.http.error_responses import error_from_response, is_expired_token, redacted

ID = "3b1c9e1e-1111-2222-3333-444455556666"


def problem(status, detail):
    content = {"Type": None, "Title": "Problem", "Status": status, "Detail": detail}
    return json.dumps(content).encode()


def refusal(status, body=b"", headers=None, **options):
    headers = {"Xero-Correlation-Id": ID} | (headers or {})
    options = {"request": "GET /Invoices", "subject": "invoices"} | options
    return error_from_response(status, headers, body, **options)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, problem(401, "TokenExpired: token expired at 01/01/2026"), TokenRefusedError),
        (401, problem(401, "AuthenticationUnsuccessful"), TokenRefusedError),
        (401, problem(401, "AuthorizationUnsuccessful"), ScopeMissingError),
        (403, problem(403, "AuthenticationUnsuccessful"), TenantNotConnectedError),
        (403, problem(403, "The user's role does not allow this"), AccessDeniedError),
        (403, b"", AccessDeniedError),
        (404, b"The resource you're looking for cannot be found", NotFoundError),
        (400, b'{"Type":"HighVolumeException","ErrorNumber":51}', HighVolumeError),
        (400, b'{"Type":"QueryParseException","ErrorNumber":16}', RequestRefusedError),
        (400, b"", RequestRefusedError),
        (412, b"<html>", RequestRefusedError),
        (408, b"", NoResponseError),
        (501, b"Not Implemented", RequestRefusedError),
        (505, b"", RequestRefusedError),
        (500, b'"oops"', NoResponseError),
        (501, b"", RequestRefusedError),
        (503, b"The Organisation is offline", OrganisationOfflineError),
        (503, b"The Xero API is currently offline for maintenance", NoResponseError),
    ],
)
def test_each_refusal_is_named_by_what_can_be_done_about_it(status, body, kind):
    error = refusal(status, body)
    assert type(error) is kind
    assert error.status == status
    assert error.correlation_id == ID
    assert ID in str(error)


@pytest.mark.parametrize("challenge", ["insufficent_scope", 'Bearer error="insufficient_scope"'])
def test_a_missing_scope_is_told_by_the_challenge_in_either_spelling(challenge):
    headers = {"WWW-Authenticate": challenge}
    body = problem(401, "TokenExpired")
    assert not is_expired_token(401, headers, body)
    error = refusal(401, body, headers, scope="accounting.journals.read")
    assert isinstance(error, ScopeMissingError)
    assert "'accounting.journals.read'" in str(error)
    assert "xero login" in str(error)


def test_any_other_401_may_be_cured_by_a_new_token():
    assert is_expired_token(401, {}, problem(401, "TokenExpired: token expired"))
    assert is_expired_token(401, {}, b"")
    assert not is_expired_token(403, {}, problem(403, "TokenExpired"))


def test_validation_errors_are_told_one_by_one():
    body = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": [
            {"ValidationErrors": [{"Message": "Email address must be valid"}]},
            {"ValidationErrors": [{"Description": "Name must be unique"}]},
        ],
    }
    error = refusal(400, json.dumps(body).encode())
    assert "Email address must be valid; Name must be unique" in str(error)
    assert error.kind == "ValidationException"
    assert len(error.elements) == 2


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
KNOWN_KEYS = st.sampled_from(["Type", "Title", "Detail", "Message", "Elements", "ValidationErrors"])


@given(
    st.sampled_from([400, 401, 403, 404, 412, 429, 500, 501, 503]),
    st.binary()
    | JSON_VALUES.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(KNOWN_KEYS, JSON_VALUES).map(lambda value: json.dumps(value).encode()),
)
def test_a_body_of_any_shape_becomes_an_error_of_reasonable_length(status, body):
    error = refusal(status, body)
    assert error.status == status
    assert len(str(error)) < 800


@given(st.text(), st.lists(st.text(st.characters(codec="ascii"), min_size=8), max_size=3))
def test_no_secret_is_left_in_a_redacted_text(text, secrets):
    shown = redacted(text.join(secrets), secrets)
    assert not any(secret in shown for secret in secrets if "*" not in secret)


def test_a_secret_that_the_server_repeats_is_not_repeated():
    body = problem(400, "the token tok-3n-1234 is odd")
    assert "tok-3n" not in str(refusal(400, body, secrets=["tok-3n-1234"]))


@given(
    st.text(st.characters(codec="ascii", exclude_characters='\\"*', min_codepoint=33), min_size=8),
    st.sampled_from([400, 401, 403, 404, 500, 501]),
)
def test_what_an_error_holds_repeats_no_secret_either(secret, status):
    element = {"ValidationErrors": [{"Message": f"Bearer {secret} is odd"}]}
    echo = {"Detail": f"sent {secret}", "Elements": [element]}
    for body in (json.dumps(echo), json.dumps(echo).replace("/", r"\/"), f"<p>{secret}</p>"):
        error = refusal(status, body.encode(), secrets=[secret])
        assert secret not in json.dumps(error.body)
        assert secret not in str(error)
