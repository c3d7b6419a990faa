"""The Accounting API behind its gate: which code answers which path."""

from __future__ import annotations

from xero_sandbox.answers import Answer, Refused, as_text, exception, not_found, not_implemented
from xero_sandbox.books import ReportRefused, report
from xero_sandbox.calls import Call
from xero_sandbox.catalogue import ENDPOINTS
from xero_sandbox.organisation import Organisation
from xero_sandbox.publishing.attachments import answer_attachments
from xero_sandbox.publishing.bodies import check_size, elements_of
from xero_sandbox.publishing.results import refusal, rendered, takes_each_alone
from xero_sandbox.reading.children import read_child
from xero_sandbox.reading.lists import read_list
from xero_sandbox.reading.organisations import actions, organisation_record
from xero_sandbox.reading.singles import read_single
from xero_sandbox.rights import Caller, check_rights
from xero_sandbox.sandbox import Sandbox
from xero_sandbox.transaction import local_date
from xero_sandbox.wire import encode, envelope, plain
from xero_sandbox.writing import WriteRefused, WriteRequest, write

_METHODS = frozenset({"GET", "PUT", "POST", "DELETE"})


def check_accept(call: Call) -> None:
    """Refuses what only Xero's XML could answer.

    Raises:
        Refused: 406; Xero itself would answer in XML (xero-facts.md: Formats).
    """
    if "application/json" not in call.headers.get("accept", ""):
        message = (
            "xero-sandbox answers JSON only, and Xero answers XML unless asked: "
            "send Accept: application/json"
        )
        raise Refused(as_text(406, message))


def answer_accounting(
    sandbox: Sandbox, organisation: Organisation, caller: Caller, call: Call
) -> Answer:
    """Does the work of one call that has passed the gate.

    Raises:
        Refused: with any answer but a success.
    """
    path = tuple(part for part in call.endpoint.split("/") if part)
    if not path:
        raise not_found()
    check_rights(path, caller, writing=call.method != "GET")
    if call.method not in _METHODS:
        raise not_implemented(call.method, call.endpoint)
    check_size(call)
    now = sandbox.clock.now()
    endpoint = ENDPOINTS.get(path[0])
    if endpoint is not None and len(path) > 2 and path[2] == "Attachments":  # noqa: PLR2004  # /Entity/{id}/Attachments
        return answer_attachments(organisation, endpoint, path, call, now)
    if call.method != "DELETE":
        # Xero's own SDK sends no Accept with a DELETE, whose answers mostly have no body.
        check_accept(call)
    if call.method == "GET":
        return _read(sandbox, organisation, path, call)
    return _write(sandbox, organisation, path, call)


def _read(
    sandbox: Sandbox, organisation: Organisation, path: tuple[str, ...], call: Call
) -> Answer:
    now = sandbox.clock.now()
    if path[0] == "Organisation":
        return _organisation(sandbox, organisation, path)
    if path == ("InvoiceReminders", "Settings"):
        return Answer(body=envelope("InvoiceReminders", [encode({"Enabled": False})], now))
    if path[0] == "Reports":
        return _report(sandbox, organisation, path, call)
    endpoint = ENDPOINTS.get(path[0])
    if endpoint is None:
        raise not_found()
    if len(path) == 1:
        return read_list(organisation, endpoint, call, sandbox.behaviour, now)
    if len(path) == 2:  # noqa: PLR2004  # /Entity/{id}
        return read_single(organisation, endpoint, path[1], call, now)
    return read_child(organisation, endpoint, path, now)


def _organisation(sandbox: Sandbox, organisation: Organisation, path: tuple[str, ...]) -> Answer:
    now = sandbox.clock.now()
    if len(path) == 1:
        body = encode(organisation_record(organisation))
        return Answer(body=envelope("Organisations", [body], now))
    if path == ("Organisation", "Actions"):
        return Answer(body=envelope("Actions", map(encode, actions()), now))
    # CIS settings are of the UK, and not found where they were never enabled (xero-facts.md: Reading by entity).
    raise not_found()


def _report(
    sandbox: Sandbox, organisation: Organisation, path: tuple[str, ...], call: Call
) -> Answer:
    now = sandbox.clock.now()
    if len(path) == 1:
        # The list is of published tax reports (xero-facts.md: Reading by entity), and the sandbox publishes none.
        return Answer(body=envelope("Reports", (), now))
    try:
        made = report(organisation, path[1], call.query, local_date(organisation, now))
    except ReportRefused as refused:
        if refused.status == 404:  # noqa: PLR2004  # Not Found
            raise not_found() from None
        raise exception(refused.status, "ValidationException", 10, refused.message) from None
    content = {**made, "UpdatedDateUTC": made.get("UpdatedDateUTC", now)}
    return Answer(body=envelope("Reports", [encode(plain(content))], now))


def _write(
    sandbox: Sandbox, organisation: Organisation, path: tuple[str, ...], call: Call
) -> Answer:
    alone = takes_each_alone(path, call)
    query = {name: text for name, text in call.query.items() if name.lower() != "summarizeerrors"}
    if alone:
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
        written = write(organisation, request, now)
    except WriteRefused as refused:
        raise refusal(refused) from None
    return rendered(written, call, now, alone=alone)
