"""The words of the setting ``include``: names of streams, patterns, and words for several streams.

A word for several streams is a part of their names: ``line_items`` means ``invoice_line_items``,
``quote_line_items`` and so on, ``payroll_nz`` all streams that begin with it. ``reports`` means the
reports that take a call a month; the aged ones take a call for each contact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from fnmatch import fnmatchcase

from xero_client.entities.reports import REPORTS
from xero_client.errors import SettingsError

MONTHLY_REPORTS = frozenset(row.stream for row in REPORTS if not row.stream.endswith("_by_contact"))


def included_streams(
    words: Iterable[str], known: Collection[str], hint: Callable[[str, Collection[str]], str]
) -> list[str]:
    """The streams that the words mean, in the order of ``known``.

    Args:
        words: The setting.
        known: The names of all streams.
        hint: What an error adds to a word that means no stream, such as the nearest name.

    Raises:
        SettingsError: A word means no stream.
    """
    included: set[str] = set()
    for word in words:
        found = _matching(re.sub(r"[\s-]+", "_", word.strip().lower()), known)
        if not found:
            message = (
                f"Setting 'include' has {word!r}, which is neither a stream nor a part of the "
                f"name of one{hint(word, known)}"
            )
            raise SettingsError(message)
        included |= found
    return [name for name in known if name in included]


def _matching(word: str, known: Collection[str]) -> set[str]:
    if word in known:
        return {word}
    if word == "reports":
        return {name for name in known if name in MONTHLY_REPORTS}
    if set("*?[") & set(word):
        return {name for name in known if fnmatchcase(name, word)}
    return {name for name in known if word and f"_{word}_" in f"_{name}_"}
