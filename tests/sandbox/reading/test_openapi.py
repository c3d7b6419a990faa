"""The sandbox's responses match Xero's own OpenAPI file, if XERO_OPENAPI names a copy of it.

schemathesis validates the responses. In addition a response must not have a field that is not in
the file. The differences are listed in sandbox_openapi with their reasons; endpoints that the
sandbox does not have are listed below.
"""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from sandbox_caller import Caller, calling
from sandbox_openapi import FILE, Comparison, openapi_schema

pytestmark = pytest.mark.skipif(
    not FILE, reason="XERO_OPENAPI does not name a copy of Xero's xero_accounting.yaml"
)

# Paths that the sandbox does not answer, or not in JSON.
NOT_BUILT = {
    "/Reports/TenNinetyNine": "US only; the sandbox's companies are of New Zealand",
    "/Reports/{ReportID}": "published tax reports of AU and NZ; none is published",
    "/Contacts/{ContactID}/CISSettings": "UK only: 404 if never enabled",
    "/Organisation/{OrganisationID}/CISSettings": "UK only: 404 if never enabled",
}


@pytest.fixture(scope="module")
def schema():
    return openapi_schema()


@pytest.fixture(scope="module")
def caller():
    with calling("demo") as record:
        record.headers = record.xero.headers("sandbox-web")
        yield record


def read_paths(schema: Any) -> list[str]:
    return [
        path
        for path, operations in schema.raw_schema["paths"].items()
        if "get" in operations and path not in NOT_BUILT and not path.endswith("/pdf")
    ]


def test_every_list_and_report_is_as_the_file_says(schema, caller):
    comparison = Comparison(schema)
    contact = caller.get("Contacts")["Contacts"][0]["ContactID"]
    for path in read_paths(schema):
        if "{" in path:
            continue
        parameters = {"contactId": contact} if path.startswith("/Reports/Aged") else {}
        for paged in ({}, {"page": 1, "pageSize": 1000}):
            answer = caller.send("GET", path[1:], params={**parameters, **paged})
            assert answer.status_code == 200, (path, answer.text)
            comparison.compare("GET", path, answer)
    comparison.assert_no_differences(at_least=60)


def test_every_single_record_and_child_is_as_the_file_says(schema, caller):
    comparison = Comparison(schema)
    for path in read_paths(schema):
        for filled in fillings(caller, path):
            answer = caller.send("GET", filled[1:])
            assert answer.status_code == 200, (filled, answer.text)
            comparison.compare("GET", path, answer)
    comparison.assert_no_differences(at_least=100)


def fillings(caller: Caller, path: str) -> list[str]:
    """A few real paths for a path with parameters."""
    names = re.findall(r"{(\w+)}", path)
    if not names or path.startswith("/Organisation") or "{AttachmentID}" in path:
        return []
    if "{FileName}" in path or "Attachments" in path:
        return attached(caller, path) if "{FileName}" not in path else []
    entity = path.split("/")[1]
    records = caller.get(entity, **({"page": 1} if entity != "Journals" else {}))[entity]
    if path.endswith("OnlineInvoice"):
        records = [
            record
            for record in records
            if record["Type"] == "ACCREC" and record["Status"] in ("PAID", "AUTHORISED")
        ]
    values = [record[names[0]] for record in records if record.get(names[0])][:3]
    return [path.replace(f"{{{names[0]}}}", str(value)) for value in values]


def attached(caller: Caller, path: str) -> list[str]:
    entity = path.split("/")[1]
    parents = [parent for name, parent in caller.xero.organisation().attachments if name == entity]
    return [re.sub(r"{\w+}", parent, path) for parent in parents[:2]]


def test_refusals_and_write_results_are_as_the_file_says(schema, caller):
    comparison = Comparison(schema)
    for summarize in ("true", "false"):
        for entity, wrong in (
            ("Contacts", {}),
            ("Invoices", {}),
            ("CreditNotes", {}),
            ("Items", {"Code": "NEW", "SalesDetails": {"AccountCode": "none such"}}),
            ("ManualJournals", {"Narration": "one-sided"}),
            ("Quotes", {}),
        ):
            answer = caller.send(
                "PUT", entity, json={entity: [wrong]}, params={"summarizeErrors": summarize}
            )
            assert answer.status_code == (400 if summarize == "true" else 200), answer.text
            comparison.compare("PUT", f"/{entity}", answer)
    created = caller.send("PUT", "Contacts", json={"Name": "A new one"})
    comparison.compare("PUT", "/Contacts", created)
    comparison.assert_no_differences(at_least=13)


def test_a_wrong_answer_would_be_noticed(schema, caller):
    for wrong in (b'"Code":7,', b'"Cde":"090",'):
        comparison = Comparison(schema)
        answer = caller.send("GET", "Accounts")
        answer._content = re.sub(rb'"Code":"\w+",', wrong, answer.content)  # noqa: SLF001  # no other way in
        comparison.compare("GET", "/Accounts", answer)
        assert comparison.differences


def test_no_parameters_that_the_file_allows_crash_a_read(schema, caller):
    refused = []
    for path in read_paths(schema):
        if "{" in path:
            continue

        @settings(max_examples=5, deadline=None, database=None, derandomize=True)
        @given(case=schema[path]["GET"].as_strategy())
        def read(case):
            case.headers = None
            answer = case.call(base_url=caller.xero.base_uri, headers=caller.headers)
            if answer.status_code not in (200, 400):
                refused.append((case.path, case.query, answer.status_code))

        read()
    assert refused == []
    assert caller.xero.sandbox.crashes == []
