"""Any response of Xero gives one outcome for each record, and only successes that it shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_xero.build.publications.publication_builder import PublicationBuilder
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.delivery.responses.outcomes import (
    ZERO_ID,
    OutcomeKind,
    outcomes_of_refusal,
    outcomes_of_response,
)
from xero_client.errors import RequestRefusedError

pytestmark = pytest.mark.fast

ID = "11111111-1111-1111-1111-111111111111"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
ELEMENTS = st.fixed_dictionaries(
    {},
    optional={
        "ContactID": st.sampled_from([ID, ZERO_ID, None, ""]) | JSON,
        "Name": st.sampled_from(["Ana", " ana ", "Bo"]) | JSON,
        "StatusAttributeString": st.sampled_from(["OK", "WARNING", "ERROR", "error"]) | JSON,
        "HasValidationErrors": st.booleans() | JSON,
        "ValidationErrors": st.sampled_from([[], [{"Message": "no"}], [{"Description": "no"}]])
        | JSON,
        "Warnings": JSON,
    },
)
ANSWERS = JSON | st.fixed_dictionaries({"Contacts": st.lists(ELEMENTS | JSON, max_size=4) | JSON})


def contacts(*names):
    builder = PublicationBuilder(StreamRule("contacts", "contacts"), batch_size=50)
    return [builder.build({"Name": name}) for name in names]


@given(ANSWERS, st.sampled_from([200, 204]))
def test_an_outcome_is_published_only_if_the_response_shows_it(answer, status):
    sent = contacts("Ana", "Bo")
    outcomes = outcomes_of_response(sent, status, answer)
    assert len(outcomes) == len(sent)
    for publication, outcome in zip(sent, outcomes, strict=True):
        if outcome.kind is not OutcomeKind.PUBLISHED:
            continue
        element = outcome.response
        assert element["ContactID"] not in (None, "", ZERO_ID)
        assert not element.get("ValidationErrors") or not isinstance(
            element["ValidationErrors"], list
        )
        assert str(element.get("StatusAttributeString")).upper() != "ERROR"
        if isinstance(element.get("Name"), str):
            assert element["Name"].strip().lower() == publication.fields["Name"].lower()


@given(JSON | st.fixed_dictionaries({"Elements": st.lists(ELEMENTS | JSON, max_size=4) | JSON}),
       st.sampled_from([400, 404, 412, 501]), st.integers(1, 3))  # fmt: skip
def test_a_refused_request_publishes_nothing(body, status, count):
    error = RequestRefusedError("refused", status=status, body=body)
    outcomes = outcomes_of_refusal(contacts("Ana", "Bo", "Cy")[:count], error)
    assert len(outcomes) == count
    assert all(outcome.kind is not OutcomeKind.PUBLISHED for outcome in outcomes)
    if count == 1:
        assert outcomes[0].kind is OutcomeKind.REJECTED
        assert outcomes[0].errors


def element(**fields):
    return {"ContactID": ID, "Name": "Ana"} | fields


@pytest.mark.parametrize(
    ("answered", "kind"),
    [
        (element(), OutcomeKind.PUBLISHED),
        (
            element(StatusAttributeString="WARNING", Warnings=[{"Message": "hm"}]),
            OutcomeKind.PUBLISHED,
        ),
        (element(Name="ANA"), OutcomeKind.PUBLISHED),
        (element(ContactID=ZERO_ID), OutcomeKind.UNKNOWN),
        (element(ContactID=None), OutcomeKind.UNKNOWN),
        (element(Name="Bo"), OutcomeKind.UNKNOWN),
        (element(HasValidationErrors=True), OutcomeKind.REJECTED),
        (element(StatusAttributeString="ERROR"), OutcomeKind.REJECTED),
        (element(ValidationErrors=[{"Message": "no"}]), OutcomeKind.REJECTED),
        (element(Addresses=[{"ValidationErrors": [{"Message": "no"}]}]), OutcomeKind.REJECTED),
        ("text", OutcomeKind.UNKNOWN),
        (None, OutcomeKind.UNKNOWN),
    ],
)
def test_the_outcome_of_one_element(answered, kind):
    [outcome] = outcomes_of_response(contacts("Ana"), 200, {"Contacts": [answered]})
    assert outcome.kind is kind


def generic(**envelope):
    rule = StreamRule("projects", "projects", envelope_paths=True)
    return [PublicationBuilder(rule, batch_size=50).build(envelope)]


@pytest.mark.parametrize(
    ("answered", "kind", "xero_id"),
    [
        ({"Things": [{"ThingID": ID}]}, OutcomeKind.PUBLISHED, ID),
        ({"projectId": "p1", "name": "x"}, OutcomeKind.PUBLISHED, "p1"),
        ({"parentId": None, "projectId": "p1"}, OutcomeKind.PUBLISHED, "p1"),
        ({"parentId": None}, OutcomeKind.UNKNOWN, None),
        ({"Things": [{"ThingID": ZERO_ID}]}, OutcomeKind.UNKNOWN, None),
        ({"HasErrors": True, "Things": [{"ThingID": ID}]}, OutcomeKind.REJECTED, None),
        ({"StatusAttributeString": "ERROR", "ThingID": ID}, OutcomeKind.REJECTED, None),
        ({"Status": "ERROR", "Things": []}, OutcomeKind.REJECTED, None),
        ({"Things": [{"ThingID": ID, "Status": "ERROR"}]}, OutcomeKind.REJECTED, None),
        (
            {"Status": "OK", "Things": [{"ThingID": ID, "Status": "ACTIVE"}]},
            OutcomeKind.PUBLISHED,
            ID,
        ),
    ],
)
def test_the_outcome_of_a_response_in_generic_mode(answered, kind, xero_id):
    sent = generic(path="/projects.xro/2.0/Projects", payload={"name": "x"})
    [outcome] = outcomes_of_response(sent, 200, answered)
    assert (outcome.kind, outcome.xero_id) == (kind, xero_id)


@pytest.mark.parametrize("status", [405, 501, 505])
def test_a_method_that_xero_does_not_have_rejects_all_records(status):
    error = RequestRefusedError("refused", status=status, body="Not Implemented")
    outcomes = outcomes_of_refusal(contacts("Ana", "Bo"), error)
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.REJECTED] * 2
