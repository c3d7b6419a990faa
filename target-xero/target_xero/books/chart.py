"""The chart of accounts, with identities that accounts keep in every organisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from target_xero.lookup.tax_rates import NO_TAX_TYPES

_SYSTEM = "system:"
DEBTORS = f"{_SYSTEM}DEBTORS"
CREDITORS = f"{_SYSTEM}CREDITORS"
TAX = f"{_SYSTEM}GST"


@dataclass(frozen=True)
class Chart:
    """The chart of accounts of one organisation.

    Attributes:
        by_id: Identity of each account, by ``AccountID``.
        by_code: Identity of each account, by code.
        names: Code and name of each account, by identity.
        currencies: Currency of each bank account that has one, by ``AccountID``.
        tax_percents: Percentage of each tax rate as text, by tax type.
    """

    by_id: Mapping[str, str] = field(default_factory=dict)
    by_code: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    currencies: Mapping[str, str] = field(default_factory=dict)
    tax_percents: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_records(cls, accounts: Iterable[Mapping[str, Any]]) -> Chart:
        """Makes the chart from the records of ``/Accounts``."""
        by_id, by_code, names, currencies = {}, {}, {}, {}
        for account in accounts:
            identity = account_identity(account)
            by_id[str(account.get("AccountID"))] = identity
            if account.get("Code"):
                by_code[str(account["Code"])] = identity
            if account.get("CurrencyCode"):
                currencies[str(account.get("AccountID"))] = str(account["CurrencyCode"])
            names[identity] = f"{account.get('Code') or ''} {account.get('Name') or ''}".strip()
        return cls(by_id, by_code, names, currencies)

    def with_system_names_of(self, other: Chart) -> Chart:
        """This chart, with the names of system accounts taken from another one."""
        shared = self.names.keys() & other.names.keys()
        names = {
            identity: other.names[identity] for identity in shared if identity.startswith(_SYSTEM)
        }
        return replace(self, names={**self.names, **names})

    def with_tax_rates(self, rates: Iterable[Mapping[str, Any]]) -> Chart:
        """This chart, with the percentages of tax rates; names and types differ by country."""
        percents = dict.fromkeys(NO_TAX_TYPES, "")
        for rate in rates:
            percent = Decimal(str(rate.get("EffectiveRate") or 0))
            percents[str(rate.get("TaxType"))] = f"{percent:.2f} % tax" if percent else ""
        return replace(self, tax_percents=percents)

    def account_of_line(self, line: Mapping[str, Any]) -> str | None:
        """The identity of a line item's account, found by id or code."""
        return self.by_id.get(str(line.get("AccountID"))) or self.by_code.get(
            str(line.get("AccountCode") or line.get("Code"))
        )


def account_identity(account: Mapping[str, Any]) -> str:
    """The identity of an account in every organisation: by system account, code or name."""
    if account.get("SystemAccount"):
        return f"{_SYSTEM}{account['SystemAccount']}"
    if account.get("Code"):
        return f"code:{account['Code']}"
    return f"name:{str(account.get('Name')).casefold()}"
