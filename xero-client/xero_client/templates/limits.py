"""What a template of a setting may take: time, and the size of what it makes."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import jinja2

from xero_client.json_value import Json

MAX_TEMPLATE_LENGTH = 20_000
MAX_LENGTH = 1_000_000
MAX_ELEMENTS = 100_000
MAX_COUNT = 10_000
MAX_LOOPS = 100_000
MAX_SECONDS = 10.0
# All texts that one rendering makes.
MAX_CHARACTERS = 50_000_000
# An integer of more than 100 digits.
MAX_BITS = 333

# A width of four digits, or one that an argument gives.
_WIDE_FORMAT = re.compile(r"\d{4}|\*|\{[^}]*\{")


class TemplateLimitError(jinja2.TemplateError):
    """A template takes too long, or makes too much."""


class _Work:
    """What one rendering has done."""

    def __init__(self) -> None:
        self._loops = MAX_LOOPS
        self._characters = MAX_CHARACTERS
        self._deadline = time.monotonic() + MAX_SECONDS

    def loop(self) -> None:
        """Counts one pass through a loop."""
        self._loops -= 1
        if self._loops < 0:
            message = f"its loops run more than {MAX_LOOPS:,} times"
            raise TemplateLimitError(message)
        self._check_time()

    def make(self, characters: int) -> None:
        """Counts characters of a text."""
        self._characters -= characters
        if self._characters < 0:
            message = f"it makes more than {MAX_CHARACTERS:,} characters"
            raise TemplateLimitError(message)
        self._check_time()

    def _check_time(self) -> None:
        if time.monotonic() > self._deadline:
            message = f"it takes more than {MAX_SECONDS:g} s"
            raise TemplateLimitError(message)


_work: ContextVar[_Work | None] = ContextVar("work", default=None)


@contextmanager
def one_rendering() -> Iterator[None]:
    """Counts what the templates in the block do."""
    token = _work.set(_Work())
    try:
        yield
    finally:
        _work.reset(token)


def counted_loop(values: Iterable[Any]) -> Iterator[Any]:
    """The values of a loop.

    Raises:
        TemplateLimitError: All loops of the rendering run too often, or for too long.
    """
    work = _work.get() or _Work()
    for value in values:
        work.loop()
        yield value


def check_length(length: int) -> None:
    """Counts a text that is made.

    Raises:
        TemplateLimitError: It is too long, or all texts of the rendering are.
    """
    if length > MAX_LENGTH:
        message = f"it makes a text of more than {MAX_LENGTH:,} characters"
        raise TemplateLimitError(message)
    work = _work.get()
    if work is not None:  # None while a template is compiled
        work.make(length)


def check_elements(count: int) -> None:
    """Checks the length of a list.

    Raises:
        TemplateLimitError: It is too long.
    """
    if count > MAX_ELEMENTS:
        message = f"it makes or reads a list of more than {MAX_ELEMENTS:,} elements"
        raise TemplateLimitError(message)


def checked(value: Json) -> Json:
    """A value, if it is not too large."""
    if isinstance(value, (str, bytes)):
        check_length(len(value))
    elif isinstance(value, (list, tuple, dict)):
        check_elements(len(value))
    elif isinstance(value, int) and value.bit_length() > MAX_BITS:
        message = "a number becomes too large"
        raise TemplateLimitError(message)
    return value


def bounded_elements(values: Iterable[Any]) -> Iterable[Any]:
    """What a filter goes through, element by element.

    Raises:
        TemplateLimitError: There are too many, now or when they are read.
    """
    if isinstance(values, (str, list, tuple, dict)):
        check_elements(len(values))
        return values
    return _counted(values)


def _counted(values: Iterable[Any]) -> Iterator[Any]:
    for count, value in enumerate(values, start=1):
        check_elements(count)
        yield value


def check_format(text: str, values: Collection[Any]) -> None:
    """Checks a text whose fields are replaced by values.

    Raises:
        TemplateLimitError: The result is too long.
    """
    if _WIDE_FORMAT.search(text):
        message = f"the format {text[:60]!r} has a width of more than three digits"
        raise TemplateLimitError(message)
    longest = max((len(str(value)) for value in values), default=0)
    check_length(len(text) + (text.count("{") + text.count("%")) * (longest + MAX_COUNT // 10))


def check_joined(separator: str, values: Iterable[Any]) -> None:
    """Checks a text that is joined of values.

    Raises:
        TemplateLimitError: It is too long.
    """
    check_length(sum(len(str(value)) + len(separator) for value in values))


def check_method(text: str, name: str, values: Sequence[Any]) -> None:
    """Checks the arguments of a method of a text: a width or a count makes a text long.

    Raises:
        TemplateLimitError: The result is too long.
    """
    numbers = [value for value in values if isinstance(value, int)]
    if any(abs(number) > MAX_COUNT for number in numbers):
        message = f"{name} has a number of more than {MAX_COUNT:,}"
        raise TemplateLimitError(message)
    if name == "replace" and len(values) > 1:
        check_length(text.count(str(values[0])) * len(str(values[1])))
