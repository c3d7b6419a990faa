"""One HTTP call as the sandbox sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.requests import Request

if TYPE_CHECKING:
    from xero_sandbox.faults import Fault

API_ROOT = "/api.xro/2.0/"


@dataclass
class Call:
    """One request, read whole.

    Attributes:
        endpoint: what faults, counters and the log call it: the path after the Accounting API's
            base URI (``Invoices``, ``Contacts/…``), or the whole path without its first slash.
        url_length: characters of the whole URL.
        query: parameters under the names that were sent.
        headers: header values under lower-case names.
        client_id: the app, once it is known.
        faults: what goes wrong with it on request.
        worked: whether its answer came of the work, not of the gate.
        notes: what the request log should tell besides the obvious.
    """

    method: str
    path: str
    url_length: int
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    client_id: str = ""
    faults: list[Fault] = field(default_factory=list)
    worked: bool = False
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        """The path after the Accounting API's base URI, or the path without its first slash."""
        if self.path.startswith(API_ROOT):
            return self.path[len(API_ROOT) :]
        return self.path.lstrip("/")

    @property
    def tenant_id(self) -> str:
        """The tenant header."""
        return self.headers.get("xero-tenant-id", "")

    def parameter(self, name: str) -> str | None:
        """A query parameter, whatever the case of its name."""
        for sent, value in self.query.items():
            if sent.lower() == name.lower():
                return value
        return None

    def flag(self, name: str) -> bool:
        """Whether a query parameter is ``true``."""
        return (self.parameter(name) or "").lower() == "true"

    def drop(self, *names: str) -> None:
        """Takes query parameters away, as if they had not been sent."""
        dropped = {name.lower() for name in names}
        self.query = {
            name: text for name, text in self.query.items() if name.lower() not in dropped
        }

    def form(self) -> Mapping[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @classmethod
    async def read(cls, request: Request) -> Call:
        """Reads a request to its end."""
        return cls(
            method=request.method,
            # Not request.url.path: a decoded "?" in a file name would end it there.
            path=request.scope["path"],
            url_length=len(str(request.url)),
            query=dict(parse_qsl(request.scope["query_string"].decode(), keep_blank_values=True)),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.body(),
        )
