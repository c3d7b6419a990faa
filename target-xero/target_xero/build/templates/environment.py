"""The Jinja environment of the settings' templates: exact decimals, bounded in time and size.

Numbers are decimals, literals too, so that ``record.amount * 1.15`` is exact. A template cannot run
for long or fill the memory: statements that call themselves are refused, loops are counted, and the
length of every text is checked before or just after it is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import wraps
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.parser import Parser
from jinja2.runtime import Context as TemplateContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from target_xero.build.decimal_commas import with_decimal_point
from xero_client.http import wire
from xero_client.json_value import Json

MAX_TEMPLATE_LENGTH = 20_000
MAX_LENGTH = 1_000_000
MAX_COUNT = 10_000
MAX_LOOPS = 100_000
MAX_DIGITS = 100
MAX_EXPONENT = 100
LOOP_BUDGET = "loop_budget"

# Filters whose result is not longer than what they are given; ``replace``, ``join``, ``format`` and
# ``map`` are checked.
# fmt: off
_FILTERS = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "first", "format",
    "groupby", "int", "items", "join", "last", "length", "list", "lower",
    "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "select",
    "selectattr", "sort", "string", "sum", "title", "trim", "truncate", "unique",
    "upper", "urlencode",
)
# fmt: on
_REFUSED = (
    nodes.Macro,
    nodes.CallBlock,
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Extends,
    nodes.Block,
)
# A width of four digits, or one that an argument gives.
_WIDE_FORMAT = re.compile(r"\d{4}|\*|\{[^}]*\{")
_EXACT = Context(prec=2 * MAX_DIGITS)
_ROUNDING = {"common": ROUND_HALF_UP, "ceil": ROUND_CEILING, "floor": ROUND_FLOOR}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": _EXACT.add,
    "-": _EXACT.subtract,
    "*": _EXACT.multiply,
    "/": Context().divide,
    "//": _EXACT.divide_int,
    "%": _EXACT.remainder,
    "**": Context().power,
}


class TemplateLimitError(jinja2.TemplateError):
    """A template takes too long, or makes too much."""


class LoopBudget:
    """Counts the passes through all loops of one rendering."""

    def __init__(self) -> None:
        self._left = MAX_LOOPS

    def spend(self) -> None:
        """Takes one pass.

        Raises:
            TemplateLimitError: None is left.
        """
        self._left -= 1
        if self._left < 0:
            message = f"its loops run more than {MAX_LOOPS:,} times"
            raise TemplateLimitError(message)


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox for templates over one record."""

    intercepted_binops = frozenset(_ARITHMETIC)

    def __init__(self) -> None:
        super().__init__(undefined=jinja2.StrictUndefined, finalize=_plain)
        available = {name: _bounded(self.filters[name]) for name in _FILTERS}
        available |= {"number": to_number, "float": to_number, "round": _round}
        available["tojson"] = _to_json
        self.filters = {
            **available,
            "bounded_loop": _bounded_loop,
            "bounded_text": _checked_length,
            "plain": _plain,
        }
        self.globals = {"range": _bounded_range}

    def parse_expression(self, source: str) -> nodes.Expr:
        """The syntax tree of one expression.

        Raises:
            TemplateSyntaxError: It is not an expression.
        """
        parser = Parser(self, source, state="variable")
        expression = parser.parse_expression()
        if not parser.stream.eos:
            parser.fail("there is something after the expression")
        return expression

    def compile_one(self, source: str) -> Callable[[Any], Any]:
        """A function of the record that gives the expression's value, in its own type.

        Raises:
            TemplateSyntaxError: It is not an expression.
        """
        target = nodes.Name("result", "store", lineno=1)
        body: list[nodes.Node] = [nodes.Assign(target, self.parse_expression(source), lineno=1)]
        template = self.from_string(nodes.Template(body, lineno=1))

        def value(record: Json) -> Json:
            variables = template.new_context({"record": record, LOOP_BUDGET: LoopBudget()})
            for _ in template.root_render_func(variables):
                pass
            return variables.vars["result"]

        return value

    def _generate(self, source: nodes.Template, *arguments: Any, **options: Any) -> str:  # noqa: ANN401  # jinja2's own
        """Compiles a syntax tree, after its numbers, loops and texts were made safe."""
        for refused in source.find_all(_REFUSED):
            name = type(refused).__name__.lower()
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
        if _is_number(left) and _is_number(right):
            return _computed(operator, left, right)
        if operator == "*":
            count, repeated = (left, right) if isinstance(left, int) else (right, left)
            if isinstance(count, int) and isinstance(repeated, str):
                _check_length(count * len(repeated))
                return repeated * count
        if operator == "%" and isinstance(left, str):
            _check_format(left)
            return left % right
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return _checked_length(left + right)
        if operator == "+" and isinstance(left, list) and isinstance(right, list):
            _check_length((len(left) + len(right)) * MAX_LENGTH // MAX_COUNT)
            return left + right
        names = f"{type(left).__name__} and {type(right).__name__}"
        message = f"{operator} cannot be used with {names}; make a number of a text with | number"
        raise TypeError(message)

    def wrap_str_format(self, value: Any) -> Any:  # noqa: ANN401  # any method
        """A format method of a text, as the sandbox calls it."""
        wrapped = super().wrap_str_format(value)
        if wrapped is not None:
            _check_format(value.__self__)
        return wrapped

    def call(
        self,
        context: TemplateContext,
        function: Any,  # noqa: ANN401  # anything that can be called
        /,
        *args: Any,  # noqa: ANN401  # any values
        **kwargs: Any,  # noqa: ANN401  # the same
    ) -> Any:  # noqa: ANN401  # the same
        """Calls a function or method, if its result cannot be too large."""
        text = getattr(function, "__self__", None)
        _check_arguments(text, getattr(function, "__name__", ""), args, kwargs)
        return _checked_length(super().call(context, function, *args, **kwargs))


def to_number(value: Json, decimal_comma: bool = False) -> Decimal | int:  # noqa: FBT001, FBT002  # a filter of Jinja
    """A number: ``Decimal`` and whole numbers as they are, a text as its decimal.

    Args:
        value: Any value of a record.
        decimal_comma: Whether texts are written like ``1.234,56``.

    Raises:
        ValueError: It is not a number.
    """
    if isinstance(value, float):
        return Decimal(repr(value))
    if _is_number(value):
        number: Decimal | int = value
        return number
    try:
        text = with_decimal_point(value) if decimal_comma and isinstance(value, str) else value
        parsed = Decimal(text.strip()) if isinstance(text, str) else None
    except InvalidOperation:
        parsed = None
    if parsed is None or not parsed.is_finite() or abs(parsed.adjusted()) > MAX_DIGITS:
        expected = "1.234,50" if decimal_comma else "1234.50"
        message = f"{str(value)[:60]!r} is not a number; write it like {expected}"
        raise ValueError(message)
    return parsed


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _computed(operator: str, left: Json, right: Json) -> Json:
    if operator == "**" and abs(right) > MAX_EXPONENT:
        message = f"the exponent {right} is too large"
        raise TemplateLimitError(message)
    whole = isinstance(left, int) and isinstance(right, int)
    result = _ARITHMETIC[operator](_decimal(left), _decimal(right))
    if whole and operator in ("//", "%"):
        return left // right if operator == "//" else left % right
    if result and abs(result.adjusted()) > MAX_DIGITS:
        message = "a number becomes too large or too small"
        raise TemplateLimitError(message)
    if whole and result == result.to_integral_value():
        return int(result)
    return result


def _decimal(value: Decimal | float) -> Decimal:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if number and abs(number.adjusted()) > MAX_DIGITS:
        message = "a number is too large or too small"
        raise TemplateLimitError(message)
    return number


def _round(value: Json, precision: int = 0, method: str = "common") -> Decimal:
    """Rounds half away from zero, as amounts are rounded."""
    if method not in _ROUNDING or abs(precision) > MAX_DIGITS:
        message = f"round takes a number of places, and one of {', '.join(_ROUNDING)}"
        raise ValueError(message)
    unit = Decimal(1).scaleb(-precision)
    return Decimal(to_number(value)).quantize(unit, _ROUNDING[method], _EXACT)


def _to_json(value: Json) -> str:
    return wire.encode(value).decode()


def _plain(value: Json) -> Json:
    """A decimal as its digits, without an exponent; anything else as it is."""
    return f"{value:f}" if isinstance(value, Decimal) else value


# Lengths


def _check_length(length: int) -> None:
    if length > MAX_LENGTH:
        message = f"it makes a text or list of more than {MAX_LENGTH:,} characters or elements"
        raise TemplateLimitError(message)


def _checked_length(value: Json) -> Json:
    if isinstance(value, (str, list, tuple, dict)):
        _check_length(len(value))
    return value


def _check_format(text: str) -> None:
    if _WIDE_FORMAT.search(text):
        message = f"the format {text[:60]!r} has a width of more than three digits"
        raise TemplateLimitError(message)


def _check_arguments(text: object, name: str, args: Iterable[Any], kwargs: dict[str, Any]) -> None:
    """Checks the arguments of a method or filter: a width or a count makes a text long."""
    values = [*args, *kwargs.values()]
    if any(isinstance(value, int) and abs(value) > MAX_COUNT for value in values) and (
        isinstance(text, str)
    ):
        message = f"{name} has a number of more than {MAX_COUNT:,}"
        raise TemplateLimitError(message)
    if not isinstance(text, str):
        return
    if name == "format":
        _check_format(text)
    if name == "join" and values and isinstance(values[0], (list, tuple)):
        _check_joined(text, values[0])
    if name == "replace" and len(values) > 1:
        old, new = str(values[0]), str(values[1])
        _check_length(text.count(old) * len(new))
    if name == "expandtabs":
        _check_length(len(text) * max([8, *(v for v in values if isinstance(v, int))]))


def _check_joined(separator: str, values: Iterable[Any]) -> None:
    _check_length(sum(len(str(value)) + len(separator) for value in values))


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter of jinja2 whose arguments and result are checked."""
    # With jinja2's own first arguments, such as the context, the text comes later.
    offset = 1 if hasattr(function, "jinja_pass_arg") else 0
    name = function.__name__.removeprefix("do_").removeprefix("sync_do_")

    @wraps(function)
    def bounded(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # any values
        _check_arguments(args[offset], name, args[offset + 1 :], kwargs)
        if name == "join":
            values = list(args[offset])
            separator = str(args[offset + 1] if len(args) > offset + 1 else kwargs.get("d", ""))
            _check_joined(separator, values)
            args = (*args[:offset], values, *args[offset + 1 :])
        return _checked_length(function(*args, **kwargs))

    return bounded


def _bounded_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MAX_COUNT:
        message = f"a range has more than {MAX_COUNT:,} numbers"
        raise TemplateLimitError(message)
    return numbers


@jinja2.pass_context
def _bounded_loop(context: TemplateContext, values: Iterable[Any]) -> Iterator[Any]:
    budget: LoopBudget = context[LOOP_BUDGET]
    for value in values:
        budget.spend()
        yield value


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
