"""The organisations of a run: one, or those that the setting ``tenant_id`` of a stream names."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import ParamSpec

from target_xero.build.destinations.names import destination_of
from target_xero.build.fields.name_references import Named
from target_xero.build.publications.publication import Publication
from target_xero.build.records import InvalidRecordError
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.delivery.items import Item
from target_xero.delivery.organisations.connection import (
    ConnectedOrganisation,
    Surroundings,
    connect_organisation,
)
from target_xero.delivery.organisations.scopes import (
    look_up_scopes,
    look_up_scopes_of,
    needed_scopes,
)
from target_xero.delivery.retry_policy import may_lie_in_records
from target_xero.report.connections import Connections
from target_xero.report.errors import RunStoppedError
from xero_client.auth.tenants import (
    LISTING_ERRORS,
    ORGANISATION,
    Tenant,
    choose_tenants,
    connected_tenants,
    format_tenants,
)
from xero_client.auth.token_sources import ClientCredentials, token_source
from xero_client.errors import TenantNotConnectedError, XeroError
from xero_client.http.transport import TokenSource

logger = logging.getLogger("target-xero")

Values = ParamSpec("Values")

# Stands for the organisation that the target's own settings choose.
DEFAULT = ""


class Organisations:
    """The organisations of a run. Each is connected when its first record comes.

    Each has a connection, limits and a pipeline of its own. If a run publishes to several, one that
    stops (because its day's calls are used up, or it is not connected any more) does not stop the
    others.
    """

    def __init__(
        self,
        run: Surroundings,
        connections: Connections,
        more_scopes: Sequence[str] = (),
    ) -> None:
        """Connects to none.

        Args:
            run: What the organisations share.
            connections: Gets each connection that is made.
            more_scopes: The scopes that are needed besides those of the entities.
        """
        self._run = run
        self._config = run.config
        self._settings = run.settings
        self._reporter = run.reporter
        self._connections = connections
        self._more_scopes = more_scopes
        self._by_name: dict[str, ConnectedOrganisation | InvalidRecordError] = {}
        self._by_id: dict[str, ConnectedOrganisation] = {}
        self._stopped: dict[str, RunStoppedError] = {}
        self._expected: set[str] = set()
        self._looked_up: set[str] = set()
        # The tokens of a Custom Connection, once there are any.
        self._asking: ClientCredentials | None = None
        # Why lists of names cannot be read, by organisation and kinds of names.
        self._unreadable: dict[tuple[str, frozenset[Named]], str] = {}

    @property
    def connected(self) -> Sequence[ConnectedOrganisation]:
        """The organisations that were connected."""
        return tuple(self._by_id.values())

    def expect(self, rule: StreamRule) -> None:
        """Notes that records of a stream come: a Custom Connection asks for its scope too.

        The scopes in the settings are never changed.
        """
        scope = destination_of(rule.entity, rule.path).scope
        if scope is None or self._settings.scopes:
            return
        self._expected.add(scope)
        # A scope for writing includes reading.
        read = {each for each in look_up_scopes_of(rule) if each.removesuffix(".read") != scope}
        new = read - self._looked_up
        self._looked_up |= new
        if self._asking is not None:
            _add_scopes(self._asking, [scope], new)

    @cached_property
    def _tokens(self) -> TokenSource:
        scopes = dict.fromkeys((*needed_scopes(self._config), *self._more_scopes))
        tokens = token_source(
            self._settings,
            self._run.store.open(),
            needed_scopes=tuple(scopes),
            optional_scopes=look_up_scopes(self._config),
        )
        if isinstance(tokens, ClientCredentials):
            _add_scopes(tokens, self._expected, self._looked_up)
            self._asking = tokens
        return tokens

    @cached_property
    def _tenants(self) -> Sequence[Tenant] | None:
        """The connected organisations; None if Xero does not list them."""
        try:
            tenants = connected_tenants(self._settings, self._tokens)
        except LISTING_ERRORS as error:
            logger.info("The connections cannot be listed: %s", error)
            return None
        return [tenant for tenant in tenants if tenant.kind.upper() == ORGANISATION]

    def of(self, name: str = DEFAULT) -> ConnectedOrganisation:
        """The organisation with an id or a name, in any case; by default that of the settings.

        Raises:
            InvalidRecordError: It is not connected, or several have the name.
            XeroError: The token is missing, or the organisation of the settings is not connected.
        """
        if (connected := self._by_id.get(name.casefold())) is not None:
            return connected
        found = self._by_name.get(name.casefold())
        if found is None:
            try:
                found = self._connected(self._tenant(name))
            except (InvalidRecordError, TenantNotConnectedError) as error:
                if name == DEFAULT:
                    raise
                found = InvalidRecordError([f"tenant_id: {error}"])
            self._by_name[name.casefold()] = found
        if isinstance(found, InvalidRecordError):
            raise found
        if name == DEFAULT:
            self._connections.choose(found.tenant)
        return found

    def default_id(self) -> str:
        """The id of the organisation of the settings.

        Raises:
            XeroError: The token is missing, or the organisation is not connected.
        """
        return self.of().tenant.tenant_id

    def _tenant(self, name: str) -> Tenant:
        if name == DEFAULT:
            return choose_tenants(self._settings, self._tokens).tenants[0]
        if self._tenants is None:
            return choose_tenants(self._settings, self._tokens, [name]).tenants[0]
        named = [tenant for tenant in self._tenants if tenant.is_named({name.casefold()})]
        if len(named) != 1:
            which = f"organisation {name!r} is not connected to this token"
            if named:
                which = f"several organisations are called {name!r}"
            raise InvalidRecordError(
                [f"{which}; connected: {format_tenants(self._tenants)}. Give the id of one of them"]
            )
        return named[0]

    def _connected(self, tenant: Tenant) -> ConnectedOrganisation:
        key = tenant.tenant_id.casefold()
        if key not in self._by_id:
            self._by_id[key] = connect_organisation(self._run, self._tokens, tenant)
            self._connections.add(tenant, self._by_id[key].transport)
        return self._by_id[key]

    # Publishing

    def resolved(
        self, organisation: ConnectedOrganisation, publication: Publication
    ) -> Publication | None:
        """A publication with codes for its names; None if its organisation has stopped.

        Raises:
            InvalidRecordError: The organisation does not have a name.
            RunStoppedError: The run cannot go on.
        """
        if organisation.tenant.tenant_id in self._stopped:
            return None
        if not publication.names:
            organisation.names.forget(publication.destination)
            return publication
        named = frozenset(reference.named for reference in publication.names)
        lists = (organisation.tenant.tenant_id, named)
        if lists in self._unreadable:
            raise InvalidRecordError([self._unreadable[lists]])
        try:
            found = organisation.names.resolved(publication)
        except XeroError as error:
            if may_lie_in_records(error):
                # Each further record would wait for all tries again.
                self._unreadable[lists] = f"a name in it cannot be looked up: {error}"
                raise InvalidRecordError([self._unreadable[lists]]) from error
            self._note_stop(organisation, RunStoppedError(str(error)))
            return None
        organisation.names.forget(publication.destination)
        return found

    def publish(self, organisation: ConnectedOrganisation, item: Item) -> None:
        """Publishes an item, soon; nothing, if its organisation has stopped.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        self._unless_stopped(organisation, organisation.publish, item)

    def publish_recognised(
        self, organisation: ConnectedOrganisation, items: Sequence[Item]
    ) -> None:
        """Reports items that were recognised by their input; none, if it has stopped.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        self._unless_stopped(organisation, organisation.pipeline.add_recognised, items)

    def flush(self) -> None:
        """Publishes all items, and waits for their results.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        for organisation in self.connected:
            self._unless_stopped(organisation, organisation.pipeline.flush)

    def stop(self) -> None:
        """Waits for calls in flight, and sends nothing else."""
        for organisation in self.connected:
            organisation.pipeline.stop()

    def forget_old(self) -> None:
        """Forgets records that did not come for a long time, after the whole input was read.

        Raises:
            StoreError: The state database failed.
        """
        for organisation in self.connected:
            if organisation.tenant.tenant_id not in self._stopped:
                organisation.forget_old()

    @property
    def has_stopped(self) -> bool:
        """Whether an organisation has stopped."""
        return bool(self._stopped)

    def check_stopped(self) -> None:
        """Checks that no organisation has stopped.

        Raises:
            RunStoppedError: One has.
        """
        for error in self._stopped.values():
            raise error

    def _note_stop(self, organisation: ConnectedOrganisation, error: RunStoppedError) -> None:
        """Notes that an organisation gets no further record.

        Raises:
            RunStoppedError: It is the only organisation, or ``on_reject`` is ``fail_fast``.
        """
        if list(self._by_name) == [DEFAULT]:
            raise error
        self._reporter.check_rejects()
        tenant = organisation.tenant
        message = f"{tenant}: {error}. Its other records were not sent: run again"
        logger.error("%s", message)
        self._stopped[tenant.tenant_id] = RunStoppedError(message)
        organisation.pipeline.stop()

    def _unless_stopped(
        self,
        organisation: ConnectedOrganisation,
        action: Callable[Values, None],
        *values: Values.args,
        **named: Values.kwargs,
    ) -> None:
        if organisation.tenant.tenant_id in self._stopped:
            return
        try:
            action(*values, **named)
        except RunStoppedError as error:
            self._note_stop(organisation, error)


def _add_scopes(tokens: ClientCredentials, written: Iterable[str], read: Iterable[str]) -> None:
    """Requests scopes for what is written, and apart those for what its records name.

    An app may lack the latter, if the records name nothing.
    """
    tokens.add_scopes(sorted(written))
    tokens.add_scopes(sorted(read))
