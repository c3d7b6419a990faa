"""The Accounting API: which code handles which path."""

from __future__ import annotations

from datetime import datetime

from xero_sandbox.api.access import Caller, check_access
from xero_sandbox.api.attachments import attachments_response
from xero_sandbox.api.request_bodies import check_size, elements_of
from xero_sandbox.api.write_responses import reports_each_element, to_http_error, write_response
from xero_sandbox.http.calls import Call
from xero_sandbox.http.formats import check_accepts_json, wants_pdf
from xero_sandbox.http.responses import HttpResponse, exception, not_found, not_implemented
from xero_sandbox.http.xero_json import encode, envelope, to_json_values
from xero_sandbox.model.endpoints import ENDPOINTS
from xero_sandbox.model.organisation import Organisation
from xero_sandbox.model.transaction import local_date
from xero_sandbox.reading.children import read_child
from xero_sandbox.reading.lists import read_list
from xero_sandbox.reading.organisations import actions, organisation_record
from xero_sandbox.reading.pdf import WITH_PDF, pdf_response
from xero_sandbox.reading.records import find_record, read_record
from xero_sandbox.reports import ReportError, report
from xero_sandbox.sandbox import Sandbox
from xero_sandbox.writing import WriteError, WriteRequest, write

_METHODS = frozenset({"GET", "PUT", "POST", "DELETE"})


def accounting_response(
    sandbox: Sandbox, organisation: Organisation, caller: Caller, call: Call
) -> HttpResponse:
    """Carries out one call to the Accounting API.

    Raises:
        HttpError: Any response but a success.
    """
    path = tuple(part for part in call.endpoint.split("/") if part)
    if not path:
        raise not_found()
    check_access(path, caller, writing=call.method != "GET")
    if call.method not in _METHODS:
        raise not_implemented(call.method, call.endpoint)
    check_size(call)
    now = sandbox.clock.now()
    endpoint = ENDPOINTS.get(path[0])
    if endpoint is not None and len(path) > 2 and path[2] == "Attachments":  # noqa: PLR2004  # /Entity/{id}/Attachments
        return attachments_response(organisation, endpoint, path, call, now)
    if call.method == "GET" and len(path) == 2 and path[0] in WITH_PDF and wants_pdf(call):  # noqa: PLR2004  # /Entity/{id}
        record = find_record(organisation, ENDPOINTS[path[0]], path[1])
        return pdf_response(organisation.name, ENDPOINTS[path[0]], record)
    if call.method != "DELETE":
        # Xero's own SDK sends no Accept with a DELETE; most of these responses have no body.
        check_accepts_json(call)
    if call.method == "GET":
        return _read(sandbox, organisation, path, call)
    return _write(sandbox, organisation, path, call)


def _read(
    sandbox: Sandbox, organisation: Organisation, path: tuple[str, ...], call: Call
) -> HttpResponse:
    now = sandbox.clock.now()
    if path[0] == "Organisation":
        return _organisation(sandbox, organisation, path)
    if path == ("InvoiceReminders", "Settings"):
        return HttpResponse(body=envelope("InvoiceReminders", [encode({"Enabled": False})], now))
    if path[0] == "Reports":
        return _report(sandbox, organisation, path, call)
    endpoint = ENDPOINTS.get(path[0])
    if endpoint is None:
        raise not_found()
    if len(path) == 1:
        return read_list(organisation, endpoint, call, sandbox.behaviour, now)
    if len(path) == 2:  # noqa: PLR2004  # /Entity/{id}
        return read_record(organisation, endpoint, path[1], call, now)
    return read_child(organisation, endpoint, path, now)


def _organisation(
    sandbox: Sandbox, organisation: Organisation, path: tuple[str, ...]
) -> HttpResponse:
    now = sandbox.clock.now()
    if len(path) == 1:
        body = encode(organisation_record(organisation))
        return HttpResponse(body=envelope("Organisations", [body], now))
    if path == ("Organisation", "Actions"):
        return HttpResponse(body=envelope("Actions", map(encode, actions()), now))
    # CIS settings exist in the UK only, if they are enabled (xero-facts.md: Reading by entity).
    settings = organisation.resources.get("accounting/CISSettings", {}).get(path[1])
    if path[2:] != ("CISSettings",) or settings is None or organisation.country_code != "GB":
        raise not_found()
    return HttpResponse(body=envelope("CISSettings", [encode(settings)], now))


def _report(
    sandbox: Sandbox, organisation: Organisation, path: tuple[str, ...], call: Call
) -> HttpResponse:
    now = sandbox.clock.now()
    if len(path) == 1:
        # It lists published tax reports (xero-facts.md: Reading by entity).
        published = organisation.resources.get("accounting/Reports", {}).values()
        listed = [
            {name: value for name, value in each.items() if name not in ("Fields", "Attributes")}
            for each in published
        ]
        return HttpResponse(body=envelope("Reports", [*map(encode, listed)], now))
    if path[1] == "TenNinetyNine":
        return _reports_1099(organisation, call, now)
    published_one = organisation.resources.get("accounting/Reports", {}).get(path[1])
    if published_one is not None:
        return HttpResponse(body=envelope("Reports", [encode(published_one)], now))
    try:
        content = report(organisation, path[1], call.parameters, local_date(organisation, now))
    except ReportError as error:
        if error.status == 404:  # noqa: PLR2004  # Not Found
            raise not_found() from None
        raise exception(error.status, "ValidationException", 10, error.message) from None
    content = {**content, "UpdatedDateUTC": content.get("UpdatedDateUTC", now)}
    return HttpResponse(body=envelope("Reports", [encode(to_json_values(content))], now))


def _reports_1099(organisation: Organisation, call: Call, now: datetime) -> HttpResponse:
    """The two 1099 reports of a year, in the US (xero-facts.md: 1099, BAS and GST).

    Raises:
        HttpError: 404 in other countries.
    """
    if organisation.country_code != "US":
        raise not_found()
    year = call.parameter("reportYear") or str(now.year - 1)
    stored = organisation.resources.get("accounting/TenNinetyNine", {})
    reports = [
        {
            "ReportName": name,
            "ReportDate": f"{now.day} {now:%B %Y}",
            "UpdatedDateUTC": to_json_values(now),
            "Contacts": [*stored.get(f"{year} {name}", {}).values()],
        }
        for name in ("1099-NEC", "1099-MISC")
    ]
    return HttpResponse(body=envelope("Reports", [*map(encode, reports)], now))


def _write(
    sandbox: Sandbox, organisation: Organisation, path: tuple[str, ...], call: Call
) -> HttpResponse:
    each_element = reports_each_element(path, call)
    query = {name: text for name, text in call.query.items() if name.lower() != "summarizeerrors"}
    if each_element:
        query["summarizeErrors"] = "false"
    request = WriteRequest(
        method=call.method,
        path=path,
        query=query,
        elements=elements_of(call, path),
        user=sandbox.user,
    )
    now = sandbox.clock.now()
    try:
        outcome = write(organisation, request, now)
    except WriteError as error:
        raise to_http_error(error) from None
    return write_response(outcome, call, now, each_element=each_element)
