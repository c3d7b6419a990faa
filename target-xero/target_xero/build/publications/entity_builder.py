"""Builds the publications of an entity's records: creations, updates and removals.

Facts: (xero-facts.md: Writing by entity).
"""

from __future__ import annotations

from msgspec.structs import replace

from target_xero.build.contents.bodies import (
    collection_of,
    content_of,
    list_path_of,
    own_path_of,
    with_aliases,
)
from target_xero.build.contents.uploads import upload_of, without_upload
from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.destinations.path_ids import checked_id
from target_xero.build.destinations.routes import Action, check_method, describe_methods
from target_xero.build.fields.discounts import with_accepted_discounts
from target_xero.build.fields.unit_amounts import with_kept_decimals
from target_xero.build.publications.publication import (
    Publication,
    missing_key_problem,
    natural_keys,
    possible_keys,
    size_checked,
    text_of,
)
from target_xero.build.publications.record_converter import RecordConverter
from target_xero.build.publications.write_plan import WritePlan, plan_of_route, write_plan
from target_xero.build.publications.write_request import WriteRequest
from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.references.match_keys import MatchKey, match_keys, overwrite_of
from target_xero.build.references.nested_children import nested_children_left_out
from target_xero.build.references.record_references import (
    RecordReference,
    other_references,
    record_references,
    with_ids_of_parts,
)
from target_xero.build.streams.stream_rule import StreamRule
from xero_client.entities.table import Route
from xero_client.entities.write_spec import Body


