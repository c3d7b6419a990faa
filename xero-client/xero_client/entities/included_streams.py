"""The words of the setting ``include``: names of streams, patterns, and words for several streams.

A word for several streams is a part of their names: ``line_items`` means ``invoice_line_items``,
``quote_line_items`` and so on. It leaves out streams that Xero does not serve to every
organisation, unless only such streams have the word, as with ``payroll_nz``. ``reports`` means the
reports that take a call a month; the aged ones take a call for each contact. ``warehouse`` means
what the dbt project in ``warehouse`` reads, without the journals, which need Xero's Advanced tier.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType

from xero_client.entities.access.scope_descriptions import APPROVAL_REQUIRED
from xero_client.entities.nested_lists import entity_of_stream
from xero_client.entities.reports import REPORTS
from xero_client.errors import SettingsError
from xero_client.names import did_you_mean

_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "reports": frozenset(
            row.stream for row in REPORTS if not row.stream.endswith("_by_contact")
        ),
        "warehouse": frozenset(
            {
                "accounts",
                "bank_transaction_line_item_tracking",
                "bank_transaction_line_items",
                "bank_transactions",
                "bank_transfers",
                "contacts",
                "credit_note_allocations",
                "credit_note_line_item_tracking",
                "credit_note_line_items",
                "credit_notes",
                "invoice_line_item_tracking",
                "invoice_line_items",
                "invoices",
                "items",
                "manual_journal_line_tracking",
                "manual_journal_lines",
                "manual_journals",
                "organisations",
                "overpayment_allocations",
                "overpayment_line_items",
                "overpayments",
                "payments",
                "prepayment_allocations",
                "prepayment_line_item_tracking",
                "prepayment_line_items",
                "prepayments",
                "tax_rate_components",
                "tax_rates",
                "tracking_categories",
                "tracking_options",
                "trial_balances",
            }
        ),
    }
)


def included_streams(words: Iterable[str], known: Collection[str]) -> list[str]:
    """The streams that the words mean, in the order of ``known``.

    Args:
        words: The setting.
        known: The names of all streams.

    Raises:
        SettingsError: A word means no stream.
    """
    included: set[str] = set()
    for word in words:
        found = _matching(re.sub(r"[\s-]+", "_", word.strip().lower()), known)
        if word.strip() in known:  # a custom stream may have capitals and hyphens in its name
            found = {word.strip()}
        if not found:
            message = (
                f"Setting 'include' has {word!r}, which is neither a stream nor a part of the "
                f"name of one{did_you_mean(word, [*known, *_WORDS])}"
            )
            raise SettingsError(message)
        included |= found
    return [name for name in known if name in included]


def _matching(word: str, known: Collection[str]) -> set[str]:
    if word in known:
        return {word}
    if word in _WORDS:
        return set(known) & _WORDS[word]
    if set("*?[") & set(word):
        return {name for name in known if fnmatchcase(name, word)}
    found = {name for name in known if word and f"_{word}_" in f"_{name}_"}
    return {name for name in found if _is_for_everyone(name)} or found


def _is_for_everyone(stream: str) -> bool:
    """Whether Xero serves a stream to every organisation, whatever its country, plan and app."""
    entity = entity_of_stream(stream)
    return entity is None or not (entity.needs or entity.read_scope in APPROVAL_REQUIRED)
