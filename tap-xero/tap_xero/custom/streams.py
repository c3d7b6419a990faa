"""The streams of the setting ``custom_streams``, read as the streams of the entity table are."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from singer_sdk import Tap

from tap_xero.custom.schemas import (
    check_fields,
    check_keys,
    check_replication_key,
    inferred_schema,
)
from tap_xero.custom.settings import CustomStreamSettings
from tap_xero.paging.list_reader import ListReader
from tap_xero.paging.page import Page
from tap_xero.records.schemas.types import Schema
from tap_xero.requests.parameters import TemplateContext, render_params
from tap_xero.requests.planner import RequestPlanner
from tap_xero.run.context import RunContext, ends_run
from tap_xero.run.organisations import Organisation
from tap_xero.state import Bookmark, StartPosition
from tap_xero.streams.entity_stream import XeroStream
from xero_client.auth.tenants import Tenant
from xero_client.errors import XeroError

logger = logging.getLogger("tap-xero")


class CustomStream(XeroStream):
    """A stream that the settings describe."""

    def __init__(
        self, tap: Tap, custom: CustomStreamSettings, schema: Schema, run: RunContext
    ) -> None:
        """Sets the stream up from the settings.

        Args:
            tap: The tap.
            custom: The stream's settings.
            schema: The schema of the stream.
            run: The run that reads the stream.
        """
        super().__init__(tap, custom.entity, run, settings=custom.requests, schema=lambda: schema)

    def _convert_page(self, page: Page, tenant: Tenant) -> list[str]:
        """Converts a page as all streams do, after a check of the fields that the settings name.

        Raises:
            SettingsError: A record has no key, or the field of the bookmark is not a date.
        """
        check_keys(page.records, self.entity)
        check_replication_key(page.records, self.entity)
        return super()._convert_page(page, tenant)


def discover_custom_streams(
    tap: Tap,
    settings: Sequence[CustomStreamSettings],
    *,
    run: RunContext,
    connect: Callable[[tuple[str, ...]], Mapping[str, Organisation]],
    included: Collection[str] = (),
) -> list[CustomStream]:
    """The streams of the setting.

    A stream without a schema gets that of the catalog. Without either, its schema is inferred,
    which takes a call. If that call fails, the stream is left out, and the run fails at its end.

    Args:
        tap: The tap.
        settings: The streams.
        run: The run that reads them.
        connect: Connects the organisations of the run, with the scopes that are given.
        included: The streams that are read even if the catalog lacks them.

    Raises:
        XeroError: No organisation can be connected.
    """
    schemas = {
        custom.entity.stream: custom.schema or _schema_in_catalog(tap, custom, included)
        for custom in settings
    }
    unknown = [custom for custom in settings if schemas[custom.entity.stream] is None]
    organisations: Mapping[str, Organisation] = {}
    if unknown:
        scopes = {custom.entity.read_scope for custom in unknown} - {""}
        organisations = connect(tuple(sorted(scopes)))
    for custom in unknown:
        try:
            schemas[custom.entity.stream] = _infer_schema(
                custom, organisations.values(), tap.config, run.started_at
            )
        except XeroError as error:  # noqa: PERF203  # a few streams
            if ends_run(error):
                raise
            run.add_failure(custom.entity.stream, next(iter(organisations.values())), error)
    return [
        CustomStream(tap, custom, schema, run)
        for custom in settings
        if (schema := schemas[custom.entity.stream]) is not None
    ]


def _schema_in_catalog(
    tap: Tap, custom: CustomStreamSettings, included: Collection[str]
) -> Schema | None:
    """The schema that the catalog has; None if it has none, and the stream is read.

    It need not be known of a stream that the catalog lacks, unless the settings include it.
    """
    if tap.input_catalog is None:
        return None
    name = custom.entity.stream
    entry = tap.input_catalog.get_stream(name)
    if entry is not None:
        return entry.schema.to_dict()
    return None if name in included else inferred_schema((), custom.entity)


def _infer_schema(
    custom: CustomStreamSettings,
    organisations: Iterable[Organisation],
    config: Mapping[str, object],
    now: datetime,
) -> Schema:
    """The schema of a stream, inferred from the first page of the first organisation with records.

    Raises:
        XeroError: The page cannot be read, of any organisation.
    """
    entity, name = custom.entity, custom.entity.stream
    failure: XeroError | None = None
    is_any_read = False
    for organisation in organisations:
        try:
            records = _first_page(custom, organisation, config, now)
        except XeroError as error:
            if ends_run(error):
                raise
            failure = error
            continue
        is_any_read = True
        if records:
            logger.info(
                "Setting 'custom_streams.%s' has no schema: it is inferred from %d record(s) of "
                "%s. Fields that only other records have are unknown fields; 'schema' can name "
                "them",
                name,
                len(records),
                organisation.tenant,
            )
            check_fields(records, entity)
            return inferred_schema(records, entity)
    if failure is not None and not is_any_read:
        raise failure
    logger.warning(
        "Setting 'custom_streams.%s' has no schema, and no organisation has records to infer it "
        "from: set 'custom_streams.%s.schema', or set unknown_fields to pass",
        name,
        name,
    )
    return inferred_schema((), entity)


def _first_page(
    custom: CustomStreamSettings,
    organisation: Organisation,
    config: Mapping[str, object],
    now: datetime,
) -> list[dict[str, object]]:
    """The records of the first page, in one call."""
    entity, settings = custom.entity, custom.requests
    start_date = config.get("start_date")
    start = StartPosition()
    if entity.reading.replication_key:
        bookmark = Bookmark({}, entity.reading.replication_key)
        start = bookmark.start_position({}, str(start_date) if start_date else None)
    params = render_params(settings, TemplateContext(start.instant, now, organisation.tenant))
    planner = RequestPlanner(
        entity=entity,
        stream=entity.stream,
        settings=settings,
        page_size=settings.page_size or 1,
        include_archived=True,
        start_date=None,
        summary_only=False,
    )
    request = planner.list_request(start, params, None)
    return [dict(record) for record in ListReader(request, organisation.transport, 1).first_page()]
