"""Templates over a record: Jinja in query and payload, and ``{Field}`` in paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from target_xero.build.records import InvalidRecordError, Record

_ONE_EXPRESSION = re.compile(r"^\s*\{\{((?:(?!\}\}|\{\{).)*)\}\}\s*$", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w.]*)\}")

_environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)


@lru_cache(maxsize=512)
def _compiled(text: str) -> Callable[[Record], Any]:
    if match := _ONE_EXPRESSION.match(text):
        # A single expression keeps its type: a list stays a list, and a decimal stays exact.
        expression = _environment.compile_expression(match[1], undefined_to_none=False)
        return lambda record: _defined(expression(record=record))
    template = _environment.from_string(text)
    return lambda record: template.render(record=record)


def _defined(value: Any) -> Any:  # noqa: ANN401  # any value of a record
    if isinstance(value, jinja2.Undefined):
        str(value)  # a StrictUndefined raises here, and names what is missing
    return value


def render(value: Any, record: Record, setting: str) -> Any:  # noqa: ANN401  # any JSON value
    """Renders the templates in a setting's value.

    Args:
        value: Any JSON value; texts in it may be templates over ``record``.
        record: The record.
        setting: The name of the setting, for error messages.

    Raises:
        InvalidRecordError: A template cannot be rendered for this record.
    """
    if isinstance(value, str):
        if "{{" not in value and "{%" not in value:
            return value
        try:
            return _compiled(value)(record)
        except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError) as error:
            problem = f"the template {value!r} of {setting} cannot be rendered: {error}"
            raise InvalidRecordError([problem]) from None
    if isinstance(value, Mapping):
        return {name: render(inner, record, setting) for name, inner in value.items()}
    if isinstance(value, list):
        return [render(inner, record, setting) for inner in value]
    return value


def placeholders(path: str) -> list[str]:
    """The fields in a path template, such as ``InvoiceID`` or ``Contact.ContactID``."""
    return _PLACEHOLDER.findall(path)


def render_path(path: str, record: Record) -> str:
    """Renders a path with the record's values, percent-encoded.

    Raises:
        InvalidRecordError: The record does not have a field that the path needs.
    """
    if "{{" in path or "{%" in path:
        return str(render(path, record, "path"))

    def value(match: re.Match[str]) -> str:
        found: Any = record
        for part in match[1].split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if found in (None, ""):
            problem = f"the path {path} needs {match[1]}, which the record does not have"
            raise InvalidRecordError([problem])
        return quote(str(found), safe="")

    return _PLACEHOLDER.sub(value, path)
