"""The spellings of a path that Xero takes as one.

Case and a slash at the end do not matter, ``/Organisations`` is ``/Organisation``, and an id is a
GUID in any spelling (xero-facts.md: Formats).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from uuid import UUID

from starlette.types import ASGIApp, Receive, Scope, Send

from xero_sandbox.http.calls import API_ROOT
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
_FIXED: Mapping[str, str] = _spellings(_IDENTITY_PATHS)
_BARE_GUID = re.compile(r"[0-9a-fA-F]{32}")


def guid_in_one_spelling(text: str) -> str:
    """A GUID in lower case with dashes; any other text as it is."""
    dashed = len(text) == 36 and text.count("-") == 4  # noqa: PLR2004  # 8-4-4-4-12
    if not dashed and not _BARE_GUID.fullmatch(text):
        return text
    try:
        return str(UUID(text))
    except ValueError:
        return text


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
