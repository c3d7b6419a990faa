"""Which account of one organisation is which of another: by system part, code or name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

_SYSTEM = "system:"
DEBTORS = f"{_SYSTEM}DEBTORS"
CREDITORS = f"{_SYSTEM}CREDITORS"
TAX = f"{_SYSTEM}GST"


@dataclass(frozen=True)
class Chart:
    """The chart of accounts of one organisation.

    Attributes:
        by_id: What identifies an account in any organisation, by ``AccountID``.
        by_code: The same, by code.
        names: How to call it.
    """

    by_id: Mapping[str, str] = field(default_factory=dict)
    by_code: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, accounts: Iterable[Mapping[str, Any]]) -> Chart:
        """The chart made of the records of ``/Accounts``."""
        by_id, by_code, names = {}, {}, {}
        for account in accounts:
            identity = identity_of(account)
            by_id[str(account.get("AccountID"))] = identity
            if account.get("Code"):
                by_code[str(account["Code"])] = identity
            names[identity] = f"{account.get('Code') or ''} {account.get('Name') or ''}".strip()
        return cls(by_id, by_code, names)

    def called_as(self, other: Chart) -> Chart:
        """The same chart with system accounts under another chart's names."""
        shared = self.names.keys() & other.names.keys()
        names = {one: other.names[one] for one in shared if one.startswith(_SYSTEM)}
        return replace(self, names={**self.names, **names})

    def of_line(self, line: Mapping[str, Any]) -> str | None:
        """The account of a line item, by id or code."""
        return self.by_id.get(str(line.get("AccountID"))) or self.by_code.get(
            str(line.get("AccountCode") or line.get("Code"))
        )


def identity_of(account: Mapping[str, Any]) -> str:
    """What makes an account the same in two organisations, whatever its ids."""
    if account.get("SystemAccount"):
        return f"{_SYSTEM}{account['SystemAccount']}"
    if account.get("Code"):
        return f"code:{account['Code']}"
    return f"name:{str(account.get('Name')).casefold()}"