class EntityBuilder:
    """Builds the publications of one stream's records to entities."""

    def __init__(
        self,
        rule: StreamRule,
        converter: RecordConverter,
        *,
        batch_size: int,
        finds_id_later: bool = False,
    ) -> None:
        """Takes the stream's rule.

        Args:
            rule: How the stream is published.
            converter: Converts its records.
            batch_size: The most records in one call.
            finds_id_later: Whether a removal may lack an id and a number, because the publish log
                is searched for the id.
        """
        self._rule = rule
        self._converter = converter
        self._batch_size = batch_size
        self._finds_id_later = finds_id_later
        # By destination, method, and whether the id of the record is known.
        self._plans: dict[tuple[str, str, bool], WritePlan] = {}
        self._methods: set[tuple[str, str]] = set()

    def build(self, destination: EntityDestination, request: WriteRequest) -> Publication:
        """Builds the publication of a record.

        Raises:
            InvalidRecordError: The record cannot be published; the message says why.
        """
        method, name = request.method, destination.name
        if (name, method) not in self._methods:
            check_method(destination.entity, method)
            self._methods.add((name, method))
        entity, writing = destination.entity, destination.writing
        if writing.aliases or writing.refers:
            payload = with_ids_of_parts(entity, with_aliases(writing, request.payload))
            request = replace(request, payload=payload)
        record_id = request.envelope_id or text_of(request.payload, destination.id_field)
        if record_id:
            record_id = checked_id(entity, record_id)
        if method == "DELETE":
            return self._removal(destination, request, record_id)
        known_id = None if writing.caller_assigns_id else record_id
        key = (name, method, known_id is not None)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = write_plan(
                destination, self._rule, method, batch_size=self._batch_size, has_id=bool(known_id)
            )
        return self._build_by_plan(destination, plan, request, known_id)

    def build_at_record(
        self, destination: EntityDestination, request: WriteRequest, path: str
    ) -> Publication:
        """Builds the publication of a record whose path ends with its id.

        Raises:
            InvalidRecordError: Xero does not have the method for one record, or the record cannot
                be published.
        """
        entity, method = destination.entity, request.method
        record_id = path.rsplit("/", 1)[1]
        if method == "DELETE":
            return self.build(destination, replace(request, envelope_id=record_id))
        if entity.writing is None or method != "POST" or Route.POST_ID not in entity.writing.routes:
            problem = f"{method} does not exist for {path}: {describe_methods(entity)}"
            raise InvalidRecordError([problem])
        plan = plan_of_route(
            destination, self._rule, Route.POST_ID, Action.UPDATE, batch_size=self._batch_size
        )
        return self._build_by_plan(destination, plan, request, record_id)

    def _removal(
        self, destination: EntityDestination, request: WriteRequest, record_id: str | None
    ) -> Publication:
        writing, payload = destination.writing, request.payload
        keys = natural_keys(writing, payload)
        if not record_id and not keys and not self._finds_id_later:
            raise InvalidRecordError([missing_key_problem(writing, payload)])
        collection = collection_of(destination.entity, payload)
        of_parents = other_references(destination.entity, payload)
        naming = {*writing.match_fields, *writing.number_fields}
        if writing.match_only_types:
            naming.add("Type")
        return Publication(
            destination,
            Action.REMOVE,
            "DELETE",
            collection,
            params=tuple(sorted(request.query.items())),
            fields={name: value for name, value in payload.items() if name in naming and value},
            record_id=record_id,
            natural_keys=keys,
            batch_limit=min(self._batch_size, writing.batch_limit),
            collection=collection,
            list_path=list_path_of(destination.entity, payload),
            own_path=own_path_of(destination.entity, writing, collection, payload),
            references=tuple(each for each in of_parents if each.in_path),
        )

    def _build_by_plan(
        self,
        destination: EntityDestination,
        plan: WritePlan,
        request: WriteRequest,
        record_id: str | None,
    ) -> Publication:
        entity, writing = destination.entity, destination.writing
        coerced = self._converter.coerced(request.payload, destination, has_id=bool(record_id))
        fields = with_kept_decimals(with_accepted_discounts(coerced.fields))
        ignores = request.ignores_unknown
        warnings = (
            *self._converter.warnings(coerced, destination, ignore=ignores),
            *nested_children_left_out(request.payload, entity.title, ignore=ignores),
        )
        collection, list_path = plan.paths or (
            collection_of(entity, fields),
            list_path_of(entity, fields),
        )
        references = _references(destination, fields)
        if not writing.sends_parent:
            for name in entity.parent_fields:
                fields.pop(name, None)
        if writing.body is Body.FILE:
            if not record_id:
                return self._upload(destination, request, fields, warnings, plan.action)
            fields = without_upload(fields)
        if record_id and entity.id_field:
            fields[entity.id_field] = record_id
        if not record_id:
            warnings = (*warnings, *_without_status(destination, fields))
        if not fields:
            raise InvalidRecordError([f"the record has no field of {entity.title}"])
        params = plan.params
        if request.query:
            params = tuple(sorted({**dict(params), **request.query}.items()))
        natural = natural_keys(writing, fields)
        return Publication(
            destination,
            plan.action,
            plan.method,
            f"{collection}/{record_id}" if plan.route.names_record else collection,
            params=params,
            content=size_checked(content_of(entity, writing, fields)),
            fields=fields,
            record_id=record_id,
            natural_keys=natural,
            possible_keys=possible_keys(writing, fields),
            match_keys=self._match_keys(destination, fields, record_id),
            looks_up_first=bool(self._rule.match),
            overwrite=plan.overwrite,
            matched_by_natural_key=plan.matched_by_natural_key,
            in_list=plan.in_list,
            batch_limit=plan.batch_limit,
            names=coerced.names,
            warnings=warnings,
            references=references,
            collection=collection,
            list_path=list_path,
            own_path=own_path_of(entity, writing, collection, fields),
            found_by=() if record_id else writing.found_by,
            searched_by=() if record_id or natural else plan.searched_by,
        )

    def _upload(
        self,
        destination: EntityDestination,
        request: WriteRequest,
        fields: Record,
        warnings: tuple[str, ...],
        action: Action,
    ) -> Publication:
        entity, writing = destination.entity, destination.writing
        upload = upload_of(fields, self._rule.files)
        overwrite = overwrite_of(entity, self._rule.overwrite)
        return Publication(
            destination,
            action,
            Route.POST.method,
            entity.path + upload.path,
            params=tuple(sorted(request.query.items())),
            content=upload.body,
            fields=upload.fields,
            match_keys=self._match_keys(destination, upload.fields, None),
            looks_up_first=bool(self._rule.match),
            overwrite=overwrite if self._rule.checks_existing else None,
            content_type=upload.content_type,
            warnings=warnings,
            collection=entity.path,
            list_path=entity.path,
            found_by=writing.found_by,
        )

    def _match_keys(
        self, destination: EntityDestination, fields: Record, record_id: str | None
    ) -> tuple[MatchKey, ...]:
        """The keys that find the record, if it may exist in Xero and that is checked."""
        if record_id or not self._rule.checks_existing:
            return ()
        return match_keys(destination.entity, fields, self._rule.match)


def _references(destination: EntityDestination, fields: Record) -> tuple[RecordReference, ...]:
    """The records that a record names without their ids."""
    if destination.entity.is_of_other_api:
        return other_references(destination.entity, fields)
    return record_references(destination.shape, fields)


def _without_status(destination: EntityDestination, fields: Record) -> tuple[str, ...]:
    """Takes out a status that a new record cannot have; says so if the record then has another."""
    writing = destination.writing
    if writing.status_route is None or writing.removal is None:
        return ()
    name = writing.removal.status_field
    status = fields.pop(name, None)
    if status is None or status != writing.removal.default_status:
        return ()
    warning = (
        f"{name!r} {status} was left out, because Xero does not create such {destination.name}: "
        "publish the record once more with method DELETE"
    )
    return (warning,)
