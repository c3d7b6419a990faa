"""The nearest known name to one that does not exist, for error messages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

# difflib's measure of likeness, from 0 to 1. Below it, a name is not a misspelling of another.
LIKENESS = 0.6

_NOT_A_LETTER = re.compile(r"[\W_]")


def nearest_name(name: str, known: Iterable[str], likeness: float = LIKENESS) -> str | None:
    """The known name that is spelled most like ``name``; None if none is like it.

    Case, spaces, underscores and other punctuation do not count.

    Args:
        name: The name that does not exist.
        known: The names that exist.
        likeness: How like the names must be, from 0 to 1.
    """
    by_letters: dict[str, str] = {}
    for other in known:
        by_letters.setdefault(_letters(other), other)
    found = get_close_matches(_letters(name), by_letters, n=1, cutoff=likeness)
    return by_letters[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``: did you mean 'dry_run'?`` with the nearest known name; an empty text without one."""
    nearest = nearest_name(name, known)
    return f": did you mean {nearest!r}?" if nearest is not None else ""


def _letters(name: str) -> str:
    return _NOT_A_LETTER.sub("", name).casefold()
