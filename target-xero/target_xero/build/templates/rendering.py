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
from target_xero.build.templates.environment import PathEnvironment, payload_environment
from xero_client.json_value import Json

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w.]*)\}")

_environment = payload_environment()
_path_environment = PathEnvironment()
_compiled = lru_cache(maxsize=512)(_environment.renderer)
_compiled_path = lru_cache(maxsize=512)(_path_environment.text_renderer)


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
        return _rendered(_compiled, value, record, setting)
    if isinstance(value, Mapping):
        return {name: render(inner, record, f"{setting}.{name}") for name, inner in value.items()}
    if isinstance(value, list):
        return [render(inner, record, setting) for inner in value]
    return value


def _rendered(
    compiled: Callable[[str], Callable[[Mapping[str, Any]], Any]],
    text: str,
    record: Record,
    setting: str,
) -> Json:
    try:
        return compiled(text)({"record": record})
    except Exception as error:  # noqa: BLE001  # a template may raise anything: '{a}'.format()
        problem = f"the template {text!r} of {setting} cannot be rendered: {_text(error)}"
        raise InvalidRecordError([problem]) from None


def _text(error: Exception) -> str:
    if isinstance(error, jinja2.TemplateError):
        return error.message or str(error)
    if isinstance(error, (TypeError, ValueError)):
        return str(error)
    return f"{type(error).__name__} {error}".strip()


def syntax_problem(value: Json, setting: str) -> str | None:
    """What is wrong with the syntax of a template in a setting's value; None if it is valid."""
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


def render_path(
    path: str,
    record: Record,
    checked_segment: Callable[[str, object], str],
    setting: str = "path",
) -> str:
    """Renders a path with the record's values, percent-encoded.

    Args:
        path: The template.
        record: The record.
        checked_segment: Gives the text of a field's value, or raises an InvalidRecordError.
        setting: The name of the setting, for error messages.

    Raises:
        InvalidRecordError: The record does not have a field that the path needs.
    """
    if is_template(path):
        return str(_rendered(_compiled_path, path, record, setting))

    def value(match: re.Match[str]) -> str:
        found: Any = record
        for part in match[1].split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if found in (None, ""):
            problem = f"the path {path} needs {match[1]}, which the record does not have"
            raise InvalidRecordError([problem])
        field = match[1].rpartition(".")[2]
        return quote(checked_segment(field, found), safe="")

    return _PLACEHOLDER.sub(value, path)
