"""Names that people write: what counts in them, and the nearest known one, for error messages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

# difflib's measure of likeness, from 0 to 1. Below it, a name is not a misspelling of another.
LIKENESS = 0.6

_NOT_A_LETTER = re.compile(r"[\W_]")
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_FIRST_WORD = re.compile(r"[^\W_]+?(?=[A-Z][a-z]|[\W_]|$)")


def is_guid(text: str) -> bool:
    """Whether a text is spelled like an id of Xero's."""
    return _GUID.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def normalized_name(name: str) -> str:
    """A name in lower case, without spaces, underscores and other punctuation."""
    return _NOT_A_LETTER.sub("", name).casefold()


def nearest_name(
    name: str, known: Iterable[str], likeness: float = LIKENESS, *, same_word: float = 0
) -> str | None:
    """The known name that is spelled most like ``name``; None if none is like it.

    Case, spaces, underscores and other punctuation do not count.

    Args:
        name: The name that does not exist.
        known: The names that exist.
        likeness: How like the names must be, from 0 to 1.
        same_word: What is added if both names begin with the same word: ``UnitPrice`` is more like
            ``UnitAmount`` than other names of its length.
    """
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(normalized_name(name))
    first_word = _first_word(name)
    best, nearest = likeness, None
    for other in known:
        matcher.set_seq1(normalized_name(other))
        bonus = same_word if _first_word(other) == first_word else 0
        # The quick ratio is never less than the ratio itself.
        if matcher.quick_ratio() + bonus < best:
            continue
        ratio = matcher.ratio() + bonus
        if ratio > best or (nearest is None and ratio == best):
            best, nearest = ratio, other
    return nearest


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``: did you mean 'dry_run'?`` with the nearest known name; an empty text without one."""
    nearest = nearest_name(name, known)
    return f": did you mean {nearest!r}?" if nearest is not None else ""


def _first_word(name: str) -> str:
    match = _FIRST_WORD.search(name)
    return match[0].casefold() if match else ""
