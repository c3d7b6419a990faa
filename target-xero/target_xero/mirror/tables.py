"""The tables of mirrored streams in the state database, and their version."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, String, Table

from xero_client.store.schema import AnyText, Schema

metadata = MetaData()

# A stream and an organisation, and how often all of its records were read.
mirrored_streams = Table(
    "mirrored_streams",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("stream", AnyText, nullable=False),
    Column("reads", Integer, nullable=False),
)

# What it published, and the read in which it came last.
mirrored_records = Table(
    "mirrored_records",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("stream_key", String(64), nullable=False, index=True),
    Column("record", String(64), nullable=False, index=True),
    Column("xero_id", AnyText, nullable=False),
    Column("name", AnyText, nullable=False),
    Column("seen", Integer, nullable=False),
)

SCHEMA = Schema("mirror", metadata)
