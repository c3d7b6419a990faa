"""The streams of the tap, and their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_xero.reports.aged import report_streams
from tap_xero.reports.definitions import REPORTS
from tap_xero.run.context import RunContext
from tap_xero.streams.cash_journals import CashJournalStream
from tap_xero.streams.child_streams import CHILD_STREAM_NAMES, CHILD_STREAM_TYPES
from tap_xero.streams.entity_stream import XeroStream
from tap_xero.streams.nested_streams import NestedStream
from tap_xero.streams.parent_streams import ParentedStream
from xero_client.entities.load_order import load_position
from xero_client.entities.nested_lists import CASH_JOURNALS, NESTED_BY_STREAM, NESTED_LISTS
from xero_client.entities.other_apis import OTHER_ENTITIES
from xero_client.entities.reports import REPORT_BY_STREAM
from xero_client.entities.table import ALL_BY_STREAM, BY_STREAM, ENTITIES, Entity

if TYPE_CHECKING:
    from singer_sdk import Stream, Tap

# The streams that can have settings of their own, and all streams.
CONFIGURABLE_STREAMS = frozenset({*ALL_BY_STREAM, CASH_JOURNALS, *CHILD_STREAM_NAMES})
STREAM_NAMES = CONFIGURABLE_STREAMS | {*NESTED_BY_STREAM, *REPORT_BY_STREAM}


def entity_streams(tap: Tap, run: RunContext) -> list[Stream]:
    """One stream for each row of the entity table, and child streams if the settings ask.

    Args:
        tap: The tap.
        run: The run that reads the streams.
    """
    streams: list[Stream] = []
    for entity in ENTITIES:
        streams += _with_nested(tap, run, XeroStream, entity)
    streams += _with_nested(tap, run, CashJournalStream, BY_STREAM["journals"])
    for entity in OTHER_ENTITIES:
        if entity.parent is None:
            streams.append(XeroStream(tap, entity, run=run))
        elif not entity.parent.is_content or tap.config.get("copy_file_contents"):
            streams.append(ParentedStream(tap, entity, run=run))
    streams += report_streams(tap, REPORTS, run=run)
    for stream_type in CHILD_STREAM_TYPES:
        if tap.config.get(stream_type.setting):
            streams += [
                stream_type(tap, entity, run=run)
                for entity in ENTITIES
                if stream_type.applies_to(entity)
            ]
    return streams


def _with_nested(
    tap: Tap, run: RunContext, stream_type: type[XeroStream], entity: Entity
) -> list[Stream]:
    """The stream of an entity, and the streams of the lists inside its records."""
    name = stream_type.name_of(entity)
    nested = [NestedStream(tap, row) for row in NESTED_LISTS if row.parent_stream == name]
    return [stream_type(tap, entity, run=run, nested=nested), *nested]


def stream_position(stream: str) -> tuple[int, str, bool, str]:
    """The position of a stream as a sort key: nested streams come after their parents."""
    nested = NESTED_BY_STREAM.get(stream)
    parent = nested.parent_stream if nested else stream
    return (*load_position(parent), nested is not None, stream)
