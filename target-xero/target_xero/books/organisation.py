"""Connects to an organisation whose books are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from target_xero.books.reports import SCOPES
from xero_client.auth.tenants import Tenant, chosen_tenants, transport_for
from xero_client.auth.token_sources import token_source
from xero_client.connection import connection_settings
from xero_client.entities.table import BY_NAME, read_scopes
from xero_client.http.transport import Transport

# A copy matches these records rather than creating them, so the target may have more of them.
SETTINGS = ("Currencies", "TaxRates", "Accounts", "TrackingCategories")
# The entities of the books, in the order in which they are compared.
BOOK_ENTITIES = (
    *SETTINGS,
    "Contacts",
    "ContactGroups",
    "Items",
    "RepeatingInvoices",
    "Quotes",
    "PurchaseOrders",
    "Invoices",
    "CreditNotes",
    "BankTransactions",
    "ManualJournals",
    "Prepayments",
    "Overpayments",
    "BatchPayments",
    "Payments",
    "BankTransfers",
    "LinkedTransactions",
)
NEEDED_SCOPES = (*read_scopes(tuple(BY_NAME[name] for name in BOOK_ENTITIES)), *SCOPES)


@dataclass(frozen=True)
class ReadOrganisation:
    """An organisation whose books are read."""

    tenant: Tenant
    transport: Transport = field(repr=False)


def connect_for_reading(config: Mapping[str, Any], user_agent: str) -> ReadOrganisation:
    """Connects to the organisation of a configuration.

    Raises:
        XeroError: It cannot be reached.
    """
    settings = connection_settings(config, user_agent=user_agent)
    tokens = token_source(settings, needed_scopes=NEEDED_SCOPES)
    [tenant] = chosen_tenants(settings, tokens)
    return ReadOrganisation(tenant, transport_for(settings, tokens, tenant))
