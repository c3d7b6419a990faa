"""The spellings of a path that Xero takes as one.

Case and a slash at the end do not matter, ``/Organisations`` is ``/Organisation``, and an id is a
GUID in any spelling (xero-facts.md: Formats).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from xero_sandbox.http.calls import API_ROOT
from xero_sandbox.http.guids import guid_in_one_spelling
from xero_sandbox.model.endpoints import ENDPOINTS

_IDENTITY_PATHS = (
    "/identity/connect/authorize",
    "/connect/token",
    "/connect/revocation",
    "/connections",
    "/.well-known/openid-configuration",
    "/.well-known/openid-configuration/jwks",
)
_SINGLE_WORDS = ("InvoiceReminders", "Organisation", "Reports", "Setup")
_CHILDREN = (
    "Allocations",
    "Attachments",
    "CISSettings",
    "Contacts",
    "Email",
    "History",
    "OnlineInvoice",
    "Options",
    "PaymentServices",
)
_PARTS_OF_SINGLE_WORDS = (
    "Actions",
    "AgedPayablesByContact",
    "AgedReceivablesByContact",
    "BalanceSheet",
    "BankSummary",
    "BudgetSummary",
    "ExecutiveSummary",
    "ProfitAndLoss",
    "Settings",
    "TenNinetyNine",
    "TrialBalance",
)


def _spellings(names: Iterable[str]) -> dict[str, str]:
    return {name.lower(): name for name in names}


_ENTITIES: Mapping[str, str] = {
    **_spellings((*ENDPOINTS, *_SINGLE_WORDS)),
    "organisations": "Organisation",
}
_PARTS: Mapping[str, str] = _spellings(_PARTS_OF_SINGLE_WORDS)
_CHILD_NAMES: Mapping[str, str] = _spellings(_CHILDREN)
# Of Projects, Assets, Files, Payroll and Finance; the case of what follows does not matter there.
_OTHER_API = re.compile(r"/[a-z]+\.xro/\d\.\d/", re.IGNORECASE)
_FIXED: Mapping[str, str] = _spellings(_IDENTITY_PATHS)


def one_spelling(path: str) -> str:
    """A path as the sandbox's routes and endpoints are spelled.

    Names of attached files keep their spelling.
    """
    if path.lower().startswith(API_ROOT):
        return API_ROOT + _accounting_path(path[len(API_ROOT) :])
    trimmed = path.rstrip("/") or "/"
    head, slash, connection_id = trimmed.rpartition("/")
    if head.lower() == "/connections":
        return f"/connections{slash}{guid_in_one_spelling(connection_id)}"
    if other := _OTHER_API.match(path):
        return other[0].lower() + "/".join(
            map(guid_in_one_spelling, path[other.end() :].split("/"))
        )
    return _FIXED.get(trimmed.lower(), trimmed)


def _accounting_path(path: str) -> str:
    parts = [part for part in path.split("/") if part]
    if not parts:
        return path
    parts[0] = _ENTITIES.get(parts[0].lower(), parts[0])
    if len(parts) > 1:
        words = _PARTS if parts[0] in _SINGLE_WORDS else {}
        parts[1] = words.get(parts[1].lower()) or guid_in_one_spelling(parts[1])
    if len(parts) > 2:  # noqa: PLR2004  # /Entity/{id}/Child
        parts[2] = _CHILD_NAMES.get(parts[2].lower(), parts[2])
        if parts[2] != "Attachments":
            parts[3:] = map(guid_in_one_spelling, parts[3:])
    return "/".join(parts)


class PathsInOneSpelling:
    """ASGI middleware that gives the routes every path in one spelling."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the call on."""
        if scope["type"] == "http":
            scope = {**scope, "path": one_spelling(scope["path"])}
        await self._app(scope, receive, send)
