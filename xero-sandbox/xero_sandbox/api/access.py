"""Who may call what: scopes, the app's plan, the user's role (xero-facts.md: OAuth, Scopes)."""

from __future__ import annotations

from dataclasses import dataclass

from xero_sandbox.http.responses import insufficient_scope, not_found, problem
from xero_sandbox.identity.apps import App
from xero_sandbox.identity.scopes import PUBLISHED_REPORTS, REPORTS, accepted_scopes
from xero_sandbox.model.endpoints import ENDPOINTS

_SETTINGS_PATHS = frozenset({"Organisation", "InvoiceReminders", "Setup"})
_REPORTING_ROLE = frozenset({"Reports", "ManualJournals", "Journals"})


@dataclass(frozen=True)
class Caller:
    """The app that calls, and the scopes of its token."""

    app: App
    scopes: frozenset[str]


def scope_families(path: tuple[str, ...]) -> tuple[str, ...]:
    """The scope families of a path; any one of them is enough (xero-facts.md: Scopes).

    Raises:
        HttpError: 404, if the endpoint does not exist.
    """
    head = path[0]
    if "Attachments" in path:
        return ("attachments",)
    if head in _SETTINGS_PATHS:
        return ("settings",)
    if head == "Reports":
        name = path[1] if len(path) > 1 else ""
        return (f"reports.{REPORTS.get(name, PUBLISHED_REPORTS)}",)
    if path[-1] == "CISSettings":
        # Not the scope of contacts (xero-facts.md: Small Accounting endpoints).
        return ("settings",)
    if path[-1] == "PaymentServices":
        return ("paymentservices",)
    endpoint = ENDPOINTS.get(head)
    if endpoint is None:
        raise not_found()
    return (endpoint.scope, *endpoint.more_scopes)


def check_access(path: tuple[str, ...], caller: Caller, *, writing: bool) -> None:
    """Refuses a call that the token's scopes, the app's plan or the user's role do not allow.

    Raises:
        HttpError: 401 insufficent_scope, or 403 (xero-facts.md: OAuth).
    """
    accepted = {
        scope
        for family in scope_families(path)
        for scope in accepted_scopes(family, writing=writing)
    }
    if not accepted & caller.scopes:
        raise insufficient_scope()
    if path[0] == "Journals" and not caller.app.advanced_tier:
        raise problem(403, "Forbidden", "The app's plan does not include the Journals endpoint")
    if path[0] in _REPORTING_ROLE and not caller.app.may_report:
        raise problem(403, "Forbidden", "The user's role does not include reporting")
