"""The layout that a user made for the profit and loss and the balance sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ReportLayout:
    """What differs from the standard layout (xero-facts.md: Report parameters).

    Attributes:
        titles: New titles of sections, by the standard ones.
        groups: Rows that show several accounts together: the ids of the accounts, by label.
    """

    titles: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
