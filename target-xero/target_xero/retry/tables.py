"""The table of kept rejects in the state database, and its version."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, String, Table

from xero_client.store.schema import AnyText, Schema

metadata = MetaData()

kept_rejects = Table(
    "kept_rejects",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scope", String(64), nullable=False),
    Column("stream", AnyText, nullable=False),
    Column("key", String(64), nullable=False),
    Column("content", String(64), nullable=False),
    Column("messages", LargeBinary, nullable=False),
    Column("occurrence", Integer),
    Column("entity", AnyText, nullable=False),
    Column("reason", AnyText, nullable=False),
    Column("run_id", String(40), nullable=False),
    Column("kept_at", Float, nullable=False),
    Index("kept_rejects_by_scope", "scope", "key"),
)

SCHEMA = Schema("kept_rejects", metadata)
