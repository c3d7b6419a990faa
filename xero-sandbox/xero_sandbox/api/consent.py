"""The consent page: choose organisations, allow or cancel. Plain HTML, no JavaScript."""

from __future__ import annotations

from html import escape
from string import Template
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from xero_sandbox.identity.apps import App, AppKind
from xero_sandbox.identity.scopes import NON_TENANTED, refused_scopes, unknown_scopes
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
        """Shows the page, or an error."""
        parameters = dict(request.query_params)
        app = self._known_app(parameters)
        if isinstance(app, Response):
            return app
        error = _error_of(app, parameters)
        if error is not None:
            return _redirect(parameters, error=error[0], error_description=error[1])
        return self._form(app, parameters)

    async def decide(self, request: Request) -> Response:
        """Carries out the user's decision."""
        pairs = parse_qsl((await request.body()).decode())
        form = dict(pairs)
        parameters = {name: form[name] for name in _FORM_PARAMETERS if name in form}
        app = self._known_app(parameters)
        if isinstance(app, Response):
            return app
        error = _error_of(app, parameters)
        if error is not None:
            return _redirect(parameters, error=error[0], error_description=error[1])
        if form.get("decision") != "allow":
            return _redirect(parameters, error="access_denied")
        tenants = [value for name, value in pairs if name == "tenant"]
        chosen = [tenant for tenant in tenants if tenant in self._sandbox.organisations]
        if not chosen:
            return self._form(app, parameters, "Choose at least one organisation.")
        if len(chosen) > 1 and not app.advanced_tier:
            # More than one in a consent needs Bulk Connections (xero-facts.md: OAuth).
            return self._form(app, parameters, "This app connects one organisation at a time.")
        users = self._sandbox.tokens.users
        user_id = form["user"] if form.get("user") in users else next(iter(users))
        with self._sandbox.lock:
            code = self._sandbox.tokens.authorize(
                app,
                parameters["redirect_uri"],
                frozenset(parameters["scope"].split()),
                chosen,
                challenge=parameters.get("code_challenge", ""),
                nonce=parameters.get("nonce", ""),
                user_id=user_id,
            )
            self._sandbox.on_change()
        return _redirect(parameters, code=code, scope=parameters["scope"])

    def _known_app(self, parameters: dict[str, str]) -> App | Response:
        app = self._sandbox.tokens.apps.get(parameters.get("client_id", ""))
        if app is None or app.kind is AppKind.CUSTOM_CONNECTION:
            return _error_page("unauthorized_client", "The client_id is not that of a known app.")
        if parameters.get("redirect_uri") not in app.redirect_uris:
            return _error_page(
                "invalid_request", "The redirect_uri is not registered for this app."
            )
        return app

    def _form(self, app: App, parameters: dict[str, str], error: str = "") -> Response:
        hidden = "\n".join(
            f'<input type="hidden" name="{name}" value="{escape(parameters[name])}">'
            for name in _FORM_PARAMETERS
            if name in parameters
        )
        choices = "\n".join(
            f'<label><input type="checkbox" name="tenant" value="{escape(organisation.tenant_id)}"'
            f"{' checked' if position == 0 else ''}> {escape(organisation.name)}</label>"
            for position, organisation in enumerate(self._sandbox.organisations.values())
        )
        users = self._sandbox.tokens.users.values()
        options = "\n".join(
            f'<option value="{user.user_id}">{escape(user.email)}</option>' for user in users
        )
        # The login itself is not part of the sandbox: who is logged in is chosen here.
        user_choice = f'<label>User <select name="user">{options}</select></label>'
        scopes = "\n".join(f"<li>{escape(scope)}</li>" for scope in parameters["scope"].split())
        alert = f'<p role="alert">{escape(error)}</p>' if error else ""
        name = escape(app.name)
        body = (
            f"<h1>{name} wants access to your organisation data</h1>{alert}"
            f'<form method="post" action="/identity/connect/authorize">{hidden}'
            f"{user_choice if len(users) > 1 else ''}"
            f"<fieldset><legend>Organisations</legend>{choices}</fieldset>"
            f"<h2>It asks for</h2><ul>{scopes}</ul>"
            '<button class="primary" type="submit" name="decision" value="allow">'
            "Allow access</button>"
            '<button type="submit" name="decision" value="cancel">Cancel</button></form>'
        )
        return _html(f"Allow access - {name}", body, 400 if error else 200)


_FORM_PARAMETERS = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "nonce",
)


def _error_of(app: App, parameters: dict[str, str]) -> tuple[str, str] | None:
    """The OAuth error of an authorize request, with its description.

    (xero-facts.md: OAuth, Scopes)
    """
    scopes = parameters.get("scope", "").split()
    if parameters.get("response_type") != "code":
        return "unsupported_response_type", "response_type must be code"
    if NON_TENANTED & set(scopes):
        return "access_denied", "Requested wrong apps scopes"
    if not scopes or unknown_scopes(scopes) or refused_scopes(app, scopes):
        return "invalid_scope", "Invalid scope for client"
    challenge = parameters.get("code_challenge", "")
    if app.kind is AppKind.PKCE and not challenge:
        return "invalid_request", "code_challenge is required"
    if challenge and parameters.get("code_challenge_method") != "S256":
        return "invalid_request", "code_challenge_method must be S256"
    return None


def _redirect(parameters: dict[str, str], **response: str) -> Response:
    """Sends the browser back to the app, with the app's state."""
    if "state" in parameters:
        response["state"] = parameters["state"]
    query = urlencode({name: value for name, value in response.items() if value})
    separator = "&" if "?" in parameters["redirect_uri"] else "?"
    return RedirectResponse(f"{parameters['redirect_uri']}{separator}{query}", status_code=302)


def _error_page(error: str, explanation: str) -> Response:
    return _html(
        "Sorry",
        f"<h1>Sorry, something went wrong</h1><p>Error: {error}</p><p>{explanation}</p>",
        400,
    )


def _html(title: str, body: str, status: int) -> Response:
    return HTMLResponse(_PAGE.substitute(title=title, body=body), status)
