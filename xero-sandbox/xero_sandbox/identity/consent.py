"""The consent page: choose organisations, allow or cancel. Plain HTML, no JavaScript."""

from __future__ import annotations

from html import escape
from string import Template
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from xero_sandbox.identity.apps import App, AppKind
from xero_sandbox.identity.scopes import NON_TENANTED, refused_to, unknown
from xero_sandbox.sandbox import Sandbox

_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem;
  color: #1a1a2e; background: #fff; }
fieldset { border: 1px solid #6b7280; border-radius: .4rem; margin: 1rem 0; }
label { display: block; padding: .25rem 0; }
button { font: inherit; padding: .5rem 1.5rem; margin-right: .5rem; border-radius: .4rem;
  border: 2px solid #0b5394; cursor: pointer; }
button.primary { background: #0b5394; color: #fff; }
button:focus-visible, input:focus-visible { outline: 3px solid #f5a623; outline-offset: 2px; }
</style>
</head>
<body>
<main>
$body
</main>
</body>
</html>
""")


class Consent:
    """``/identity/connect/authorize``."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def page(self, request: Request) -> Response:
        """Shows the page, or refuses the request."""
        asked = dict(request.query_params)
        app = self._known_app(asked)
        if isinstance(app, Response):
            return app
        error = _error_of(app, asked)
        if error is not None:
            return _back(asked, error=error[0], error_description=error[1])
        return self._form(app, asked)

    async def decide(self, request: Request) -> Response:
        """Carries out what the user chose."""
        pairs = parse_qsl((await request.body()).decode())
        form = dict(pairs)
        asked = {name: form[name] for name in _CARRIED if name in form}
        app = self._known_app(asked)
        if isinstance(app, Response):
            return app
        error = _error_of(app, asked)
        if error is not None:
            return _back(asked, error=error[0], error_description=error[1])
        if form.get("decision") != "allow":
            return _back(asked, error="access_denied")
        tenants = [value for name, value in pairs if name == "tenant"]
        chosen = [one for one in tenants if one in self._sandbox.organisations]
        if not chosen:
            return self._form(app, asked, "Choose at least one organisation.")
        if len(chosen) > 1 and not app.advanced_tier:
            # Several in one consent are Bulk Connections (xero-facts.md: OAuth).
            return self._form(app, asked, "This app connects one organisation at a time.")
        with self._sandbox.lock:
            code = self._sandbox.tokens.authorize(
                app,
                asked["redirect_uri"],
                frozenset(asked["scope"].split()),
                chosen,
                challenge=asked.get("code_challenge", ""),
                nonce=asked.get("nonce", ""),
            )
            self._sandbox.on_change()
        return _back(asked, code=code, scope=asked["scope"])

    def _known_app(self, asked: dict[str, str]) -> App | Response:
        app = self._sandbox.tokens.apps.get(asked.get("client_id", ""))
        if app is None or app.kind is AppKind.CUSTOM_CONNECTION:
            return _refusal("unauthorized_client", "The client_id is not that of a known app.")
        if asked.get("redirect_uri") not in app.redirect_uris:
            return _refusal("invalid_request", "The redirect_uri is not registered for this app.")
        return app

    def _form(self, app: App, asked: dict[str, str], complaint: str = "") -> Response:
        hidden = "\n".join(
            f'<input type="hidden" name="{name}" value="{escape(asked[name])}">'
            for name in _CARRIED
            if name in asked
        )
        choices = "\n".join(
            f'<label><input type="checkbox" name="tenant" value="{escape(one.tenant_id)}"'
            f"{' checked' if position == 0 else ''}> {escape(one.name)}</label>"
            for position, one in enumerate(self._sandbox.organisations.values())
        )
        scopes = "\n".join(f"<li>{escape(scope)}</li>" for scope in asked["scope"].split())
        alert = f'<p role="alert">{escape(complaint)}</p>' if complaint else ""
        name = escape(app.name)
        body = (
            f"<h1>{name} wants access to your organisation data</h1>{alert}"
            f'<form method="post" action="/identity/connect/authorize">{hidden}'
            f"<fieldset><legend>Organisations</legend>{choices}</fieldset>"
            f"<h2>It asks for</h2><ul>{scopes}</ul>"
            '<button class="primary" type="submit" name="decision" value="allow">'
            "Allow access</button>"
            '<button type="submit" name="decision" value="cancel">Cancel</button></form>'
        )
        return _html(f"Allow access - {name}", body, 400 if complaint else 200)


_CARRIED = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "nonce",
)


def _error_of(app: App, asked: dict[str, str]) -> tuple[str, str] | None:
    """The OAuth error of an authorize request, with its description (xero-facts.md: OAuth, Scopes)."""
    scopes = asked.get("scope", "").split()
    if asked.get("response_type") != "code":
        return "unsupported_response_type", "response_type must be code"
    if NON_TENANTED & set(scopes):
        return "access_denied", "Requested wrong apps scopes"
    if not scopes or unknown(scopes) or refused_to(app, scopes):
        return "invalid_scope", "Invalid scope for client"
    challenge = asked.get("code_challenge", "")
    if app.kind is AppKind.PKCE and not challenge:
        return "invalid_request", "code_challenge is required"
    if challenge and asked.get("code_challenge_method") != "S256":
        return "invalid_request", "code_challenge_method must be S256"
    return None


def _back(asked: dict[str, str], **answer: str) -> Response:
    """Sends the browser back to the app, with the state that it gave."""
    if "state" in asked:
        answer["state"] = asked["state"]
    told = urlencode({name: value for name, value in answer.items() if value})
    separator = "&" if "?" in asked["redirect_uri"] else "?"
    return RedirectResponse(f"{asked['redirect_uri']}{separator}{told}", status_code=302)


def _refusal(error: str, explanation: str) -> Response:
    return _html(
        "Sorry",
        f"<h1>Sorry, something went wrong</h1><p>Error: {error}</p><p>{explanation}</p>",
        400,
    )


def _html(title: str, body: str, status: int) -> Response:
    return HTMLResponse(_PAGE.substitute(title=title, body=body), status)
