"""HTTP of the local pages: requests, responses, form fields, templates and headers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from jinja2 import Environment

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class PageRequest:
    """A browser's request.

    Attributes:
        path: The path of the URL.
        query: The query of the URL, without the question mark.
    """

    method: str
    path: str
    query: str = field(repr=False)
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class PageResponse:
    """A response to the browser.

    Attributes:
        last: Whether the login is over after this response.
    """

    status: HTTPStatus
    headers: Mapping[str, str]
    body: str = field(default="", repr=False)
    last: bool = False


def form_value(request: PageRequest, name: str) -> str:
    """The first value of a form field; empty if the form does not have it."""
    return (form_values(request, name) or [""])[0]


def form_values(request: PageRequest, name: str) -> list[str]:
    """All values of a form field."""
    if not request.headers.get("Content-Type", "").startswith(FORM):
        return []
    return parse_qs(request.body.decode(errors="replace")).get(name, [])


def render(template: str, **values: object) -> str:
    """Renders a template; all ``values`` are escaped."""
    style, script = _asset("style.css"), _asset("copy.js")
    return _templates().get_template(template).render(style=style, script=script, **values)


def security_headers() -> dict[str, str]:
    """The headers of every response: no frames, no cache, no content from other sites."""
    style, script = (_digest(_asset(name)) for name in ("style.css", "copy.js"))
    return {
        "Content-Type": "text/html; charset=utf-8",
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
    }


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    return (resources.files("xero_client.login") / "pages" / name).read_text(encoding="utf-8")


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  # only a login needs it

    return Environment(
        loader=PackageLoader("xero_client.login", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
