"""One HTTP call as the sandbox sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request

from xero_sandbox.http.guids import Parameters, guid_in_one_spelling

API_ROOT = "/api.xro/2.0/"


@dataclass
class Call:
    """One request, read to its end.

    Attributes:
        url_length: Characters of the whole URL.
        query: The parameters under the names that were sent.
        headers: Header values under lower-case names.
        tenant_id: The tenant header, or the organisation of a Custom Connection without one.
        client_id: The app, once it is known.
        work_started: Whether the call got past authentication and limits, so that its response
            comes from the work itself.
        notes: Further entries of the request log.
    """

    method: str
    path: str
    url_length: int
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    tenant_id: str
    client_id: str = ""
    work_started: bool = False
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        """The path after the Accounting API's base URI, or the path without its first slash.

        Faults, counters and the request log name a call by it: ``Invoices``, ``connect/token``.
        """
        if self.path.startswith(API_ROOT):
            return self.path[len(API_ROOT) :]
        return self.path.lstrip("/")

    @property
    def origin(self) -> str:
        """Scheme, host and port under which the client knows the sandbox."""
        return f"http://{self.headers.get('host', '')}"

    def parameter(self, name: str) -> str | None:
        """A query parameter, whatever the case of its name and the spelling of its ids."""
        return self.parameters.get(name)

    @property
    def parameters(self) -> Parameters:
        """The query parameters, whatever the case of their names and the spelling of ids."""
        return Parameters(self.query)

    def flag(self, name: str) -> bool:
        """Whether a query parameter is ``true``."""
        return (self.parameter(name) or "").lower() == "true"

    def drop(self, *names: str) -> None:
        """Removes query parameters, as if they had not been sent."""
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
        headers = {name.lower(): value for name, value in request.headers.items()}
        return cls(
            method=request.method,
            # Not request.url.path: a decoded "?" in a file name would end it there.
            path=request.scope["path"],
            url_length=len(str(request.url)),
            query=dict(parse_qsl(request.scope["query_string"].decode(), keep_blank_values=True)),
            headers=headers,
            body=await request.body(),
            tenant_id=guid_in_one_spelling(headers.get("xero-tenant-id", "").strip()),
        )
