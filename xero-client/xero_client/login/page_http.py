"""HTTP of the local pages: forms, templates, and the protection from other sites and programs."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from functools import cache
from http import HTTPStatus
from importlib import resources
from urllib.parse import parse_qsl

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.datastructures import FormData, MutableHeaders, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FORM = "application/x-www-form-urlencoded"
MAX_FORM_BYTES = 64 * 1024
MAX_FORM_FIELDS = 1000
FORM_SECONDS = 10.0


async def read_form(request: Request) -> FormData:
    """The fields of a form; none if the request has no form.

    Raises:
        HTTPException: The form is too large, or does not arrive.
    """
    if not request.headers.get("Content-Type", "").startswith(FORM):
        return FormData()
    try:
        body = await asyncio.wait_for(_read_body(request), FORM_SECONDS)
    except (ClientDisconnect, asyncio.TimeoutError):
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from None
    try:
        found = parse_qsl(body.decode(errors="replace"), max_num_fields=MAX_FORM_FIELDS)
    except ValueError:  # too many fields
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from None
    fields: list[tuple[str, str | UploadFile]] = [*found]
    return FormData(fields)


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return bytes(body)


def form_value(form: FormData, name: str) -> str:
    """The value of a form field; empty if the form does not have it."""
    return str(form.get(name) or "")


def render(template: str, **values: object) -> str:
    """Renders a template; all ``values`` are escaped."""
    style, script = _asset("style.css"), _asset("copy.js")
    return _templates().get_template(template).render(style=style, script=script, **values)


class SecurityHeaders:
    """Adds headers to every response: no frames, no cache, no content from other sites."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = _security_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles a request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _security_headers() -> dict[str, str]:
    style, script = (_digest(_asset(name)) for name in ("style.css", "copy.js"))
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src {style}; script-src {script}; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        # With no-referrer, the browser would hide the Origin of our own forms.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Server": "xero",
        # A browser must not keep idle connections beside those of other programs.
        "Connection": "close",
    }


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    return (resources.files("xero_client.login") / "pages" / name).read_text(encoding="utf-8")


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("xero_client.login", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
