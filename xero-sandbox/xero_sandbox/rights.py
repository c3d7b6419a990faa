"""Who may call what: scopes, the app's plan, the user's role (xero-facts.md: OAuth, Scopes)."""

from __future__ import annotations

from dataclasses import dataclass

from xero_sandbox.answers import not_found, problem
from xero_sandbox.catalogue import ENDPOINTS
from xero_sandbox.faults import insufficient_scope
from xero_sandbox.identity.apps import App
from xero_sandbox.identity.scopes import PUBLISHED_REPORTS, REPORTS, opening

_SETTINGS_PATHS = frozenset({"Organisation", "InvoiceReminders", "Setup"})
_REPORTING_ROLE = frozenset({"Reports", "ManualJournals", "Journals"})


@dataclass(frozen=True)
class Caller:
    """Who calls: the app and the scopes of its token."""

    app: App
    scopes: frozenset[str]


def scope_families(path: tuple[str, ...]) -> tuple[str, ...]:
    """The scope families any one of which opens a path (xero-facts.md: Scopes).

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
        Refused: 401 insufficent_scope, or 403 (xero-facts.md: OAuth).
    """
    opens = {scope for family in scope_families(path) for scope in opening(family, writing=writing)}
    if not opens & caller.scopes:
        raise insufficient_scope()
    if path[0] == "Journals" and not caller.app.advanced_tier:
        raise problem(403, "Forbidden", "The app's plan does not include the Journals endpoint")
    if path[0] in _REPORTING_ROLE and not caller.app.may_report:
        raise problem(403, "Forbidden", "The user's role does not include reporting")
