"""Checks the settings of one stream before any of its records is sent."""

from __future__ import annotations

from target_xero.build.destinations.destination import (
    ChildDestination,
    EntityDestination,
    RawDestination,
)
from target_xero.build.destinations.names import destination_of
from target_xero.build.destinations.routes import check_method
from target_xero.build.fields.columns import explicit_paths, known_path
from target_xero.build.fields.values import date_format_problem
from target_xero.build.records import InvalidRecordError
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.build.templates.rendering import syntax_problem
from xero_client.errors import SettingsError


def check_stream_rule(rule: StreamRule) -> None:
    """Checks the templates, the columns and the date format of a stream.

    Raises:
        SettingsError: A template is not valid, a field in ``columns`` does not exist, or
            ``date_format`` is not a format.
    """
    prefix = f"streams.{rule.stream}"
    check_date_format(f"{prefix}.date_format", rule.date_format)
    settings = {
        "path": rule.path,
        "query": dict(rule.query),
        "payload": dict(rule.payload),
        "tenant_id": rule.tenant_id,
    }
    for name, value in settings.items():
        problem = syntax_problem(value, f"{prefix}.{name}")
        if problem is not None:
            message = f"Setting '{prefix}.{name}': {problem}"
            raise SettingsError(message)
    if rule.mirror:
        _check_mirror(rule)
    _check_match(rule)
    destination = destination_of(rule.entity, rule.path)
    shape = None if isinstance(destination, ChildDestination) else destination.shape
    if rule.columns and shape is not None:
        try:
            explicit_paths(rule.columns, shape)
        except InvalidRecordError as error:
            message = f"Setting '{prefix}.columns': {error}"
            raise SettingsError(message) from None


def _check_match(rule: StreamRule) -> None:
    """Checks that the fields of ``match`` exist.

    Raises:
        SettingsError: One does not.
    """
    shape = destination_of(rule.entity, rule.path).shape
    for field in rule.match if shape is not None else ():
        _, problem = known_path(field, str(shape))
        if problem:
            message = f"Setting 'streams.{rule.stream}.match': {field!r} {problem}"
            raise SettingsError(message)


def _check_mirror(rule: StreamRule) -> None:
    """Checks that what a stream publishes can be removed again.

    Raises:
        SettingsError: It cannot.
    """
    destination = destination_of(rule.entity, rule.path)
    problem = ""
    if rule.method == "DELETE":
        problem = "the stream removes records itself"
    elif rule.path is not None or not isinstance(destination, EntityDestination):
        problem = f"what is published to {rule.path or destination.name} cannot be removed"
    elif destination.entity.parent is not None:
        problem = f"Xero needs the ids of the parents to remove {destination.name}"
    else:
        try:
            check_method(destination.entity, "DELETE")
        except InvalidRecordError as error:
            problem = str(error)
    is_known = rule.names_entity or rule.path is not None
    if problem and (is_known or not isinstance(destination, RawDestination)):
        message = f"Setting 'streams.{rule.stream}.mirror': {problem}: leave 'mirror' out"
        raise SettingsError(message)


def check_date_format(setting: str, date_format: str | None) -> None:
    """Checks a setting ``date_format``.

    Raises:
        SettingsError: It is not a format of a date.
    """
    problem = date_format_problem(date_format) if date_format else None
    if problem is not None:
        message = f"Setting {setting!r}: {problem}"
        raise SettingsError(message)
