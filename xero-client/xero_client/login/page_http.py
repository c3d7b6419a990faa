"""Requests and answers of the local pages: forms, templates, headers."""

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
    """A browser's request."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class PageAnswer:
    """What the browser gets.

    Attributes:
        last: Whether the login is over when the browser has this.
    """

    status: HTTPStatus
    headers: Mapping[str, str]
    body: str = field(default="", repr=False)
    last: bool = False


def field_of(request: PageRequest, name: str) -> str:
    """A field of the form that was sent; empty where it has none of that name."""
    return (fields_of(request, name) or [""])[0]


def fields_of(request: PageRequest, name: str) -> list[str]:
    """All values of a field of the form that was sent."""
    if not request.headers.get("Content-Type", "").startswith(FORM):
        return []
    return parse_qs(request.body.decode(errors="replace")).get(name, [])


def rendered(template: str, **values: object) -> str:
    """A page, with everything in ``values`` escaped."""
    style, script = _asset("style.css"), _asset("copy.js")
    return _templates().get_template(template).render(style=style, script=script, **values)


def security_headers() -> dict[str, str]:
    """What every answer carries: no frames, no cache, nothing from elsewhere."""
    style, script = (_digest(_asset(name)) for name in ("style.css", "copy.js"))
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src {style}; script-src {script}; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        # Not no-referrer: that would make the browser hide the Origin of our own forms.
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
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  # taps: never

    return Environment(
        loader=PackageLoader("xero_client.login", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
