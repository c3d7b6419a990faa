"""The organisation that a record goes to, by the setting ``tenant_id`` of its stream."""

from __future__ import annotations

from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.build.templates.rendering import render


def tenant_of(rule: StreamRule, record: Record) -> str:
    """The id or the name of the organisation, as the template gives it.

    Args:
        rule: How the stream is published; it has a ``tenant_id``.
        record: The record as it came.

    Raises:
        InvalidRecordError: The template cannot be rendered, or gives nothing.
    """
    setting = f"streams.{rule.stream}.tenant_id"
    text = render(rule.tenant_id, record, setting)
    name = "" if text is None else str(text).strip()
    if not name:
        problem = f"the template {rule.tenant_id!r} of {setting} gives no organisation"
        raise InvalidRecordError([problem])
    return name
