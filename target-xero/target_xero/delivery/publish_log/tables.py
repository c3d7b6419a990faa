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
    text,
)

from xero_client.store.schema import AnyText, Schema

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
    # Without the entity: a path may be longer than PostgreSQL allows in an index.
    Index("publish_records_by_id", "tenant_id", "xero_id"),
)

_documents = records.c.document.is_not(None)
Index(
    "publish_records_by_document",
    records.c.document,
    sqlite_where=_documents,
    postgresql_where=_documents,
)
# Without parameters, as below.
HAS_OLD_FINGERPRINT = "fingerprint_version = 1"
Index(
    "publish_records_of_version_1",
    records.c.tenant_id,
    sqlite_where=text(HAS_OLD_FINGERPRINT),
    postgresql_where=text(HAS_OLD_FINGERPRINT),
)

# What the setting ``publish_log_days`` may forget. A database uses an index of some rows only if
# the query has the very same condition, without parameters.
MAY_BE_FORGOTTEN = "state <> 'intended' AND (subject IS NULL OR state <> 'published')"
Index(
    "publish_records_to_forget",
    records.c.tenant_id,
    records.c.changed_at,
    sqlite_where=text(MAY_BE_FORGOTTEN),
    postgresql_where=text(MAY_BE_FORGOTTEN),
)

SCHEMA = Schema("publish_log", metadata, "0003", Path(__file__).parent / "migrations")
