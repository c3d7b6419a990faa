"""What all records of an entity have in common that are written by one method."""

from __future__ import annotations

from msgspec import Struct

from target_xero.build.contents.bodies import collection_of, list_path_of
from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.destinations.routes import Action, write_route
from target_xero.build.references.match_keys import Overwrite, overwrite_of
from target_xero.build.streams.stream_rule import StreamRule
from xero_client.entities.table import Entity, Route
from xero_client.entities.write_spec import Body

# The fields of documents and payments that Xero stores as they were sent.
DISTINGUISHING_FIELDS = (
    "Type", "Date", "InvoiceNumber", "CreditNoteNumber", "Reference", "Narration", "Amount",
)  # fmt: skip


class WritePlan(Struct, frozen=True):
    """What all records of an entity have in common that are written in the same way.

    Attributes:
        action: What a request does.
        route: The route.
        method: The HTTP method.
        params: The query parameters, sorted, besides those of the record.
        batch_limit: The most records in one call.
        overwrite: What may be changed that exists in Xero; None if that is not checked.
        matched_by_natural_key: Whether a POST finds the record by its number or name.
        in_list: Whether the body is a list under the entity's key.
        searched_by: The fields that tell a new record from others, if Xero does not find it by a
            number.
        paths: The path of the list that a record belongs to, and the path at which that list is
            read; None if they have the id of the record's parent.
    """

    action: Action
    route: Route
    method: str
    params: tuple[tuple[str, str], ...]
    batch_limit: int
    overwrite: Overwrite | None
    matched_by_natural_key: bool
    in_list: bool
    searched_by: tuple[str, ...]
    paths: tuple[str, str] | None


def write_plan(
    destination: EntityDestination, rule: StreamRule, method: str, *, batch_size: int, has_id: bool
) -> WritePlan:
    """Makes the plan of a creation or an update.

    Args:
        destination: The entity.
        rule: How the stream is published.
        method: ``POST`` or ``PUT``.
        batch_size: The most records in one call.
        has_id: Whether the records have an id that Xero gave them.

    Raises:
        InvalidRecordError: The entity has no such route.
    """
    route, action = write_route(destination.entity, method, has_id=has_id)
    return plan_of_route(destination, rule, route, action, batch_size=batch_size)


def plan_of_route(
    destination: EntityDestination,
    rule: StreamRule,
    route: Route,
    action: Action,
    *,
    batch_size: int,
) -> WritePlan:
    """Makes the plan of a route; see ``write_plan``."""
    entity, writing = destination.entity, destination.writing
    params: list[tuple[str, str]] = []
    if route in writing.summarize_errors:
        params.append(("summarizeErrors", "false"))
    if writing.unitdp:
        params.append(("unitdp", "4"))
    return WritePlan(
        action,
        route,
        route.method,
        tuple(params),
        1 if route in writing.single_record_routes else min(batch_size, writing.batch_limit),
        overwrite_of(entity, rule.overwrite) if rule.checks_existing else None,
        action is not Action.CREATE and Route.POST in writing.routes and not entity.is_of_other_api,
        writing.body is Body.LIST,
        _searched_by(entity),
        None if entity.parent else (collection_of(entity, {}), list_path_of(entity, {})),
    )


def _searched_by(entity: Entity) -> tuple[str, ...]:
    if entity.is_of_other_api or not entity.reading.modified_since:
        return ()
    return DISTINGUISHING_FIELDS
