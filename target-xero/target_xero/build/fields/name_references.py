"""Which texts in a record may be names of tax rates, accounts, items, themes and tracking options.

Xero takes codes and ids there, and names only for tracking. People and Xero's own import templates
write names: ``15% GST on Income``. A name is replaced by its code before the record is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from xero_client.names import is_guid

MAX_ACCOUNT_CODE = 10
MAX_ITEM_CODE = 30
_TAX_TYPE = re.compile(r"[A-Z]{2,}[A-Z0-9]*")


class Named(Enum):
    """What a name is the name of."""

    TAX_RATE = "tax rate"
    ACCOUNT = "account"
    ITEM = "item"
    BRANDING_THEME = "branding theme"
    TRACKING = "tracking option"
    ACCOUNT_PART = "nested account"


# What is named by an object, not by one text.
OBJECTS = frozenset({Named.TRACKING, Named.ACCOUNT_PART})


@dataclass(frozen=True)
class NameReference:
    """A place in a record where a name stands, or may stand.

    Attributes:
        named: What it is the name of.
        path: Where it is: ``("LineItems", 0, "TaxType")``. For ``OBJECTS``, the path of the object.
        is_code: Whether it may be a code as well, so that a text that is not known is left alone.
    """

    named: Named
    path: tuple[str | int, ...]
    is_code: bool = False


_FIELDS = {
    "TaxType": Named.TAX_RATE,
    "AccountsReceivableTaxType": Named.TAX_RATE,
    "AccountsPayableTaxType": Named.TAX_RATE,
    "AccountCode": Named.ACCOUNT,
    "COGSAccountCode": Named.ACCOUNT,
    "InventoryAssetAccountCode": Named.ACCOUNT,
    "SalesDefaultAccountCode": Named.ACCOUNT,
    "PurchasesDefaultAccountCode": Named.ACCOUNT,
    "ItemCode": Named.ITEM,
    "BrandingThemeID": Named.BRANDING_THEME,
}


def named_by(shape: str | None, field: str) -> Named | None:
    """What a field may hold the name of; None if it holds no names."""
    if shape == "TaxRates":  # the row of a tax rate has its own type
        return None
    return _FIELDS.get(field)


@lru_cache(maxsize=1024)
def _is_tax_type(text: str) -> bool:
    return _TAX_TYPE.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _is_account_code(text: str) -> bool:
    return any(map(str.isdigit, text)) and len(text) <= MAX_ACCOUNT_CODE and " " not in text


@lru_cache(maxsize=1024)
def _is_item_code(text: str) -> bool:
    return len(text) <= MAX_ITEM_CODE and " " not in text


# Whether a text is spelled like a code or an id, so that nothing is looked up.
IS_CODE: dict[Named, Callable[[str], bool]] = {
    Named.TAX_RATE: _is_tax_type,
    Named.ACCOUNT: _is_account_code,
    Named.ITEM: _is_item_code,
    Named.BRANDING_THEME: is_guid,
}


def may_be_code(named: Named, text: str) -> bool:
    """Whether a text could be a code that Xero has, though it is not spelled like most codes."""
    if named is Named.ACCOUNT:
        return len(text) <= MAX_ACCOUNT_CODE
    return named is Named.ITEM and len(text) <= MAX_ITEM_CODE
