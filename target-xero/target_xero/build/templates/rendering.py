"""Templates over a record: Jinja in query and payload, and ``{Field}`` in paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import jinja2
from jinja2 import nodes

from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.templates.environment import (
    LOOP_BUDGET,
    MAX_TEMPLATE_LENGTH,
    LoopBudget,
    TemplateEnvironment,
)
from xero_client.json_value import Json

_ONE_EXPRESSION = re.compile(r"^\s*\{\{((?:(?!\}\}|\{\{).)*)\}\}\s*$", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w.]*)\}")

_environment = TemplateEnvironment()


@lru_cache(maxsize=512)
def _compiled(text: str) -> Callable[[Record], Any]:
    if len(text) > MAX_TEMPLATE_LENGTH:
        message = f"it has more than {MAX_TEMPLATE_LENGTH:,} characters"
        raise jinja2.TemplateSyntaxError(message, 1)
    if match := _ONE_EXPRESSION.match(text):
        # A single expression keeps its type: a list stays a list, and a decimal stays exact.
        expression = _environment.compile_one(match[1])
        return lambda record: _defined(expression(record))
    template = _environment.from_string(text)
    return lambda record: template.render({"record": record, LOOP_BUDGET: LoopBudget()})


def _defined(value: Json) -> Json:
    if isinstance(value, jinja2.Undefined):
        str(value)  # a StrictUndefined raises here, and names what is missing
    return value


def is_template(text: str) -> bool:
    """Whether a text has expressions or statements of Jinja."""
    return "{{" in text or "{%" in text


def render(value: Json, record: Record, setting: str) -> Json:
    """Renders the templates in a setting's value.

    Args:
        value: Any JSON value; texts in it may be templates over ``record``.
        record: The record.
        setting: The name of the setting, for error messages.

    Raises:
        InvalidRecordError: A template cannot be rendered for this record.
    """
    if isinstance(value, str):
        if not is_template(value):
            return value
        try:
            return _compiled(value)(record)
        except Exception as error:  # noqa: BLE001  # a template may raise anything: '{a}'.format()
            problem = f"the template {value!r} of {setting} cannot be rendered: {_text(error)}"
            raise InvalidRecordError([problem]) from None
    if isinstance(value, Mapping):
        return {name: render(inner, record, f"{setting}.{name}") for name, inner in value.items()}
    if isinstance(value, list):
        return [render(inner, record, setting) for inner in value]
    return value


def _text(error: Exception) -> str:
    if isinstance(error, jinja2.TemplateError):
        return error.message or str(error)
    if isinstance(error, (TypeError, ValueError)):
        return str(error)
    return f"{type(error).__name__} {error}".strip()


def syntax_problem(value: Json, setting: str) -> str | None:
    """What is wrong with the syntax of a template in a setting's value; None if nothing is."""
    problems = ((text, _syntax_error(text)) for text in _texts(value))
    return next(
        (
            f"the template {text[:200]!r} of {setting} is invalid: {problem}"
            for text, problem in problems
            if problem is not None
        ),
        None,
    )


def _syntax_error(text: str) -> str | None:
    try:
        _compiled(text)
    except jinja2.TemplateSyntaxError as error:
        return error.message
    except (jinja2.TemplateError, SyntaxError, RecursionError) as error:
        return str(error)
    return None


def fields_read(value: Json) -> set[str]:
    """The columns that the templates in a setting's value read: ``record.amount``."""
    found: set[str] = set()
    for text in _texts(value):
        try:
            tree = _environment.parse(text)
        except jinja2.TemplateError:
            continue
        for node in tree.find_all((nodes.Getattr, nodes.Getitem, nodes.Call)):
            name = _field_of(node)
            if name is not None:
                found.add(name)
    return found


def _field_of(node: nodes.Node) -> str | None:
    if isinstance(node, nodes.Call):  # record.get('amount')
        method = node.node
        if not isinstance(method, nodes.Getattr) or method.attr != "get" or not node.args:
            return None
        if not _is_record(method.node):
            return None
        key: nodes.Node = node.args[0]
    elif isinstance(node, nodes.Getattr):
        return node.attr if _is_record(node.node) else None
    elif isinstance(node, nodes.Getitem) and _is_record(node.node):
        key = node.arg
    else:
        return None
    return str(key.value) if isinstance(key, nodes.Const) else None


def _is_record(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == "record"


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        if is_template(value):
            yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def placeholders(path: str) -> list[str]:
    """The fields in a path template, such as ``InvoiceID`` or ``Contact.ContactID``."""
    return _PLACEHOLDER.findall(path)


def render_path(path: str, record: Record, setting: str = "path") -> str:
    """Renders a path with the record's values, percent-encoded.

    Args:
        path: The template.
        record: The record.
        setting: The name of the setting, for error messages.

    Raises:
        InvalidRecordError: The record does not have a field that the path needs.
    """
    if is_template(path):
        return str(render(path, record, setting))

    def value(match: re.Match[str]) -> str:
        found: Any = record
        for part in match[1].split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if found in (None, ""):
            problem = f"the path {path} needs {match[1]}, which the record does not have"
            raise InvalidRecordError([problem])
        return quote(str(found), safe="")

    return _PLACEHOLDER.sub(value, path)
