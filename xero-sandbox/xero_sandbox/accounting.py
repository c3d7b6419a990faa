"""The Accounting API behind its gate: which code answers which path, under which scope."""

from __future__ import annotations

from dataclasses import dataclass

from xero_sandbox.answers import Answer, Refused, as_text, not_found, not_implemented, problem
from xero_sandbox.calls import Call
from xero_sandbox.catalogue import ENDPOINTS
from xero_sandbox.faults import insufficient_scope
from xero_sandbox.identity.apps import App
from xero_sandbox.identity.scopes import PUBLISHED_REPORTS, REPORTS, opening
from xero_sandbox.organisation import Organisation
from xero_sandbox.reading.lists import read_list
from xero_sandbox.reading.organisations import actions, organisation_record
from xero_sandbox.reading.singles import read_single
from xero_sandbox.sandbox import Sandbox
from xero_sandbox.wire import encode, envelope

_SETTINGS_PATHS = frozenset({"Organisation", "InvoiceReminders", "Setup"})
_REPORTING_ROLE = frozenset({"Reports", "ManualJournals", "Journals"})


@dataclass(frozen=True)
class Caller:
    """Who calls: the app and the scopes of its token."""

    app: App
    scopes: frozenset[str]


def scope_families(path: tuple[str, ...]) -> tuple[str, ...]:
    """The scope families any one of which opens a path (xero-api.md §7).

    Raises:
        Refused: 404 when there is no such endpoint.
    """
    head = path[0]
    if "Attachments" in path:
        return ("attachments",)
    if head in _SETTINGS_PATHS:
        return ("settings",)
    if head == "Reports":
        name = path[1] if len(path) > 1 else ""
        return (f"reports.{REPORTS.get(name, PUBLISHED_REPORTS)}",)
    if path[-1] == "PaymentServices":
        return ("paymentservices",)
    endpoint = ENDPOINTS.get(head)
    if endpoint is None:
        raise not_found()
    return (endpoint.scope, *endpoint.more_scopes)


def check_rights(path: tuple[str, ...], caller: Caller, *, writing: bool) -> None:
    """Refuses what the token's scopes, the app's plan or the user's role do not open.

    Raises:
        Refused: 401 insufficent_scope, or 403 (xero-api.md §6).
    """
    opens = {scope for family in scope_families(path) for scope in opening(family, writing=writing)}
    if not opens & caller.scopes:
        raise insufficient_scope()
    if path[0] == "Journals" and not caller.app.advanced_tier:
        raise problem(403, "Forbidden", "The app's plan does not include the Journals endpoint")
    if path[0] in _REPORTING_ROLE and not caller.app.may_report:
        raise problem(403, "Forbidden", "The user's role does not include reporting")


def check_accept(call: Call) -> None:
    """Refuses what only Xero's XML could answer.

    Raises:
        Refused: 406; Xero itself would answer in XML (xero-api.md §4).
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
    if call.method != "GET":
        raise not_implemented(f"{call.method} {call.endpoint}")
    check_accept(call)
    return _read(sandbox, organisation, path, call)


def _read(
    sandbox: Sandbox, organisation: Organisation, path: tuple[str, ...], call: Call
) -> Answer:
    now = sandbox.clock.now()
    if path == ("Organisation",):
        body = encode(organisation_record(organisation))
        return Answer(body=envelope("Organisations", [body], now))
    if path == ("Organisation", "Actions"):
        return Answer(body=envelope("Actions", map(encode, actions()), now))
    if path == ("InvoiceReminders", "Settings"):
        return Answer(body=envelope("InvoiceReminders", [encode({"Enabled": False})], now))
    endpoint = ENDPOINTS.get(path[0])
    if endpoint is None:
        raise not_found()
    if len(path) == 1:
        return read_list(organisation, endpoint, call, sandbox.behaviour, now)
    if len(path) == 2:  # noqa: PLR2004  # /Entity/{id}
        return read_single(organisation, endpoint, path[1], call, now)
    raise not_found()
