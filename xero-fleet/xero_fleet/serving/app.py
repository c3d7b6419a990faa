"""The web application of ``xero fleet serve``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import jinja2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from xero_client.cli_settings import with_stored_app
from xero_client.entities.access.purposes import PUBLISH, READ, ScopeRequest
from xero_client.login.command import LoginOptions, scope_request
from xero_client.login.flow import LoginFlow
from xero_client.store.database import Store
from xero_fleet.registry.database import present
from xero_fleet.registry.organisations import Organisations
from xero_fleet.serving.access import LOOPBACK, Access, AccessMiddleware
from xero_fleet.serving.consent import ConsentEndpoints
from xero_fleet.serving.metrics import metrics_text
from xero_fleet.serving.webhooks import Inbox, WebhookEndpoint
from xero_fleet.settings import FleetSettings, Pipeline
from xero_fleet.status.forecast import forecast
from xero_fleet.status.report import FleetStatus, fleet_status
from xero_fleet.status.text import duration, forecast_lines
from xero_fleet.sync import grant_config, sync

# More rows make a page that nobody reads; `xero fleet status --json` has them all.
MAX_ROWS = 500


@dataclass(frozen=True)
class Secrets:
    """The secrets of the web application.

    Attributes:
        token: For the page and the metrics, and for consent links; None on loopback.
        webhook_key: The key of the webhook, from Xero's portal; None without a webhook.
    """

    token: str | None = field(repr=False)
    webhook_key: str | None = field(repr=False)


class FleetPages:
    """The page, its JSON and the metrics."""

    def __init__(self, settings: FleetSettings, store: Store, inbox: Inbox) -> None:
        self._settings = settings
        self._store = store
        self._inbox = inbox

    def _status(self) -> FleetStatus:
        return fleet_status(self._settings, self._store, present(self._store))

    def page(self, request: Request) -> Response:
        """``GET /``: what needs attention first."""
        status = self._status()
        show_all = "all" in request.query_params
        rows = [
            each
            for each in status.organisations
            if show_all or each.state not in ("on time", "first read")
        ]
        found = forecast(self._store, self._settings.file.app_tier, present(self._store))
        html = _template().render(
            status=status,
            rows=rows[:MAX_ROWS],
            hidden=max(0, len(rows) - MAX_ROWS),
            show_all=show_all,
            forecast=list(forecast_lines(found)),
            duration=duration,
            total=len({each.tenant_id for each in status.organisations}),
        )
        return HTMLResponse(html)

    def json(self, _request: Request) -> Response:
        """``GET /status.json``."""
        return JSONResponse(self._status().as_json())

    def metrics(self, _request: Request) -> Response:
        """``GET /metrics``."""
        text = metrics_text(self._status(), self._inbox)
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    def style(self, _request: Request) -> Response:
        """``GET /style.css``."""
        return PlainTextResponse(_asset("style.css"), media_type="text/css")


def application(settings: FleetSettings, store: Store, secrets: Secrets) -> Starlette:
    """The web application."""
    organisations = Organisations(store)
    debounce = settings.file.debounce.seconds
    inbox = Inbox(lambda ids, ago: organisations.wake(ids, present(store) - ago, debounce))
    pages = FleetPages(settings, store, inbox)
    webhooks = WebhookEndpoint(secrets.webhook_key, inbox)
    consent = ConsentEndpoints(
        secrets.token if settings.file.public_url else None,
        lambda tenant_id: _flow(settings, store, tenant_id),
        lambda tenant_id: sync(
            settings, store, present(store), grants=[organisations.find(tenant_id).grant]
        ),
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        inbox.close()

    return Starlette(
        routes=[
            Route("/", pages.page),
            Route("/status.json", pages.json),
            Route("/metrics", pages.metrics),
            Route("/style.css", pages.style),
            Route("/webhooks", webhooks.receive, methods=["POST"]),
            Route("/consent/{token}", consent.begin),
            Route("/callback", consent.finish),
        ],
        middleware=[Middleware(AccessMiddleware, access=Access(secrets.token), hosts=LOOPBACK)],
        lifespan=lifespan,
    )


def _flow(settings: FleetSettings, store: Store, tenant_id: str) -> LoginFlow:
    """The login that renews the grant of an organisation.

    It requests what the pipelines need, and what its last login had.
    """
    grant = Organisations(store).find(tenant_id).grant
    config = with_stored_app(grant_config(settings.connection, grant))
    url = (settings.file.public_url or "").rstrip("/")
    needed = [scope for each in settings.pipelines.values() for scope in _scopes(each)]
    return LoginFlow(
        {**config, "redirect_uri": f"{url}/callback"},
        ScopeRequest(tuple(dict.fromkeys(needed))),
        user_agent="xero-fleet",
        use_stored_app=True,
    )


def _scopes(pipeline: Pipeline) -> tuple[str, ...]:
    """The scopes that a pipeline needs."""
    purpose = PUBLISH if pipeline.publish else READ
    options = LoginOptions((purpose,), catalog=pipeline.catalog)
    return scope_request(pipeline.config, {}, options).scopes


@cache
def _asset(name: str) -> str:
    return (resources.files("xero_fleet.serving") / "pages" / name).read_text(encoding="utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(_asset("status.html"))
