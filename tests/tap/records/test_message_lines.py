"""What the tap writes, whole lines, against singer-sdk's own way from the same records."""

import gzip
import io
import json
from contextlib import redirect_stdout
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_strategies import breadcrumbs_of, fitting_records_of, records_of
from reference_converter import ReferenceConverter
from singer_sdk import Stream, Tap
from singer_sdk.helpers.conform import TypeConformanceLevel

from tap_xero.records.schemas import schema_of
from tap_xero.run.organisations import Organisation
from tap_xero.streams.entity_stream import XeroStream
from tap_xero.tap import TapXero
from xero_client.auth.tenants import Tenant
from xero_client.entities.table import BY_STREAM
from xero_client.http.transport import Response
from xero_client.http.wire import encode

TENANT = Tenant("70784a63", "Maple Florist")
# Small ones that hold objects, lists, days, instants, numbers and truths.
SCHEMAS = {name: schema_of(name) for name in ("bank_transfers", "items")}
OWN = {"_tenant_id": TENANT.tenant_id, "_tenant_name": TENANT.name}


class OneAnswer:
    """A transport to an organisation whose list is one page."""

    def __init__(self, entity, records):
        self._path = entity.path
        pages = {"page": 1, "pageSize": 1000, "pageCount": 1, "itemCount": len(records)}
        self._body = encode({"pagination": pages, entity.key: records})

    def send(self, request):
        assert request.target == self._path
        return Response(200, {}, self._body)


class StockStream(Stream):
    """The same stream as singer-sdk has it: its conformance of types, its pruning, its writer."""

    def __init__(self, tap, stream, body, conformance):
        super().__init__(tap, schema=SCHEMAS[stream], name=stream)
        self.primary_keys = ("_tenant_id", BY_STREAM[stream].id_field)
        self.replication_key = BY_STREAM[stream].reading.replication_key
        self.TYPE_CONFORMANCE_LEVEL = conformance
        self._body = body

    def get_records(self, context):
        assert context is None
        decoded = json.loads(self._body, parse_float=Decimal)
        for record in ReferenceConverter(decoded, self.mask, SCHEMAS[self.name]).records:
            yield record | OWN

    def _increment_stream_state(self, latest_record, *, context=None):
        """Made-up instants are in no order, and states are not what is compared."""


def fast_tap(stream):
    class OneStreamTap(TapXero):
        def discover_streams(self):
            return [XeroStream(self, BY_STREAM[stream], run=self)]

    return OneStreamTap


def stock_tap(*of_the_stream):
    class StockTap(Tap):
        name = "stock"
        config_jsonschema = {"properties": {}}  # noqa: RUF012  # as singer-sdk wants it

        def discover_streams(self):
            return [StockStream(self, *of_the_stream)]

    return StockTap


@cache
def discovered(stream):
    return fast_tap(stream)(validate_config=False, setup_mapper=False).catalog_json_text


def catalog_of(stream, deselected):
    """A catalog in which properties are deselected, those that a schema does not know too."""
    catalog = json.loads(discovered(stream))
    [entry] = catalog["streams"]
    kept = [data for data in entry["metadata"] if tuple(data["breadcrumb"]) not in deselected]
    deselecting = [
        {"breadcrumb": [*crumb], "metadata": {"selected": False}} for crumb in deselected
    ]
    entry["metadata"] = kept + deselecting
    return catalog


def written_by(tap):
    output = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(output, write_through=True)):
        tap.sync_all()
        return output.getvalue().splitlines()


def fast_lines(stream, records, catalog, config):
    config = config | {"access_token": "any", "unknown_fields": "pass"}
    tap = fast_tap(stream)(config=config, catalog=catalog, validate_config=False)
    answer = OneAnswer(BY_STREAM[stream], records)
    tap.organisations = {TENANT.tenant_id: Organisation(TENANT, answer, 5)}
    return written_by(tap)


def stock_lines(stream, records, catalog, config, conformance):
    of_the_stream = (stream, encode(records), conformance)
    return written_by(stock_tap(*of_the_stream)(config=config, catalog=catalog))


def normal(line):
    """A message with sorted names and every number as it is written, without what changes."""
    message = json.loads(line, parse_float="float {}".format, parse_int="int {}".format)
    for told_by_singer_sdk in ("time_extracted", "version"):
        message.pop(told_by_singer_sdk, None)
    # A line of a batch file is a record; the time of the call differs.
    message.get("record", message).pop("_read_at", None)
    return json.dumps(message, sort_keys=True)


