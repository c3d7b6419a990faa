"""The tables of the publish log in the state database, and their versions."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from xero_client.store.schema import AnyText, Schema, partial_index

# The version of the fingerprints that are computed now.
FINGERPRINT_VERSION = 2

metadata = MetaData()

requests = Table(
    "publish_requests",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("method", String(8), nullable=False),
    Column("path", AnyText, nullable=False),
    Column("params", Text, nullable=False),
    Column("content_type", AnyText, nullable=False),
    Column("body", LargeBinary),
    Column("first_sent_at", Float, nullable=False),
    Index("publish_requests_by_tenant", "tenant_id"),
)

# Two columns have the names of earlier versions: state databases keep them.
records = Table(
    "publish_records",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("entity", AnyText, nullable=False),
    Column("subject", String(64), key="identity", index=True),
    Column("document", String(64)),
    Column("request_key", String(128), index=True),
    Column("position", Integer, nullable=False),
    Column("generation", Integer, key="attempt", nullable=False),
    Column("state", String(12), nullable=False),
    Column("xero_id", AnyText),
    Column("run_id", String(40), nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("removes", Integer, nullable=False, server_default="0"),
    Column("fingerprint_version", Integer, nullable=False, server_default="1"),
    # The digest of the record as it came, if that alone decides what it becomes, and the method
    # that the results file names.
    Column("input_digest", String(32)),
    Column("input_method", String(8)),
    # The hash of the Singer key of a record that has a number, code or name as its subject.
    Column("source_key", String(64)),
    # Without the entity: a path may be longer than PostgreSQL allows in an index.
    Index("publish_records_by_id", "tenant_id", "xero_id"),
)

partial_index("publish_records_by_document", records, ["document"], "document IS NOT NULL")
HAS_INPUT_DIGEST = "input_digest IS NOT NULL"
partial_index("publish_records_by_input", records, ["tenant_id", "input_digest"], HAS_INPUT_DIGEST)
# Without parameters, as below.
HAS_OLD_FINGERPRINT = "fingerprint_version = 1"
partial_index("publish_records_of_version_1", records, ["tenant_id"], HAS_OLD_FINGERPRINT)

# What the setting ``publish_log_days`` may forget. A database uses an index of some rows only if
# the query has the very same condition, without parameters.
MAY_BE_FORGOTTEN = "state <> 'intended' AND (subject IS NULL OR state <> 'published')"
partial_index("publish_records_to_forget", records, ["tenant_id", "changed_at"], MAY_BE_FORGOTTEN)

SCHEMA = Schema("publish_log", metadata, "0005", Path(__file__).parent / "migrations")
