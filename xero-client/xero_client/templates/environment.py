"""The Jinja environment of the settings' templates: exact decimals, bounded in time and size.

Numbers are decimals, literals too, so that ``record.amount * 1.15`` is exact. A template cannot run
for long or fill the memory: only methods whose results are not long are available, statements that
call themselves are refused, loops are counted, and the length of every text is checked before or
just after it is made.
"""

from __future__ import annotations

import operator as operators
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import wraps
from types import FunctionType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.parser import Parser
from jinja2.runtime import Context as TemplateContext
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from xero_client.http import wire
from xero_client.json_value import Json
from xero_client.templates.limits import (
    MAX_COUNT,
    MAX_TEMPLATE_LENGTH,
    TemplateLimitError,
    bounded_elements,
    check_elements,
    check_format,
    check_joined,
    check_length,
    check_method,
    checked,
    counted_loop,
    one_rendering,
)
from xero_client.templates.numbers import ARITHMETIC, computed, is_number, rounded, to_number

_ONE_EXPRESSION = re.compile(r"^\s*\{\{((?:(?!\}\}|\{\{).)*)\}\}\s*$", re.DOTALL)

# Filters that go through their input, element by element.
# fmt: off
_ITERATING = (
    "dictsort", "groupby", "items", "join", "list", "map", "max", "min", "reject", "rejectattr",
    "reverse", "select", "selectattr", "sort", "sum", "unique",
)
# The others, whose result is not much longer than what they are given.
_FILTERS = (
    "abs", "capitalize", "count", "d", "default", "first", "format", "int", "last", "length",
    "lower", "replace", "string", "title", "trim", "truncate", "upper", "urlencode",
)
# Methods that templates can call, by the type that has them.
_METHODS: dict[type, frozenset[str]] = {
    str: frozenset((
        "capitalize", "casefold", "center", "count", "endswith", "find", "index", "isalnum",
        "isalpha", "isdecimal", "isdigit", "islower", "isnumeric", "isspace", "istitle", "isupper",
        "join", "ljust", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "replace",
        "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines",
        "startswith", "strip", "swapcase", "title", "upper", "zfill",
    )),
    dict: frozenset(("get", "items", "keys", "values")),
    list: frozenset(("count", "index")),
    tuple: frozenset(("count", "index")),
    date: frozenset((
        "astimezone", "date", "isocalendar", "isoformat", "isoweekday", "replace", "strftime",
        "time", "timestamp", "weekday",
    )),
    LoopContext: frozenset(("changed", "cycle")),
}
# fmt: on
_REFUSED: dict[type[nodes.Node], str] = {
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "import",
    nodes.Extends: "extends",
    nodes.Block: "block",
    nodes.AssignBlock: "set without =",
    nodes.FilterBlock: "filter",
}
_OF_DATES: dict[str, Callable[[Any, Any], Any]] = {"+": operators.add, "-": operators.sub}


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox for the templates of settings."""

    intercepted_binops = frozenset(ARITHMETIC)

    def __init__(self, filters: Mapping[str, Callable[..., Any]] | None = None) -> None:
        """Creates the environment.

        Args:
            filters: Filters beside those that all templates have.
        """
        super().__init__(undefined=jinja2.StrictUndefined, finalize=_plain)
        own: dict[str, Callable[..., Any]] = {
            name: _bounded(self.filters[name], name) for name in (*_FILTERS, *_ITERATING)
        }
        own |= {"number": to_number, "float": to_number, "round": rounded, "tojson": _to_json}
        self.filters = {
            **own,
            **(filters or {}),
            "bounded_loop": counted_loop,
            "bounded_text": checked,
            "plain": _plain,
        }
        self.globals = {"range": _bounded_range}

    def renderer(self, text: str) -> Callable[[Mapping[str, Any]], Any]:
        """A function of the variables that renders a template.

        A single expression keeps its type: a list stays a list, and a decimal stays exact.

        Raises:
            TemplateSyntaxError: The template is invalid.
        """
        if match := _ONE_EXPRESSION.match(text):
            self._check_size(text)
            return self._expression(match[1])
        return self.text_renderer(text)

    def text_renderer(self, text: str) -> Callable[[Mapping[str, Any]], str]:
        """A function of the variables that renders a template as a text.

        Raises:
            TemplateSyntaxError: The template is invalid.
        """
        self._check_size(text)
        template = self.from_string(text)

        def rendered(variables: Mapping[str, Any]) -> str:
            pieces: list[str] = []
            length = 0
            with one_rendering():
                for piece in template.generate(variables):
                    pieces.append(piece)
                    length += len(piece)
                    check_length(length)
            return "".join(pieces)

        return rendered

    @staticmethod
    def _check_size(text: str) -> None:
        if len(text) > MAX_TEMPLATE_LENGTH:
            message = f"it has more than {MAX_TEMPLATE_LENGTH:,} characters"
            raise jinja2.TemplateSyntaxError(message, 1)

    def _expression(self, source: str) -> Callable[[Mapping[str, Any]], Any]:
        target = nodes.Name("result", "store", lineno=1)
        body: list[nodes.Node] = [nodes.Assign(target, self._parsed(source), lineno=1)]
        template = self.from_string(nodes.Template(body, lineno=1))

        def value(variables: Mapping[str, Any]) -> Any:  # noqa: ANN401  # of any type
            context = template.new_context(dict(variables))
            with one_rendering():
                for _ in template.root_render_func(context):
                    pass
                result = context.vars["result"]
                if isinstance(result, jinja2.Undefined):
                    str(result)  # a StrictUndefined raises here, and names what is missing
                return checked(result)

        return value

    def _parsed(self, source: str) -> nodes.Expr:
        parser = Parser(self, source, state="variable")
        expression = parser.parse_expression()
        if not parser.stream.eos:
            parser.fail("there is something after the expression")
        return expression

    def _generate(self, source: nodes.Template, *arguments: Any, **options: Any) -> str:  # noqa: ANN401  # jinja2's own
        """Compiles a syntax tree, after its numbers, loops and texts were made safe."""
        for refused in source.find_all(tuple(_REFUSED)):
            name = _REFUSED[type(refused)]
            message = f"{name!r} is not available in the templates of settings"
            raise jinja2.TemplateSyntaxError(message, refused.lineno)
        for loop in source.find_all(nodes.For):
            if loop.recursive:
                message = "a recursive loop is not available in the templates of settings"
                raise jinja2.TemplateSyntaxError(message, loop.lineno)
            loop.iter = _filtered(loop.iter, "bounded_loop")
        _replace_inside(source)
        return super()._generate(source, *arguments, **options)

    def call_binop(self, context: TemplateContext, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401, ARG002  # any values
        """Computes with decimals, and bounds the length of texts, lists and numbers."""
        if is_number(left) and is_number(right):
            return computed(operator, left, right)
        if operator == "*":
            count, repeated = (left, right) if isinstance(left, int) else (right, left)
            if isinstance(count, int) and isinstance(repeated, str):
                check_length(max(count, 0) * len(repeated))
                return repeated * count
        if operator == "%" and isinstance(left, str):
            check_format(left, right if isinstance(right, tuple) else [right])
            return left % right
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return checked(left + right)
        if operator == "+" and isinstance(left, list) and isinstance(right, list):
            check_elements(len(left) + len(right))
            return left + right
        if operator in _OF_DATES and any(isinstance(each, date) for each in (left, right)):
            return _OF_DATES[operator](left, right)
        names = f"{type(left).__name__} and {type(right).__name__}"
        message = f"{operator} cannot be used with {names}; make a number of a text with | number"
        raise TypeError(message)

    def wrap_str_format(self, value: Any) -> Any:  # noqa: ANN401  # any method
        """A format method of a text, as the sandbox calls it."""
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None
        text: str = value.__self__
        if value.__name__ != "format":
            return _unavailable(value.__name__)

        def bounded(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # any values
            check_format(text, [*args, *kwargs.values()])
            return checked(wrapped(*args, **kwargs))

        return bounded

    def call(
        self,
        context: TemplateContext,
        function: Any,  # noqa: ANN401  # anything that can be called
        /,
        *args: Any,  # noqa: ANN401  # any values
        **kwargs: Any,  # noqa: ANN401  # the same
    ) -> Any:  # noqa: ANN401  # the same
        """Calls a function or method, if it is available and its result cannot be too large."""
        owner = getattr(function, "__self__", None)
        name = str(getattr(function, "__name__", type(function).__name__))
        if owner is None and not isinstance(function, (FunctionType, jinja2.Undefined)):
            _unavailable(name)()
        if owner is not None and not any(
            isinstance(owner, kind) and name in names for kind, names in _METHODS.items()
        ):
            _unavailable(name)()
        if isinstance(owner, str):
            if name == "join" and args:
                values = list(bounded_elements(args[0]))
                check_joined(owner, values)
                args = (values, *args[1:])
            check_method(owner, name, [*args, *kwargs.values()])
        return checked(super().call(context, function, *args, **kwargs))


def _unavailable(name: str) -> Callable[..., Any]:
    def refuse(*_args: Any, **_kwargs: Any) -> Any:  # noqa: ANN401  # any values
        message = f"{name} is not available in the templates of settings"
        raise TypeError(message)

    return refuse


def _to_json(value: Json) -> str:
    return wire.encode(value).decode()


def _plain(value: Json) -> Json:
    """A decimal as its digits, without an exponent; anything else as it is."""
    return f"{value:f}" if isinstance(value, Decimal) else value


def _bounded(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A filter of jinja2 whose input, arguments and result are checked."""
    # With jinja2's own first arguments, such as the context, the input comes later.
    offset = 1 if hasattr(function, "jinja_pass_arg") else 0

    @wraps(function)
    def bounded(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # any values
        before, value, after = args[:offset], args[offset], args[offset + 1 :]
        if name in _ITERATING:
            value = bounded_elements(value)
        if name == "join":
            value = list(value)
            check_joined(str(after[0] if after else kwargs.get("d", "")), value)
        if name == "format":
            check_format(str(value), [*after, *kwargs.values()])
        if isinstance(value, str):
            check_method(value, name, [*after, *kwargs.values()])
        return checked(function(*before, value, *after, **kwargs))

    return bounded


def _bounded_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MAX_COUNT:
        message = f"a range has more than {MAX_COUNT:,} numbers"
        raise TemplateLimitError(message)
    return numbers


# Syntax trees


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _replace_inside(parent: nodes.Node) -> None:
    """Replaces literal numbers by decimals, and checks every text that ``~`` joins."""
    for name in parent.fields:
        value = getattr(parent, name)
        if isinstance(value, list):
            setattr(parent, name, [_replaced(each) for each in value])
        else:
            setattr(parent, name, _replaced(value))


def _replaced(node: Any) -> Any:  # noqa: ANN401  # a node, or a plain value in one
    if not isinstance(node, nodes.Node):
        return node
    _replace_inside(node)
    if isinstance(node, nodes.Const) and isinstance(node.value, float):
        return _filtered(nodes.Const(repr(node.value), lineno=node.lineno), "number")
    if isinstance(node, nodes.Concat):
        node.nodes = [_filtered(each, "plain") for each in node.nodes]
        return _filtered(node, "bounded_text")
    return node