def messages(lines, *kinds):
    found = [normal(line) for line in lines]
    return [line for line in found if json.loads(line)["type"] in kinds]


def records_for(stream, made_by):
    """Records with an id, as Xero's always have one."""
    identity = st.uuids().map(lambda uuid: {BY_STREAM[stream].id_field: str(uuid)})
    record = st.builds(lambda made, own: made | own, made_by(SCHEMAS[stream]), identity)
    return st.lists(record, min_size=1, max_size=8)


def cases(made_by):
    """A stream, records of it, and what is deselected."""
    return st.one_of([cases_of(stream, made_by) for stream in SCHEMAS])


def cases_of(stream, made_by):
    entity = BY_STREAM[stream]
    keys = {"_tenant_id", entity.id_field, entity.reading.replication_key}
    crumbs = [crumb for crumb in breadcrumbs_of(SCHEMAS[stream]) if crumb[1] not in keys]
    deselected = st.frozensets(st.sampled_from(crumbs), max_size=8)
    return st.tuples(st.just(stream), records_for(stream, made_by), deselected)


ODD, FITTING = cases(records_of), cases(fitting_records_of)


@settings(max_examples=30, deadline=None)
@given(case=ODD)
def test_lines_equal_those_of_singer_sdk_whatever_xero_sends(case):
    stream, records, deselected = case
    catalog = catalog_of(stream, deselected)
    fast = fast_lines(stream, records, catalog, {})
    slow = stock_lines(stream, records, catalog, {}, TypeConformanceLevel.NONE)
    assert messages(fast, "SCHEMA", "RECORD") == messages(slow, "SCHEMA", "RECORD")


@settings(max_examples=30, deadline=None)
@given(case=FITTING)
def test_what_fits_its_schema_is_left_nothing_to_conform(case):
    stream, records, deselected = case
    catalog = catalog_of(stream, deselected)
    fast = fast_lines(stream, records, catalog, {})
    slow = stock_lines(stream, records, catalog, {}, TypeConformanceLevel.RECURSIVE)
    assert messages(fast, "RECORD") == messages(slow, "RECORD")


@pytest.mark.parametrize(
    "config",
    [
        {"stream_maps": {"*": {"doubled": "2 * 21", "UpdatedDateUTC": "__NULL__"}}},
        {"stream_maps": {"*": {"__alias__": "renamed", "shouted": "str(Name).upper()"}}},
        {"stream_maps": {"*": {"__filter__": "Amount is None or Amount > 0", "Amount": "Amount"}}},
        {"flattening_enabled": True, "flattening_max_depth": 2},
        {"flattening_enabled": True, "flattening_max_depth": 1, "stream_maps": {"*": {"n": "1"}}},
    ],
    ids=["columns", "alias", "filter", "flattened", "flattened and mapped"],
)
@settings(max_examples=8, deadline=None)
@given(case=FITTING)
def test_mapped_and_flattened_lines_equal_those_of_singer_sdk(config, case):
    stream, records, deselected = case
    records = [{"Name": None, "Amount": None} | record for record in records]
    catalog = catalog_of(stream, deselected - {("properties", "Amount"), ("properties", "Name")})
    fast = fast_lines(stream, records, catalog, config)
    slow = stock_lines(stream, records, catalog, config, TypeConformanceLevel.NONE)
    assert messages(fast, "SCHEMA", "RECORD") == messages(slow, "SCHEMA", "RECORD")


def batched(lines):
    """The records in the files that BATCH messages name."""
    batches = [json.loads(line) for line in lines if b'"BATCH"' in line]
    files = [
        Path(name.removeprefix("file://")) for message in batches for name in message["manifest"]
    ]
    return [
        normal(line) for path in files for line in gzip.decompress(path.read_bytes()).splitlines()
    ]


@settings(max_examples=8, deadline=None)
@given(case=FITTING)
def test_batch_files_equal_those_of_singer_sdk(case):
    stream, records, deselected = case
    # singer-sdk does not prune batch files, so it would keep the tenant's name there.
    catalog = catalog_of(stream, deselected - {("properties", "_tenant_name")})
    with TemporaryDirectory() as folder:
        config = {
            "batch_config": {
                "encoding": {"format": "jsonl", "compression": "gzip"},
                "storage": {"root": f"file://{folder}"},
            }
        }
        fast = batched(fast_lines(stream, records, catalog, config))
        slow = batched(stock_lines(stream, records, catalog, config, TypeConformanceLevel.NONE))
    assert fast == slow
    assert len(fast) == len(records)
