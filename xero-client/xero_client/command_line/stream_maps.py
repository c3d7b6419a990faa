"""The setting ``stream_maps`` of singer-sdk: what is wrong with it, and exact numbers in it.

The client does not import singer-sdk, so the names of its options stand here.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from xero_client.errors import SettingsError
from xero_client.names import did_you_mean

MAP_OPTIONS = ("__alias__", "__else__", "__filter__", "__key_properties__", "__source__")
_NOTHING = (None, "__NULL__")

Operator = Callable[..., Any]
Operators = dict[type[ast.AST], Operator]

_COMPUTING: Operators = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARING = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_SEARCHING = (ast.In, ast.NotIn)
# Decimals round these of negative numbers in another way, or cannot compute them exactly.
_FLOATING = (ast.Mod, ast.FloorDiv, ast.Pow)


def hides(field: str, expression: object) -> bool:
    """Whether a part of a stream map hides a field."""
    return field not in MAP_OPTIONS and expression in _NOTHING


def check_map_options(stream_maps: Mapping[str, Any]) -> None:
    """Checks the names of options, and that no expression is empty.

    A misspelled ``__filtr__`` would make a column, and filter nothing.

    Args:
        stream_maps: The setting.

    Raises:
        SettingsError: One is wrong.
    """
    for name, stream_map in stream_maps.items():
        setting = f"Setting 'stream_maps.{name}'"
        for field, expression in stream_map.items() if isinstance(stream_map, dict) else ():
            if field.startswith("__") and field.endswith("__") and field not in MAP_OPTIONS:
                hint = did_you_mean(field, MAP_OPTIONS)
                message = f"{setting} has {field!r}, which is not an option of stream maps{hint}"
                raise SettingsError(message)
            if isinstance(expression, str) and not expression.strip():
                message = f"{setting} has an empty text for {field!r}: to hide it, set it to null"
                raise SettingsError(message)


def compute_exactly(stream_maps: Iterable[object]) -> None:
    """Makes the expressions of stream maps compute with decimals in place of binary fractions.

    The numbers of records are decimals, but those in an expression are not: ``amount * 1.15``
    would fail, ``amount == 0.1`` would never be true, and ``3 * 1.15`` would be 3.4499999999999997.
    ``%``, ``//`` and ``**`` with a binary fraction compute with binary fractions.

    Args:
        stream_maps: The maps; those without expressions stay as they are.
    """
    for stream_map in stream_maps:
        evaluator: Any = getattr(stream_map, "expr_evaluator", None)
        # The target registers a stream again when its schema changes, and may keep its maps.
        if evaluator is not None and not isinstance(evaluator.operators, _ExactOperators):
            evaluator.operators = _exact_operators(evaluator.operators)


class _ExactOperators(Operators):
    """Operators that ``compute_exactly`` has made."""


def _exact_operators(plain: Mapping[type[ast.AST], Operator]) -> _ExactOperators:
    operators = _ExactOperators(plain)
    operators.update({node: _exact(plain[node], exact) for node, exact in _COMPUTING.items()})
    operators.update({node: _exact(plain[node], plain[node]) for node in _COMPARING})
    operators.update({node: _searching(plain[node]) for node in _SEARCHING})
    operators.update({node: _floating(plain[node]) for node in _FLOATING})
    return operators


def _exact(plain: Operator, exact: Operator) -> Operator:
    def applied(left: Any, right: Any) -> Any:  # noqa: ANN401  # any values
        if isinstance(left, float) or isinstance(right, float):
            return exact(_decimal(left), _decimal(right))
        return plain(left, right)

    return applied


def _searching(plain: Operator) -> Operator:
    def applied(left: Any, right: Any) -> Any:  # noqa: ANN401  # any values
        if isinstance(right, (list, tuple)):
            return plain(_decimal(left), [_decimal(each) for each in right])
        return plain(left, right)

    return applied


def _floating(plain: Operator) -> Operator:
    def applied(left: Any, right: Any) -> Any:  # noqa: ANN401  # any values
        if {type(left), type(right)} == {float, Decimal}:
            return plain(float(left), float(right))
        return plain(left, right)

    return applied


def _decimal(value: Any) -> Any:  # noqa: ANN401  # any value
    return Decimal(repr(value)) if isinstance(value, float) else value
