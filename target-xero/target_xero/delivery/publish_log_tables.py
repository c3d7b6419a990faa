"""The tables of the publish log in the state database."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

requests = Table(
    "publish_requests",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("method", String(8), nullable=False),
    Column("path", Text, nullable=False),
    Column("params", Text, nullable=False),
    Column("content_type", String(200), nullable=False),
    Column("body", LargeBinary),
    Column("first_sent_at", Float, nullable=False),
)

# Two columns have the names of earlier versions: state databases keep them.
records = Table(
    "publish_records",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("entity", String(100), nullable=False),
    Column("subject", String(64), key="identity", index=True),
    Column("request_key", String(128), index=True),
    Column("position", Integer, nullable=False),
    Column("generation", Integer, key="attempt", nullable=False),
    Column("state", String(12), nullable=False),
    Column("xero_id", String(100)),
    Column("run_id", String(40), nullable=False),
    Column("changed_at", Float, nullable=False),
    Index("publish_records_by_xero_id", "tenant_id", "entity", "xero_id"),
)
