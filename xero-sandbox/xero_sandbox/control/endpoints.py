"""``/__sandbox/*``: the sandbox's controls over HTTP, for tests in another process or language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xero_sandbox.control.addresses import Addresses, description
from xero_sandbox.control.controls import Controls
from xero_sandbox.control.webhooks import WebhookRefusedError
from xero_sandbox.faults.definitions import Fault, Trigger
from xero_sandbox.http.limits import Limits
from xero_sandbox.http.xero_json import decode, encode, from_json_values, to_json_values
from xero_sandbox.model.behaviour import Behaviour
from xero_sandbox.model.organisation import ID_FIELDS, Json
from xero_sandbox.sandbox import Sandbox


class Mutation(Trigger, kw_only=True, forbid_unknown_fields=True):
    """A change to a record, made now or just before a call.

    Attributes:
        entity: The entity of the record.
        action: What is done to it.
        id: The record; ``add`` makes a new id by default.
        record: Fields of the record; dates as ``/Date(…)/``, document dates also as ISO.
        tenant_id: The first organisation by default.
        when: ``now``, or before the calls that the trigger matches.
    """

    entity: str
    action: Literal["add", "edit", "remove"]
    id: str = ""
    record: dict[str, Any] = msgspec.field(default_factory=dict)
    tenant_id: str = ""
    when: Literal["now", "before"] = "before"


class Grant(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A consent without the consent page."""

    client_id: str = "sandbox-web"
    scopes: list[str] = []
    tenant_ids: list[str] = []
    user: Annotated[int, msgspec.Meta(ge=1)] = 1


