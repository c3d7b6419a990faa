"""The ``where`` parameter: parsed by a grammar, checked by type, evaluated on records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from lark import Lark, Token, Tree
from lark.exceptions import LarkError

from xero_sandbox.http.responses import invalid_query
from xero_sandbox.model.organisation import Json, Record
from xero_sandbox.reading.field_paths import value_at
from xero_sandbox.reading.fields import FieldType, resolve

Evaluate = Callable[[Record], Any]
_EQUALITY = frozenset({"==", "!="})
_OPERATORS = {"=": "==", "<>": "!="}
_COMPARABLE = frozenset({FieldType.NUMBER, FieldType.DATE})
_CONSTANTS = {"true": True, "false": False}
_MATCHING = frozenset({"contains", "startswith", "endswith"})
_CASING = frozenset({"tolower", "toupper"})


@dataclass(frozen=True)
class FieldUse:
    """One field that a filter compares, for the high-volume rule (xero-facts.md: Paging).

    Attributes:
        path: The field.
        operator: A comparison, or the name of a method.
        alternative: Whether it is part of an ``OR``.
    """

    path: str
    operator: str
    alternative: bool


@dataclass(frozen=True)
class Term:
    """A part of a filter.

    Attributes:
        kind: Its type; None for ``null``.
        evaluate: Gives its value for a record.
        path: Its field, if it is one.
        method: The method that changes the field's case, if any.
    """

    kind: FieldType | None
    evaluate: Evaluate
    path: str = ""
    method: str = ""


@dataclass(frozen=True)
class Filter:
    """A parsed ``where``."""

    matches: Callable[[Record], bool]
    uses: tuple[FieldUse, ...]


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    return Lark.open("where.lark", rel_to=__file__, parser="lalr", maybe_placeholders=False)


def parse_where(entity: str, text: str) -> Filter:
    """Parses a ``where`` for an entity.

    Raises:
        HttpError: 400 QueryParseException, number 16 (xero-facts.md: Paging).
    """
    try:
        tree = _grammar().parse(text)
    except LarkError as error:
        column = getattr(error, "column", "the end")
        message = f"Syntax error in where at {column}: {text}"
        raise invalid_query(message) from None
    compiler = _Compiler(entity)
    term = compiler.term(tree, alternative=False)
    if term.kind is not FieldType.FLAG:
        message = "Expression of type 'Boolean' expected"
        raise invalid_query(message)
    return Filter(lambda record: bool(term.evaluate(record)), tuple(compiler.uses))


class _Compiler:
    """Turns a syntax tree into terms, and lists the fields that it uses."""

    def __init__(self, entity: str) -> None:
        self._entity = entity
        self.uses: list[FieldUse] = []

    def term(self, tree: Tree[Token] | Token, *, alternative: bool) -> Term:
        """The term of any node."""
        kind = str(tree.data) if isinstance(tree, Tree) else ""
        children: list[Any] = tree.children if isinstance(tree, Tree) else []
        if kind in _LITERALS:
            return _LITERALS[kind](children)
        if kind in ("either", "both"):
            return self._combined(kind, children, alternative=alternative or kind == "either")
        if kind == "inverse":
            inner = self._flag(children[1], alternative=alternative)
            return Term(FieldType.FLAG, lambda record: not inner.evaluate(record))
        if kind == "comparison":
            return self._compared(children, alternative=alternative)
        if kind == "method":
            return self._method(children, alternative=alternative)
        return self._field(_dotted(tree), alternative=alternative)

    def _flag(self, tree: Tree[Token] | Token, *, alternative: bool) -> Term:
        term = self.term(tree, alternative=alternative)
        if term.kind is not FieldType.FLAG:
            message = "Expression of type 'Boolean' expected"
            raise invalid_query(message)
        return term

    def _combined(self, kind: str, children: list[Any], *, alternative: bool) -> Term:
        parts = [
            self._flag(child, alternative=alternative)
            for child in children
            if not isinstance(child, Token)
        ]
        every = any if kind == "either" else all
        return Term(FieldType.FLAG, lambda record: every(part.evaluate(record) for part in parts))

    def _field(self, path: str, *, alternative: bool) -> Term:
        lowered = path.lower()
        if lowered == "null":
            return Term(None, lambda _record: None)
        if lowered in _CONSTANTS:
            return _constant(FieldType.FLAG, _CONSTANTS[lowered])
        # .Value and .HasValue belong to C#'s nullable types, not to the record.
        stem, _, last = path.rpartition(".")
        if stem and last.lower() == "value":
            return self._field(stem, alternative=alternative)
        if stem and last.lower() == "hasvalue":
            inner = self._field(stem, alternative=alternative)
            return Term(FieldType.FLAG, lambda record: inner.evaluate(record) is not None)
        found = resolve(self._entity, path)
        if found is None:
            message = f"No property or field '{path}' exists in type '{self._entity[:-1]}'"
            raise invalid_query(message)
        spelled, kind = found
        if kind is FieldType.FLAG:
            self.uses.append(FieldUse(spelled, "==", alternative))
        return Term(kind, lambda record: _comparable(value_at(record, spelled)), spelled)

    def _compared(self, children: list[Any], *, alternative: bool) -> Term:
        left = self.term(children[0], alternative=alternative)
        operator = _OPERATORS.get(str(children[1]), str(children[1]))
        right = self.term(children[2], alternative=alternative)
        kinds = {left.kind, right.kind} - {None}
        fits = len(kinds) == 1 and (operator in _EQUALITY or kinds <= _COMPARABLE)
        if (None in (left.kind, right.kind) and operator not in _EQUALITY) or not fits:
            names = [term.kind.value if term.kind else "Object" for term in (left, right)]
            message = (
                f"Operator '{children[1]}' incompatible with operand types "
                f"'{names[0]}' and '{names[1]}'"
            )
            raise invalid_query(message)
        for term in (left, right):
            if term.path:
                operation = term.method or operator
                self.uses.append(FieldUse(term.path, operation, alternative))
        return Term(FieldType.FLAG, _comparison(operator, left.evaluate, right.evaluate))

    def _method(self, children: list[Any], *, alternative: bool) -> Term:
        name, arguments = str(children[1]), _arguments(children[1:])
        if _dotted(children[0]).lower() == "datetime" and name.lower() == "parse":
            return _literal_call("DateTime.Parse", arguments)
        target = self.term(children[0], alternative=alternative)
        lowered = name.lower()
        if target.kind is FieldType.STRING and lowered in _CASING and not arguments:
            return Term(
                FieldType.STRING,
                lambda record: _cased(target.evaluate(record), lowered),
                target.path,
                lowered,
            )
        if target.kind is FieldType.STRING and lowered in _MATCHING and len(arguments) == 1:
            part = self.term(arguments[0], alternative=alternative)
            if part.kind is FieldType.STRING:
                self.uses.append(FieldUse(target.path, lowered, alternative))
                return Term(FieldType.FLAG, _matching(lowered, target.evaluate, part.evaluate))
        owner = target.kind.value if target.kind else "Object"
        message = f"No applicable method '{name}' exists in type '{owner}'"
        raise invalid_query(message)


def _arguments(children: list[Any]) -> list[Any]:
    if len(children) > 1 and isinstance(children[1], Tree):
        return list(children[1].children)
    return []


def _dotted(tree: Tree[Token] | Token) -> str:
    if isinstance(tree, Tree) and tree.data == "member":
        return f"{_dotted(tree.children[0])}.{tree.children[1]}"
    if isinstance(tree, Tree) and tree.data == "name":
        return str(tree.children[0])
    return ""


def _constant(kind: FieldType, value: Json) -> Term:
    constant = _comparable(value)
    return Term(kind, lambda _record: constant)


def _literal_call(name: str, arguments: list[Any]) -> Term:
    """``DateTime(2026, 1, 31)``, ``DateTime.Parse("2026-01-31")``, ``Guid("…")``."""
    values = [_argument(argument) for argument in arguments if isinstance(argument, Tree)]
    try:
        if name.lower() == "datetime":
            moment = datetime(*(int(value) for value in values), tzinfo=timezone.utc)  # type: ignore[arg-type, misc]  # a wrong number of arguments is a TypeError
            return _constant(FieldType.DATE, moment)
        if name == "DateTime.Parse":
            return _constant(FieldType.DATE, datetime.fromisoformat(values[0].replace("Z", "")))
        if name.lower() == "guid":
            return _constant(FieldType.GUID, str(UUID(values[0])))
    except (ValueError, TypeError, IndexError):
        message = f"{name}({', '.join(values)}) is not a value"
        raise invalid_query(message) from None
    message = f"No function '{name}' exists"
    raise invalid_query(message)


def _argument(argument: Tree[Token]) -> str:
    return _text(argument.children) if argument.data == "text" else str(argument.children[0])


def _text(children: list[Any]) -> str:
    """A text without its quotes; a doubled quote is one (xero-facts.md: Paging)."""
    return str(children[0])[1:-1].replace('""', '"')


def _comparable(value: Json) -> Json:
    """A value for comparisons: text without case, dates as instants."""
    if isinstance(value, str):
        return value.casefold()
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=timezone.utc)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=timezone.utc)
    return value


def _comparison(operator: str, left: Evaluate, right: Evaluate) -> Evaluate:
    def equal(record: Record) -> bool:
        return bool(left(record) == right(record))

    def unequal(record: Record) -> bool:
        return bool(left(record) != right(record))

    def ranged(record: Record) -> bool:
        smaller, larger = left(record), right(record)
        if smaller is None or larger is None:
            return False
        if operator.startswith(">"):
            smaller, larger = larger, smaller
        return bool(smaller <= larger if operator.endswith("=") else smaller < larger)

    return {"==": equal, "!=": unequal}.get(operator, ranged)


def _cased(value: str | None, method: str) -> str | None:
    # Comparisons ignore case anyway; the method matters to the high-volume rule only.
    return None if value is None else (value.lower() if method == "tolower" else value.casefold())


def _matching(method: str, target: Evaluate, part: Evaluate) -> Evaluate:
    def matches(record: Record) -> bool:
        value, wanted = target(record), part(record)
        if value is None or wanted is None:
            return False
        if method == "contains":
            return bool(wanted in value)
        if method == "startswith":
            return bool(value.startswith(wanted))
        return bool(value.endswith(wanted))

    return matches


_LITERALS: Mapping[str, Callable[[list[Any]], Term]] = {
    "function": lambda children: _literal_call(str(children[0]), _arguments(children)),
    "text": lambda children: _constant(FieldType.STRING, _text(children)),
    "number": lambda children: _constant(FieldType.NUMBER, Decimal(str(children[0]).rstrip("mM"))),
}