class Disconnection(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An organisation that its users disconnect from an app."""

    tenant_id: str
    client_id: str = "sandbox-web"


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    """A move of the clock, in seconds."""

    advance: float


class RedirectUri(msgspec.Struct, forbid_unknown_fields=True):
    """A further redirect URI of all apps that use the consent page."""

    redirect_uri: str


class Identity(msgspec.Struct, forbid_unknown_fields=True):
    """Settings of the token endpoint."""

    strict_refresh: bool


class WebhookSubscription(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A webhook of an app."""

    url: str
    key: str
    client_id: str = "sandbox-web"


Handler = Callable[[Request, bytes], Any]


class ControlEndpoints:
    """The control routes. Every response is JSON; an invalid request is a 400 with ``error``."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """All routes below ``/__sandbox``."""
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "", self._description),
            ("GET", "/counters", self._counters),
            ("GET", "/log", self._log),
            ("POST", "/reset", self._reset),
            ("POST", "/faults", self._add_fault),
            ("DELETE", "/faults", self._clear_faults),
            ("POST", "/mutations", self._mutate),
            ("GET", "/records/{entity}", self._records),
            ("GET", "/clock", self._clock),
            ("POST", "/clock", self._advance),
            ("GET", "/limits", self._limits),
            ("POST", "/limits", self._change_limits),
            ("GET", "/behaviour", self._behaviour),
            ("POST", "/behaviour", self._change_behaviour),
            ("POST", "/identity", self._identity),
            ("POST", "/redirect-uris", self._add_redirect_uri),
            ("POST", "/grants", self._grant),
            ("POST", "/disconnections", self._disconnect),
            ("POST", "/webhooks", self._add_webhook),
        )
        return [
            Route(f"/__sandbox{path}", _json_endpoint(handler), methods=[method])
            for method, path, handler in table
        ]

    def _description(self, request: Request, _body: bytes) -> dict[str, Any]:
        return description(self._sandbox, Addresses(_origin(request)))

    def _controls(self, request: Request) -> Controls:
        return Controls(self._sandbox, _origin(request))

    def _counters(self, request: Request, _body: bytes) -> dict[str, Any]:
        return self._controls(request).counters()

    def _log(self, request: Request, _body: bytes) -> list[dict[str, Any]]:
        return self._controls(request).log

    def _reset(self, request: Request, _body: bytes) -> dict[str, Any]:
        self._controls(request).reset()
        return {}

    def _add_fault(self, _request: Request, body: bytes) -> dict[str, Any]:
        faults = msgspec.json.decode(body, type=Fault | list[Fault])
        with self._sandbox.lock:
            for fault in faults if isinstance(faults, list) else [faults]:
                self._sandbox.faults.add(fault)
        return {}

    def _clear_faults(self, _request: Request, _body: bytes) -> dict[str, Any]:
        with self._sandbox.lock:
            self._sandbox.faults.clear()
        return {}

    def _mutate(self, request: Request, body: bytes) -> dict[str, Any]:
        mutation = msgspec.json.decode(body, type=Mutation)
        if mutation.entity not in ID_FIELDS:
            message = f"unknown entity {mutation.entity!r}"
            raise ValueError(message)
        fields = from_json_values(decode(encode(mutation.record)))

        def action() -> dict[str, Any]:
            target = (mutation.entity, mutation.id, mutation.tenant_id)
            if mutation.action == "remove":
                self._controls(request).remove(*target)
            elif mutation.action == "edit":
                self._controls(request).edit(*target, **fields)
            else:
                id_part = {ID_FIELDS[mutation.entity]: mutation.id} if mutation.id else {}
                record = {**id_part, **fields}
                return {
                    "id": self._controls(request).add(mutation.entity, record, mutation.tenant_id)
                }
            return {"id": mutation.id}

        if mutation.when == "now":
            return action()
        with self._sandbox.lock:
            self._sandbox.faults.schedule(mutation, action)
        return {}

    def _records(self, request: Request, _body: bytes) -> Json:
        tenant_id = request.query_params.get("tenant_id", "")
        return to_json_values(
            self._controls(request).records(request.path_params["entity"], tenant_id)
        )

    def _clock(self, _request: Request, _body: bytes) -> dict[str, Any]:
        return {"now": self._sandbox.clock.now().isoformat()}

    def _advance(self, request: Request, body: bytes) -> dict[str, Any]:
        self._sandbox.clock.advance(msgspec.json.decode(body, type=Advance).advance)
        return self._clock(request, body)

    def _limits(self, request: Request, _body: bytes) -> Limits:
        limits = self._sandbox.limits
        return limits.of_tenant.get(request.query_params.get("tenant_id", ""), limits.limits)

    def _change_limits(self, request: Request, body: bytes) -> Limits:
        limits, tenant_id = self._sandbox.limits, request.query_params.get("tenant_id", "")
        with self._sandbox.lock:
            changed: Limits = _changed(self._limits(request, body), body)
            if not tenant_id:
                limits.limits = changed
            elif tenant_id in self._sandbox.organisations:
                limits.of_tenant[tenant_id] = changed
            else:
                message = f"unknown organisation {tenant_id!r}"
                raise ValueError(message)
        return changed

    def _behaviour(self, _request: Request, _body: bytes) -> Behaviour:
        return self._sandbox.behaviour

    def _change_behaviour(self, _request: Request, body: bytes) -> Behaviour:
        with self._sandbox.lock:
            self._sandbox.behaviour = _changed(self._sandbox.behaviour, body)
        return self._sandbox.behaviour

    def _identity(self, _request: Request, body: bytes) -> dict[str, Any]:
        self._sandbox.tokens.strict = msgspec.json.decode(body, type=Identity).strict_refresh
        return {"strict_refresh": self._sandbox.tokens.strict}

    def _add_redirect_uri(self, _request: Request, body: bytes) -> dict[str, Any]:
        uri = msgspec.json.decode(body, type=RedirectUri).redirect_uri
        self._sandbox.tokens.register_redirect_uri(uri)
        return {}

    def _grant(self, request: Request, body: bytes) -> dict[str, Any]:
        grant = msgspec.json.decode(body or b"{}", type=Grant)
        controls = self._controls(request)
        if grant.user > len(controls.user_ids):
            message = f"user {grant.user} does not exist"
            raise ValueError(message)
        return controls.grant(grant.client_id, grant.scopes, grant.tenant_ids, user=grant.user)

    def _disconnect(self, request: Request, body: bytes) -> dict[str, Any]:
        wanted = msgspec.json.decode(body, type=Disconnection)
        self._controls(request).disconnect(wanted.tenant_id, wanted.client_id)
        return {}

    def _add_webhook(self, request: Request, body: bytes) -> dict[str, Any]:
        wanted = msgspec.json.decode(body, type=WebhookSubscription)
        try:
            webhook = self._controls(request).webhook(wanted.url, wanted.key, wanted.client_id)
        except WebhookRefusedError as error:
            raise ValueError(str(error)) from None
        return {"statuses": webhook.statuses}


def _origin(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _changed(settings: Any, body: bytes) -> Any:  # noqa: ANN401  # Limits or Behaviour.
    """Settings with some fields changed; unknown names and wrong types are errors."""
    current = msgspec.to_builtins(settings)
    changes = msgspec.json.decode(body, type=dict[str, Any])
    unknown = sorted(set(changes) - set(current))
    if unknown:
        message = f"unknown: {', '.join(unknown)}; known: {', '.join(sorted(current))}"
        raise ValueError(message)
    return msgspec.convert({**current, **changes}, type(settings))


def _json_endpoint(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            content, status = handler(request, await request.body()), 200
        except (ValueError, KeyError, msgspec.DecodeError) as error:
            content, status = {"error": str(error)}, 400
        return Response(encode(content), status, media_type="application/json")

    return endpoint
